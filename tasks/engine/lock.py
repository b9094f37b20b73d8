"""One runner at a time in a project: an flock, which a crash cannot leave behind."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import MilestoneError
from ..files import read_json
from ..paths import StatePaths


@contextmanager
def runner_lock(paths: StatePaths) -> Iterator[None]:
    """Hold the lock. Raises MilestoneError that names who holds it.

    The folder of all state is locked, which nobody removes by mistake; the file in it only says who holds it.
    """
    paths.root.mkdir(parents=True, exist_ok=True)
    handle = os.open(paths.lock.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise MilestoneError(
                f"{_holder(paths.lock)} is running here already: wait for it, or stop it"
            ) from None
        me = {"pid": os.getpid(), "host": socket.gethostname(), "milestone": paths.root.name}
        paths.lock.write_text(json.dumps(me))
        yield
    finally:
        os.close(handle)


def is_held(paths: StatePaths) -> bool:
    """Is a runner of this milestone alive?"""
    try:
        handle = os.open(paths.lock.parent, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return (read_json(paths.lock) or {}).get("milestone") == paths.root.name
    finally:
        os.close(handle)
    return False


def _holder(path: Path) -> str:
    known = read_json(path)
    return f"pid {known.get('pid')} on {known.get('host')}" if known else "another process"
