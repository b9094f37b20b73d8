"""What a process writes, copied to files in bounded memory and bounded disk; and the end of such a file."""

import os
import selectors
import time
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, Literal

from ..errors import MilestoneError

HEAD = 64 << 20
"""Bytes of an output that are written as they come."""

TAIL = 4 << 20
"""Bytes of an output's end that are kept besides: where results and errors stand."""

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Output:
    """Where a supervised process writes. `log` grows with both streams; `stdout` is made anew when given."""

    log: Path
    stdout: Path | None = None
    head: int = HEAD
    tail: int = TAIL


def tail(path: Path, lines: int = 20, since: int = 0, limit: int = 64 << 10) -> str:
    """The last lines of what a file holds from byte `since` on, of its last `limit` bytes at most.

    Empty where there is no such file.
    """
    try:
        with path.open("rb") as file:
            file.seek(max(since, file.seek(0, os.SEEK_END) - limit))
            text = file.read(limit).decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


class _Sink:
    """A file that takes the head of a stream as it comes, and its tail at the end: no output fills the disk.

    After a failure to write (`failed`) it takes no more; the process can then still be ended in good order.
    """

    def __init__(self, file: FileIO, head: int, tail: int) -> None:
        self._file, self._left, self._limit = file, head, tail
        self._tail = bytearray()
        self._dropped = 0
        self.failed: OSError | None = None

    def write(self, data: bytes) -> None:
        self._put(data[: self._left])
        self._tail += data[self._left :]
        self._left = max(0, self._left - len(data))
        # Twice the limit before a cut, so that the bytes are not moved again with each write.
        if len(self._tail) > 2 * self._limit:
            self._cut()

    def finish(self) -> None:
        self._cut()
        if self._dropped:
            self._put(f"\n[auto-milestone: {self._dropped} bytes of output are left out here]\n".encode())
        self._put(self._tail)
        self._file.close()

    def _put(self, data: bytes | bytearray) -> None:
        view = memoryview(data)
        try:
            while view and not self.failed:
                view = view[self._file.write(view) :]
        except OSError as error:
            self.failed = error

    def _cut(self) -> None:
        over = max(0, len(self._tail) - self._limit)
        self._dropped += over
        del self._tail[:over]


class Pump:
    """Copies a process's pipes to its files, in the caller's thread and in bounded memory."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._sinks = [self._open(output.log, "ab")]
        if output.stdout is not None:
            self._sinks.append(self._open(output.stdout, "wb"))
        self._selector = selectors.DefaultSelector()
        self._pause = 0.001

    def listen(self, process: Any) -> None:
        self._selector.register(process.stdout, selectors.EVENT_READ, self._sinks)
        if process.stderr:
            self._selector.register(process.stderr, selectors.EVENT_READ, self._sinks[:1])

    def step(self, seconds: float) -> int:
        """Wait for output at most so long; the number of bytes that came."""
        if not self._selector.get_map():
            # The process closed its streams, mostly because it is about to exit.
            time.sleep(min(seconds, self._pause))
            self._pause = min(2 * self._pause, 0.05)
            return 0
        count = 0
        for key, _ in self._selector.select(seconds):
            data = os.read(key.fd, _CHUNK)
            if not data:
                self._selector.unregister(key.fileobj)
            for sink in key.data:
                sink.write(data)
            count += len(data)
        return count

    def drain(self) -> None:
        """Read what lies in the pipes. Bounded: a process that escaped may write for ever."""
        for _ in range(256):
            if not self._selector.get_map() or not self._selector.select(0):
                return
            self.step(0)

    def check(self) -> None:
        """Raises MilestoneError when output could not be written."""
        for sink in self._sinks:
            if sink.failed:
                raise self._error(sink.failed)

    def close(self) -> None:
        for key in list(self._selector.get_map().values()):
            with suppress(OSError):
                key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()
        for sink in self._sinks:
            sink.finish()

    def _open(self, path: Path, mode: Literal["ab", "wb"]) -> _Sink:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return _Sink(path.open(mode, buffering=0), self._output.head, self._output.tail)
        except OSError as error:
            raise self._error(error) from error

    def _error(self, error: OSError) -> MilestoneError:
        return MilestoneError(f"output cannot be written to {self._output.log}: {error.strerror}")
