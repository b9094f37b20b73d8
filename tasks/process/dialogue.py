"""A program that stays open and answers each line with a line: a question costs no new process."""

import selectors
import subprocess
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ..errors import MilestoneError
from .command import popen

PATIENCE = 30.0
"""Seconds in which an answer must come; it takes less than one of them."""


class Dialogue:
    """Started at the first question, again if somebody ended or halted it; it ends with this object, or this
    process. `env` is its whole environment. Used by all threads, one question at a time.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], patience: float = PATIENCE) -> None:
        self._argv, self._env, self._patience = argv, env, patience
        self._lock = threading.Lock()
        self._process: Any = None
        self._end: Callable[[], object] | None = None

    def ask(self, line: str) -> str:
        """The answer, without its line end. Raises MilestoneError when the program gives none."""
        if "\n" in line:
            raise MilestoneError(f"{line!r} is no single line")
        with self._lock:
            for _ in range(2):
                answer = self._try(f"{line}\n".encode())
                if answer.endswith(b"\n"):
                    return answer[:-1].decode(errors="replace")
                self._give_up()
        raise MilestoneError(f"`{' '.join(self._argv)}` gave no answer: run it by hand to see why")

    def _try(self, line: bytes) -> bytes:
        if self._process is None:
            self._start()
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
            with selectors.DefaultSelector() as selector:
                selector.register(self._process.stdout, selectors.EVENT_READ)
                return bytes(self._process.stdout.readline()) if selector.select(self._patience) else b""
        except OSError:
            return b""

    def _start(self) -> None:
        self._process = popen(
            self._argv,
            None,
            self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._end = weakref.finalize(self, _end, self._process)

    def _give_up(self) -> None:
        if self._end:
            self._end()
        self._process = self._end = None


def _end(process: Any) -> None:
    """It holds nothing that a kill could lose."""
    process.kill()
    for stream in (process.stdin, process.stdout):
        with suppress(OSError):
            stream.close()
    process.wait()
