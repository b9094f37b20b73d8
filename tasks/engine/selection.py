"""Which tasks a run needs at all: those of issues that have not landed, and those that the person names.

doit makes all tasks before it looks at what was asked for; with 5,000 landed issues that alone takes seconds.
The command line is known to `run` before the tasks are made, and to nobody else, so it is left here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """`everything`: no task may be left out; `issues`: numbers that the person named."""

    everything: bool
    issues: frozenset[int] = frozenset()
    cleanup: bool = True

    def needs(self, issue: int, landed: bool) -> bool:
        """Are all phases of this issue needed as tasks?"""
        return self.everything or not landed or issue in self.issues


_current = Selection(everything=True)


def select(words: Sequence[str], always: bool) -> None:
    """The tasks that `doit run` was asked for; the other commands (list, info, clean, ...) show every task."""
    global _current
    _current = Selection(
        everything=always or any("*" in word for word in words),
        issues=frozenset(int(number) for word in words for number in re.findall(r"\d+", word)),
        cleanup=not words or any(word.startswith("cleanup") for word in words),
    )


def current() -> Selection:
    return _current
