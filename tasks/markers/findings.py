"""What was found in a text: edges, each once, and markers that nobody can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .phrases import Kind
from .prose import Prose
from .references import Listing


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency as written.

    ref: "#12" or "owner/repo#12"; kind: what the issue that holds the text has to do with it; line:
    1-based line where the reference stands; text: that line of the source, stripped.
    """

    ref: str
    kind: Kind
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A marker that names no issue for certain, with the line of the text and the reason."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Markers:
    """What a text says, each in the order of the text."""

    edges: tuple[Edge, ...] = ()
    warnings: tuple[Unreadable, ...] = ()

    def as_dict(self) -> dict[str, list[dict[str, Any]]]:
        """{"edges": [{"ref", "kind", "line", "text"}], "warnings": [{"line", "text", "reason"}]}"""
        edges = [{"ref": e.ref, "kind": e.kind, "line": e.line, "text": e.text} for e in self.edges]
        warnings = [{"line": w.line, "text": w.text, "reason": w.reason} for w in self.warnings]
        return {"edges": edges, "warnings": warnings}


class Findings:
    """Collects while the text is read; every finding shows its line of the source."""

    def __init__(self, text: str) -> None:
        normal = text.replace("\r\n", "\n").replace("\r", "\n")
        self._lines = [line.strip() for line in normal.removeprefix("\ufeff").split("\n")]
        self._edges: dict[tuple[str, Kind], Edge] = {}
        self._warnings: dict[tuple[int, str], Unreadable] = {}

    def take(self, listing: Listing, kind: Kind | None, prose: Prose) -> None:
        """The references of a listing, and a warning for each that was refused."""
        assert kind is not None or not listing, "only a topic with a kind governs references"
        for reference in listing.references:
            line = prose.line_at(reference.offset)
            if kind is not None and (reference.ref.lower(), kind) not in self._edges:
                edge = Edge(reference.ref, kind, line, self._lines[line - 1])
                self._edges[reference.ref.lower(), kind] = edge
        for offset, reason in listing.problems:
            self.warn(prose.line_at(offset), reason)

    def warn(self, line: int, reason: str) -> None:
        """Note that a marker on this line cannot be read."""
        self._warnings.setdefault((line, reason), Unreadable(line, self._lines[line - 1], reason))

    def markers(self) -> Markers:
        """All of it, in the order of the text."""
        edges = sorted(self._edges.values(), key=lambda edge: edge.line)
        warnings = sorted(self._warnings.values(), key=lambda warning: warning.line)
        return Markers(tuple(edges), tuple(warnings))
