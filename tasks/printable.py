"""Texts of others as a terminal may show them: issues, agents and file names can hold anything."""

import re
from collections.abc import Sequence

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
"""Control characters (escape sequences begin with one), line ends, changes of direction, half characters."""


def one_line(text: str) -> str:
    """`text` without what moves a cursor or ends a line; one space stands in its place."""
    return _UNPRINTABLE.sub(" ", text).strip()


def few(names: Sequence[str]) -> str:
    """`a, b, c and 4 more`."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
