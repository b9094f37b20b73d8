"""The log of requests: what was asked, what it cost; never a token in clear."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    time: datetime
    method: str
    path: str
    """Without `/api/v3`."""
    query: dict[str, str]
    status: int
    """0: the connection was cut before an answer."""
    kind: str
    """`rest`, `graphql`, `git`, or `download` (a log of CI)."""
    write: bool
    points: int
    """What it took from the primary limit: 1 for REST (0 for a 304), the cost for GraphQL, 0 for git."""
    secondary: int
    """What it counts in the points per minute: 1 for a read, 5 for a write."""
    operation: str = ""
    """GraphQL: the first fields of the operation, as `repository` or `updateRefs`."""
    token: str = ""
    """Digest of the token."""
    fault: str = ""
    """The kind of the fault that was played."""
    seconds: float = 0.0


class Log:
    """All requests in the order of their answers; a client that has an answer finds it here."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, entry: Entry) -> None:
        with self._lock:
            self.entries.append(entry)

    def clear(self) -> None:
        with self._lock:
            self.entries.clear()

    def find(
        self,
        method: str = "",
        path: str = "",
        *,
        kind: str = "",
        write: bool | None = None,
        status: int | None = None,
        operation: str = "",
    ) -> list[Entry]:
        """Entries that fit everything given; `path` and `operation` are regular expressions to be found."""
        with self._lock:
            rows = list(self.entries)
        return [
            one
            for one in rows
            if method in ("", one.method)
            and re.search(path, one.path)
            and kind in ("", one.kind)
            and write in (None, one.write)
            and status in (None, one.status)
            and re.search(operation, one.operation)
        ]

    def count(self, method: str = "", path: str = "", **more: object) -> int:
        return len(self.find(method, path, **more))  # type: ignore[arg-type]

    def writes(self, kind: str = "") -> list[Entry]:
        """Requests that asked for a change, whether they got it or not."""
        return self.find(kind=kind, write=True)

    def points(self, kind: str = "") -> int:
        """What everything took from the primary limits."""
        return sum(one.points for one in self.find(kind=kind))

    def table(self) -> str:
        """All entries, one a line: for the message of a failing test."""
        rows = ((str(one.status), one.method, one.path, one.operation, one.fault) for one in self.find())
        return "\n".join(" ".join(filter(None, row)) for row in rows)
