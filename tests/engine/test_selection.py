"""Which tasks a run needs."""

import pytest
from auto_milestone.engine import selection


@pytest.mark.parametrize(
    ("words", "always", "needed", "cleanup"),
    [
        ([], False, set(), True),
        (["merge"], False, set(), False),
        (["merge:2", "work:3"], False, {2, 3}, False),
        (["merge", "cleanup"], False, set(), True),
        (["cleanup:1"], False, {1}, True),
        (["merge:*"], False, {1, 2, 3}, False),
        (["merge"], True, {1, 2, 3}, False),
    ],
)
def test_landed_issues_are_left_out_unless_named(
    words: list[str], always: bool, needed: set[int], cleanup: bool
) -> None:
    try:
        selection.select(words, always)
        chosen = selection.current()
        assert {number for number in (1, 2, 3) if chosen.needs(number, landed=True)} == needed
        assert chosen.cleanup is cleanup
        assert chosen.needs(9, landed=False)
    finally:
        selection._current = selection.Selection(everything=True)
