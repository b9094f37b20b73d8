"""A process and everything that it started: found by group, session, descent and a cookie, and ended."""

import os
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

import psutil

from ..errors import MilestoneError
from ..stopping import Stop

COOKIE = "AUTO_MILESTONE_JOB"
"""Variable that marks everything a supervised process starts, also what left its session and its parent."""

STATE_MARK = "AUTO_MILESTONE_STATE"
"""Variable that all children of a runner bear: the state folder that they work for."""

GRACE = 5.0
"""Seconds between SIGTERM and SIGKILL."""

_UNKILLABLE = 15.0
_CLOCK = 2.0
"""Seconds by which a create_time may differ from itself: the boot time it is reckoned from is adjusted."""


@dataclass(frozen=True, slots=True)
class Started:
    """What identifies a supervised process, to another runner too. It leads group and session `pid`."""

    pid: int
    started: float
    """psutil's create_time: a recycled pid has another one."""
    cookie: str
    variable: str = COOKIE
    """Where the cookie stands in an environment."""


def new_cookie() -> str:
    """A value for COOKIE that no other process bears."""
    return uuid.uuid4().hex


def identify(pid: int) -> float | None:
    """The create_time of a living process, or None."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def end_family(
    root: Started,
    *,
    child: bool = False,
    grace: float = GRACE,
    stop: Stop | None = None,
    pause: Callable[[float], object] = time.sleep,
) -> bool:
    """End a process and everything that it started: SIGTERM, `grace` seconds, SIGKILL. True if any was alive.

    The family: its process group and session, all descendants, and every process that bears its cookie.
    `child`: it is a child of ours that is not reaped, so its pid is surely its own; otherwise its creation
    time must match before its group counts. `pause` is called between looks (it may read pipes meanwhile).
    Raises MilestoneError when a process cannot be killed.
    """
    begun = time.monotonic()
    told: set[psutil.Process] = set()
    family: set[psutil.Process] = set()
    found, quiet = False, 0
    # A process that forks and dies during a look hides its child from it: then one empty look is not enough.
    while quiet < 2:
        family, complete = _living(root, child, family)
        quiet = 0 if family else quiet + (2 if complete else 1)
        found = found or bool(family)
        waited = time.monotonic() - begun
        if family and waited > grace + _UNKILLABLE:
            raise MilestoneError(f"process {min(p.pid for p in family)} cannot be ended; end it by hand")
        _signal(family, told, kill=waited >= grace or (stop is not None and stop.forced))
        if family:
            pause(0.05)
    return found


def _signal(family: Iterable[psutil.Process], told: set[psutil.Process], kill: bool) -> None:
    # One by one: psutil compares the creation time before it signals, which a process group cannot.
    for process in family:
        with suppress(psutil.Error):
            if kill:
                process.kill()
            elif process not in told:
                process.terminate()
        told.add(process)


def _living(root: Started, child: bool, known: set[psutil.Process]) -> tuple[set[psutil.Process], bool]:
    """The living family, and whether nobody died during the look. `known`: the family at the last look, which
    a member does not leave when its parent dies.
    """
    created, over = identify(root.pid), is_over(root.pid)
    # Whoever belongs to a child of ours was made after it; of others the times may be of another boot's clock.
    processes, complete = _processes(since=(created or 0.0) - _CLOCK if child else 0.0)
    children: defaultdict[int, list[int]] = defaultdict(list)
    for pid, seen in processes.items():
        children[seen.parent].append(pid)
    leader = child or _same_time(root, created)
    todo = [
        pid
        for pid, seen in processes.items()
        if seen.process in known or _belongs(seen.process, root, leader)
    ]
    family: set[int] = set()
    while todo:
        pid = todo.pop()
        if pid not in family:
            family.add(pid)
            todo += children[pid]
    alive = {processes[pid].process for pid in family - {os.getpid()} if processes[pid].alive}
    died = {pid for pid in family if not processes[pid].alive}
    return alive, complete and not (died - {root.pid} if over else died)


@dataclass(frozen=True, slots=True)
class _Seen:
    process: psutil.Process
    parent: int
    alive: bool


def _processes(since: float) -> tuple[dict[int, _Seen], bool]:
    """All that were made at `since` or later, and whether none of those that were listed had gone when read."""
    seen, complete = {}, True
    # Not psutil.process_iter: its objects are shared by all threads.
    for pid in psutil.pids():
        try:
            process = psutil.Process(pid)
            if process.create_time() < since:
                continue
            with process.oneshot():
                alive = process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
                seen[pid] = _Seen(process, process.ppid(), alive)
        except psutil.NoSuchProcess:
            complete = False
        except psutil.Error:
            continue
    return seen, complete


def is_over(pid: int) -> bool:
    """Has it ended, so that it can start nothing more?"""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def _belongs(process: psutil.Process, root: Started, leader: bool) -> bool:
    """`leader`: the process `root.pid` is the one that we started, so its group and session are ours too."""
    pid = process.pid
    with suppress(OSError):
        if leader and root.pid in (pid, os.getpgid(pid), os.getsid(pid)):
            return True
    try:
        return bool(process.environ().get(root.variable) == root.cookie)
    except (psutil.Error, OSError):
        return False


def _same_time(root: Started, created: float | None) -> bool:
    return created is not None and abs(created - root.started) < _CLOCK
