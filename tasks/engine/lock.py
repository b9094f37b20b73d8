"""One runner at a time in a project: an flock, which a crash cannot leave behind."""

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import MilestoneError
from ..files import read_json


@contextmanager
def runner_lock(path: Path) -> Iterator[None]:
    """Hold the lock. Raises MilestoneError that names who holds it.

    The folder above the state folders is locked, which nobody removes by mistake and which milestones share
    as they share the forge's records; the file at `path` only says who holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.parents[1], os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise MilestoneError(
                f"{_holder(path)} is running here already: wait for it, or stop it"
            ) from None
        me = {"pid": os.getpid(), "host": socket.gethostname(), "since": round(time.time())}
        path.write_text(json.dumps(me))
        yield
    finally:
        os.close(handle)


def is_held(path: Path) -> bool:
    """Is a runner alive?"""
    try:
        handle = os.open(path.parents[1], os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _holder(path: Path) -> str:
    known = read_json(path)
    return f"pid {known.get('pid')} on {known.get('host')}" if known else "another process"
