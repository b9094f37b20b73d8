"""Markers as people write them: for each text, the edges it holds and whether it deserves a warning.

Edges are written "12" (depends on #12), "b12" (blocks) and "r12" (related); "!" stands for a warning.
"""

import pytest
from auto_milestone.markers.reader import read_markers

HOME = "acme/rocket"
PREFIXES = {"depends_on": "", "blocks": "b", "related": "r"}


def said(text: str) -> str:
    markers = read_markers(text, HOME)
    words = [PREFIXES[edge.kind] + edge.ref.removeprefix("#") for edge in markers.edges]
    return " ".join(words + ["!"] * bool(markers.warnings))


def table(**rows: tuple[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("text", "expected"), [pytest.param(*row, id=name) for name, row in rows.items()]
    )
