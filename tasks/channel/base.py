"""The seam to the person who decides."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person decides. `choices` are the words that answer it, the safest last.

    `free` names the choices that take a text after a colon (`changes: smaller functions`).
    `facts` is what rules may judge by (checks green, size of the change, ...), `lines` what a person reads.
    """

    key: str
    issue: int | None
    title: str
    lines: tuple[str, ...]
    choices: tuple[str, ...]
    free: frozenset[str] = frozenset()
    diff: Callable[[], str] | None = None
    """Gives the change that is asked about, as text; None: there is none to show."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`choice` is one of the question's; `by` says who, on which channel."""

    choice: str
    text: str = ""
    by: str = ""


class Unavailable(Exception):
    """This channel cannot ask anybody now; the text says why and what to do."""


class Channel(Protocol):
    """Asks a person, or answers by rule. Called from many threads at once."""

    name: str
    by_rule: bool
    """Answers at once, without a person."""

    def ask(self, question: Question, cancelled: Callable[[], bool]) -> Answer | None:
        """Wait for an answer as long as it takes; None once `cancelled()`. Raises Unavailable."""


def parse_answer(text: str, question: Question, by: str) -> Answer | None:
    """`merge`, `changes: ...`, `skip` as typed, in any case; None where it is no answer to this question."""
    word, _, rest = text.strip().partition(":")
    choice = {"lgtm": "merge", "ok": "merge"}.get(word.strip().lower(), word.strip().lower())
    if choice not in question.choices or (rest.strip() and choice not in question.free):
        return None
    if choice in question.free and not rest.strip():
        return None
    return Answer(choice, rest.strip(), by)
