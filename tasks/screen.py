"""The terminal, shared by the live view and by questions: only one of them writes at a time."""

import os
import re
import select
import sys
import termios
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TextIO, cast

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from .errors import reason_of
from .streams import open_nowhere, open_streams

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Agents and issues choose many of the words: none of them may steer the terminal."""


class PatientStream:
    """A standard stream that may lose its reader (`| head`, a closed terminal): what follows is dropped.

    Losing the reader must not fail an issue that is just landing.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.lost = False
        """Was something dropped that somebody still wanted to read (a full disk)?"""

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError as error:
            self._drop(error)
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._drop(error)

    def _drop(self, error: OSError) -> None:
        if not isinstance(error, BrokenPipeError) and not self.lost:
            self.lost = True
            sys.stderr.write(f"standard output: {reason_of(error)}\n")
        open_nowhere(self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def patient_stdout() -> PatientStream:
    """Make standard output patient, once."""
    open_streams()
    present: Any = sys.stdout
    stream = present if isinstance(present, PatientStream) else PatientStream(present)
    sys.stdout = cast(TextIO, stream)
    return stream


class Screen:
    """Plain lines on a pipe; a live region under the lines in a terminal, which gives way to questions."""

    def __init__(self) -> None:
        self.console = Console(file=cast(TextIO, patient_stdout()), highlight=False, soft_wrap=True)
        self._lock = threading.RLock()
        self._live: Live | None = None
        self._render: Callable[[], RenderableType] | None = None
        self._held: list[Text] | None = None
        """A list while a question stands there: of the lines that came meanwhile and cannot be shown above it."""

    @property
    def live(self) -> bool:
        """Can a live view be shown?"""
        return self.console.is_terminal and not self.console.is_dumb_terminal

    @property
    def can_ask(self) -> bool:
        """Is there a person at a terminal?"""
        return sys.stdin is not None and sys.stdin.isatty() and self.console.is_terminal

    def line(self, text: str, style: str = "") -> None:
        """Print one line, above the live view or the question if there is one."""
        self.lines([(text, style)])

    def lines(self, styled: Sequence[tuple[str, str]]) -> None:
        """Print lines (text, style) in one piece."""
        with self._lock:
            for text, style in styled:
                shown = Text(CONTROL.sub("", text), style=style)
                if self._held is None:
                    self.console.print(shown)
                elif self.live:
                    self._above_the_question(shown)
                else:
                    self._held.append(shown)

    def _above_the_question(self, text: Text) -> None:
        """Insert rows: the question and what is typed in it move down, and the cursor stays where it is in them.

        Save the cursor; make room at the bottom; insert a row where the question stands; come back one row lower.
        All in one piece: what is being typed is echoed by the terminal itself, and would come in between.
        """
        with self.console.capture() as rows:
            self.console.print(text.wrap(self.console, self.console.width))
        inserted = [f"\x1b7\n\x1b[A\r\x1b[L{row}\x1b8\x1b[B" for row in rows.get().splitlines()]
        self.console.file.write("".join(inserted))
        self.console.file.flush()

    def start(self, render: Callable[[], RenderableType]) -> None:
        """Show what `render` gives, anew four times a second, until `stop`."""
        with self._lock:
            self._render = render
            if self.live:
                self._live = Live(
                    get_renderable=render, console=self.console, refresh_per_second=4, transient=True
                )
                self._live.start()

    def stop(self) -> None:
        with self._lock:
            if self._live:
                self._live.stop()
            self._live = self._render = None

    def ask(self, lines: Sequence[str], prompt: str, cancelled: Callable[[], bool]) -> str | None:
        """Print `lines` and read one line of answer; None at end of input and once `cancelled()`.

        One question at a time. The live view rests meanwhile; lines of other threads come above the question.
        """
        with self._lock:
            render = self._render
            self.stop()
            # What was typed before the question stands there answers nothing. A terminal that went away is
            # found when the answer is read.
            with suppress(termios.error):
                termios.tcflush(sys.stdin, termios.TCIFLUSH)
            for at, text in enumerate(lines):
                self.line(text, style="bold" if at == 0 else "")
            self.console.print(Text(prompt), end="")
            self._held = []
        try:
            return _read_line(cancelled)
        finally:
            self._go_on(render, cancelled())

    def _go_on(self, render: Callable[[], RenderableType] | None, cancelled: bool) -> None:
        with self._lock:
            held, self._held = self._held or [], None
            if cancelled:
                self.console.print()
            for text in held:
                self.console.print(text)
            if render and not cancelled:
                self.start(render)


def _read_line(cancelled: Callable[[], bool]) -> str | None:
    """A line from standard input, read by hand: a blocking readline could not be given up at ^C."""
    handle, typed = sys.stdin.fileno(), b""
    while not cancelled():
        if not select.select([handle], [], [], 0.2)[0]:
            continue
        piece = _read_byte(handle)
        if not piece:
            return None
        if piece == b"\n":
            return typed.decode("utf-8", "replace")
        typed += piece
    return None


def _read_byte(handle: int) -> bytes:
    """Empty at end of input; a terminal that went away has ended."""
    try:
        return os.read(handle, 1)
    except OSError:
        return b""
