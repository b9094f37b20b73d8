"""doit's dependency database, committed once per finished task: a kill -9 forgets nothing that was finished.

It is a cache of what the receipts prove: a damaged file is set aside and begun anew, nothing is lost by it.
Written for doit 0.37: its own sqlite3 backend keeps a whole run in memory and drops a row on partial writes.
"""

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

_OF_THE_DISK = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
)


def _is_of_the_disk(error: Exception) -> bool:
    """Is the content of the file not to blame? Then it is not set aside."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _OF_THE_DISK


class MilestoneDB:
    """A doit backend: task id -> {dependency: value}. Reads a row when it is asked for, and keeps it."""

    desc = "sqlite3, one commit per task"

    def __init__(self, name: str, codec: Any, *, module_name: str | None = None) -> None:
        self.name = name
        self._path = Path(name)
        self._rows: dict[str, dict[str, Any] | None] = {}
        self._dirty: set[str] = set()
        self._connection: sqlite3.Connection | None = None
        self._without = False

    def _row(self, task_id: str) -> dict[str, Any] | None:
        """The row as it is now; None: there is none."""
        if task_id not in self._rows:
            self._rows[task_id] = self._stored(task_id)
        return self._rows[task_id]

    def _stored(self, task_id: str) -> dict[str, Any] | None:
        if self._without or not self._path.exists():
            return None
        try:
            found = self._open().execute("select data from doit where task_id = ?", (task_id,)).fetchone()
            row: dict[str, Any] | None = json.loads(found[0]) if found else None
            return row
        except (sqlite3.DatabaseError, ValueError) as error:
            if _is_of_the_disk(error):
                self._give_up(error)
            else:
                self._set_aside()
            return None

    def _give_up(self, error: Exception) -> None:
        """Go on without the file: a full disk or a folder that cannot be written must not stop a landing."""
        if not self._without:
            sys.stderr.write(f"{self._path}: {error}: going on without it; the receipts hold what it says\n")
        self._without = True

    def _set_aside(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None
        aside = self._path.with_name(f"{self._path.name}.damaged")
        self._path.replace(aside)
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        sys.stderr.write(
            f"{self._path.name} was damaged and is now {aside}; the receipts hold what it said\n"
        )

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, timeout=30)
            self._connection.execute("pragma journal_mode=wal")
            self._connection.execute(
                "create table if not exists doit (task_id text primary key, data text not null)"
            )
        return self._connection

    def get(self, task_id: str, dependency: str) -> Any:
        return (self._row(task_id) or {}).get(dependency)

    def set(self, task_id: str, dependency: str, value: Any) -> None:
        self._rows[task_id] = {**(self._row(task_id) or {}), dependency: value}
        self._dirty.add(task_id)

    def in_(self, task_id: str) -> bool:
        return self._row(task_id) is not None

    def remove(self, task_id: str) -> None:
        if self._row(task_id) is not None:
            self._rows[task_id] = None
            self._dirty.add(task_id)

    def remove_all(self) -> None:
        self._rows.clear()
        self._dirty.clear()
        if self._path.exists():
            with self._open() as connection:
                connection.execute("delete from doit")

    def commit(self) -> None:
        """Make what was set and removed so far durable."""
        if not self._dirty or self._without:
            return
        try:
            self._commit()
        except (sqlite3.DatabaseError, OSError) as error:
            self._give_up(error)

    def _commit(self) -> None:
        rows = {task_id: self._rows.get(task_id) for task_id in self._dirty}
        gone = [(task_id,) for task_id, row in rows.items() if row is None]
        kept = [(task_id, json.dumps(row)) for task_id, row in rows.items() if row is not None]
        with self._open() as connection:
            connection.executemany("delete from doit where task_id = ?", gone)
            connection.executemany("insert or replace into doit values (?, ?)", kept)
        self._dirty.clear()

    def dump(self) -> None:
        """What doit calls at the end of a command."""
        self.commit()
        if self._connection:
            self._connection.close()
            self._connection = None
