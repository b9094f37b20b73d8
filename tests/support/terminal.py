"""A person at a real pseudo-terminal."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pyte

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[78]|\r")
COLUMNS, LINES = 120, 40


class Terminal:
    """Runs `doit ARGS` in a folder; `expect` reads until a text is shown, `type` answers."""

    def __init__(self, folder: Path, *args: str, columns: int = COLUMNS) -> None:
        self._handle, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "doit", *args],
            cwd=folder,
            env={**os.environ, "TERM": "xterm", "COLUMNS": str(columns), "LINES": str(LINES)},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""
        self._emulated = pyte.Screen(columns, LINES)
        self._stream = pyte.ByteStream(self._emulated)
        self._from = 0

    def expect(self, text: str, seconds: float = 60) -> None:
        """Wait until `text` is shown behind what was expected before."""
        deadline = time.monotonic() + seconds
        while text not in self.shown[self._from :]:
            assert time.monotonic() < deadline, f"{text!r} was not shown:\n{self.shown}"
            if not self._read():
                raise AssertionError(f"{text!r} was not shown before the end:\n{self.shown}")
        self._from = self.shown.index(text, self._from) + len(text)

    def type(self, line: str) -> None:
        os.write(self._handle, f"{line}\n".encode())

    def press(self, keys: str) -> None:
        """Type without Enter."""
        os.write(self._handle, keys.encode())

    def sees(self, *rows: str, seconds: float = 60) -> None:
        """Wait until these texts stand on the screen, in rows one below the other."""
        deadline = time.monotonic() + seconds
        wanted = re.compile(".*\n(?:.*\n)*?.*".join(re.escape(row) for row in rows))
        while not wanted.search("\n".join(self._emulated.display)):
            assert time.monotonic() < deadline and self._read(), "\n".join(self._emulated.display)

    def close(self, seconds: float = 60) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + seconds
        while self._read():
            assert time.monotonic() < deadline, f"it did not end:\n{self.shown}"
        os.close(self._handle)
        return self.process.wait(seconds)

    def _read(self) -> bool:
        if not select.select([self._handle], [], [], 0.5)[0]:
            return self.process.poll() is None
        try:
            data = os.read(self._handle, 4096)
        except OSError:
            return False
        self._stream.feed(data)
        self.shown += ESCAPES.sub("", data.decode("utf-8", "replace"))
        return bool(data)
