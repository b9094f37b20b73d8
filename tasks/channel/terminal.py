"""The person at the terminal: one question at a time, the others wait in line; the run goes on meanwhile."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..screen import Screen
from .base import Answer, Question, Unavailable, parse_answer

DIFF_LINES = 400
STYLES = {"+": "green", "-": "red", "@": "cyan", "d": "bold"}
"""First letter of a line of a patch -> how it is shown."""


class TerminalChannel:
    """The channel `terminal`."""

    name = "terminal"
    by_rule = False

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._line: deque[str] = deque()
        self._moved = threading.Condition()

    def ask(self, question: Question, cancelled: Callable[[], bool]) -> Answer | None:
        if not self._screen.can_ask:
            raise Unavailable(
                "approval is asked in a terminal and there is none: run in a terminal, "
                "or set `approval: {channel: auto}` in milestone.yaml"
            )
        with self._turn(question.key, cancelled):
            return self._until_answered(question, cancelled)

    @contextmanager
    def _turn(self, key: str, cancelled: Callable[[], bool]) -> Iterator[None]:
        """Questions are asked in the order in which they came up."""
        with self._moved:
            self._line.append(key)
            while self._line[0] != key and not cancelled():
                self._moved.wait(0.2)
        try:
            yield
        finally:
            with self._moved:
                self._line.remove(key)
                self._moved.notify_all()

    def _until_answered(self, question: Question, cancelled: Callable[[], bool]) -> Answer | None:
        hint = " / ".join(
            f"{choice}: ..." if choice in question.free else choice for choice in question.choices
        )
        if question.diff:
            hint = f"diff / {hint}"
        lines = (question.title, *(f"  {line}" for line in question.lines))
        # Lines of other issues may come between: the prompt says whose it is.
        prompt = f"#{question.issue} {hint} > " if question.issue else f"{hint} > "
        while not cancelled():
            typed = self._screen.ask(lines, prompt, cancelled)
            if typed is None:
                break
            if question.diff and typed.strip().lower() in ("diff", "d"):
                self._screen.lines(diff_lines(question.diff()))
                lines = (question.title,)
                continue
            answer = parse_answer(typed, question, by="terminal")
            if answer:
                return answer
            lines = (f"Please answer with {hint}.",)
        if cancelled():
            return None
        raise Unavailable("the terminal was closed before an answer came: run the same command in a terminal")


def diff_lines(text: str) -> list[tuple[str, str]]:
    """A patch as styled lines; of a long one the beginning."""
    every = text.splitlines() or ["no change"]
    shown = [(line, STYLES.get(line[:1], "")) for line in every[:DIFF_LINES]]
    if len(every) > DIFF_LINES:
        shown.append((f"... {len(every) - DIFF_LINES} more lines: the command above shows them all", "bold"))
    return shown
