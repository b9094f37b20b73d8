"""The journal: one JSON object per line for everything that happened; status, report and costs are read from it."""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .printable import one_line


class Journal:
    """Append-only; written by one runner at a time, from all its threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def add(self, event: str, issue: int | None = None, **fields: Any) -> dict[str, Any]:
        """Append `{"at": seconds, "event": ..., "issue": ..., ...}` as one write; gives it back.

        Texts become one printable line: a reason may hold what an agent printed. Raises OSError.
        """
        told = {name: one_line(value) if isinstance(value, str) else value for name, value in fields.items()}
        entry = {"at": round(time.time(), 3), "event": event, **({"issue": issue} if issue else {}), **told}
        line = (json.dumps(entry, ensure_ascii=False) + "\n").encode("utf-8", "replace")
        try:
            with self._lock:
                self._append(line)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._path)) from error
        return entry

    def _append(self, line: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(handle, line if _ends_with_newline(handle) else b"\n" + line)
        finally:
            os.close(handle)


def _ends_with_newline(handle: int) -> bool:
    """A kill in the middle of a write leaves half a line; the next entry must not be glued to it."""
    size = os.fstat(handle).st_size
    return size == 0 or os.pread(handle, 1, size - 1) == b"\n"


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """The entries, oldest first; a line that cannot be read (cut short by a crash) is passed over."""
    try:
        file = path.open("rb")
    except OSError:
        return
    with file:
        for line in file:
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(entry, dict) and isinstance(entry.get("event"), str) and "at" in entry:
                yield entry
