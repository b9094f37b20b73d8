"""A program that stays open and answers each line with a line: a question costs no new process."""

import subprocess
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from ..errors import MilestoneError
from .command import popen


class Dialogue:
    """Started at the first question, again if somebody ended it; it ends with this object, or this process.

    `env` is its whole environment. Used by all threads, one question at a time.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self._argv, self._env = argv, env
        self._lock = threading.Lock()
        self._process: Any = None

    def ask(self, line: str) -> str:
        """The answer, without its line end. Raises MilestoneError when the program gives none."""
        if "\n" in line:
            raise MilestoneError(f"{line!r} is no single line")
        with self._lock:
            for _ in range(2):
                answer = self._try(f"{line}\n".encode())
                if answer.endswith(b"\n"):
                    return answer[:-1].decode(errors="replace")
                self._process = None
        raise MilestoneError(f"`{' '.join(self._argv)}` ended without an answer: run it by hand to see why")

    def _try(self, line: bytes) -> bytes:
        if self._process is None:
            self._process = self._start()
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
            return bytes(self._process.stdout.readline())
        except OSError:
            return b""

    def _start(self) -> Any:
        process = popen(
            self._argv,
            None,
            self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        weakref.finalize(self, _end, process)
        return process


def _end(process: Any) -> None:
    """The end of its input is the program's end; it holds nothing that a kill could lose."""
    for stream in (process.stdin, process.stdout):
        with suppress(OSError):
            stream.close()
    try:
        process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
