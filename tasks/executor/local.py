"""Runs agents on this machine. A lock file per key tells a later runner what an earlier one left alive.

The runner takes the lock and the process inherits it, so it is held as long as the process or a descendant
with the same descriptor lives, whatever became of the runner. The file says which process that is.
"""

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import MilestoneError
from ..process.family import GRACE, Started, end_family, new_cookie
from ..process.output import Output
from ..process.supervise import supervise
from ..stopping import Stop
from .base import Exit, Launch


class LocalExecutor:
    """One per run; used by all its threads."""

    name = "local"

    def __init__(self, stop: Stop, grace: float = GRACE, patience: float = 10.0) -> None:
        """`patience`: seconds to wait for a lock after its holder was ended."""
        self._stop, self._grace, self._patience = stop, grace, patience
        self._running: set[Path] = set()
        self._lock = threading.Lock()

    def run(self, launch: Launch, on_silence: Callable[[float], None]) -> Exit:
        with self._once(launch):
            self._end_leftover(launch)
            self._stop.check()
            with _take(launch, self._patience) as guard:
                cookie = new_cookie()
                # Before the start: a runner that is killed right after it leaves at least the cookie.
                guard.write({"cookie": cookie})
                ended = supervise(
                    launch.argv,
                    cwd=launch.cwd,
                    env=launch.environment,
                    output=Output(launch.log, launch.output),
                    timeout=launch.timeout,
                    stdin=launch.stdin,
                    silence=launch.silence,
                    on_silence=on_silence,
                    on_start=lambda started: guard.write(asdict(started) | {"pgid": started.pid}),
                    stop=self._stop,
                    grace=self._grace,
                    cookie=cookie,
                    pass_fds=(guard.fd,),
                )
                guard.clear()
        return Exit(ended.reason, ended.code, ended.detail)

    def end_leftover(self, launch: Launch) -> bool:
        with self._once(launch):
            return self._end_leftover(launch)

    def _end_leftover(self, launch: Launch) -> bool:
        """Raises MilestoneError when the lock stays held by a process that is not ours to end."""
        if not launch.guard.exists():
            return False
        left = _read(launch.guard)
        ended = False
        until = time.monotonic() + self._patience
        while True:
            # Again on every round: a process caught between fork and exec does not bear its cookie yet.
            if left is not None:
                ended |= end_family(left, grace=self._grace, stop=self._stop)
            with _open(launch.guard) as guard:
                if guard.lock():
                    # Only now: until the lock is free, a killed runner still needs what is written here.
                    guard.clear()
                    return ended
            if time.monotonic() > until:
                raise MilestoneError(
                    f"{launch.key} still runs from an earlier start: a process holds {launch.guard}; end it"
                )
            time.sleep(0.1)

    @contextmanager
    def _once(self, launch: Launch) -> Iterator[None]:
        """Without it a second call of this runner would take the first one's process for a leftover."""
        with self._lock:
            if launch.guard in self._running:
                raise MilestoneError(f"{launch.key} is running already")
            self._running.add(launch.guard)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(launch.guard)


class _Guard:
    """An open guard file. Written in place: a renamed file would be another one than the locked one."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def lock(self) -> bool:
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def write(self, value: dict[str, Any]) -> None:
        data = json.dumps(value).encode()
        os.pwrite(self.fd, data, 0)
        os.ftruncate(self.fd, len(data))

    def clear(self) -> None:
        os.ftruncate(self.fd, 0)


@contextmanager
def _open(path: Path) -> Iterator[_Guard]:
    # Closed, never unlocked: unlocking would free the lock of whoever inherited it.
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _Guard(fd)
    finally:
        os.close(fd)


@contextmanager
def _take(launch: Launch, patience: float) -> Iterator[_Guard]:
    """Waits for the lock: a child that another thread is just starting holds all open files until its exec."""
    launch.guard.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + patience
    with _open(launch.guard) as guard:
        while not guard.lock():
            if time.monotonic() > until:
                raise MilestoneError(
                    f"{launch.key} is being run by another runner ({launch.guard} is locked)"
                )
            time.sleep(0.02)
        yield guard


def _read(path: Path) -> Started | None:
    """Who held the guard. Without a pid the cookie alone identifies; pid 0 is nobody's."""
    try:
        value = json.loads(path.read_bytes())
        return Started(int(value.get("pid", 0)), float(value.get("started", 0)), str(value["cookie"]))
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return None
