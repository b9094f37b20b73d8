"""Short commands, to their end; and the one call under which every process starts."""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

# Not `local[...]`: its popen merges the environment that this process was started with into the given one,
# which would hand the runner's tokens to every agent. This is the popen below it, which does not.
from plumbum.machines.local import PlumbumLocalPopen

from ..errors import CommandError, MilestoneError
from ..stopping import Stop
from .family import COOKIE, Started, end_family, new_cookie


@dataclass(frozen=True, slots=True)
class Completed:
    """How a short command ended; outputs decoded as UTF-8, bad bytes replaced; `raw` is the output as it was."""

    code: int
    stdout: str
    stderr: str
    raw: bytes = b""


def run(
    argv: Sequence[str],
    *,
    cwd: Path | str | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    timeout: float | None = None,
    check: bool = True,
    stop: Stop | None = None,
) -> Completed:
    """Run a short command. `env` is its whole environment, but for COOKIE; None: the one of this process.

    Raises CommandError when `check` and the code is not 0, MilestoneError when the program is not there or
    does not end within `timeout` seconds, Stopped when asked to stop meanwhile; it is then killed.
    """
    environment = dict(os.environ if env is None else env)
    # Within an agent its mark is passed on: who ends the agent must find this command as well. A caller's
    # own mark lets a later runner find a command that outlived this one.
    own = environment.get(COOKIE) or new_cookie()
    environment[COOKIE] = os.environ.get(COOKIE) or own
    process = popen(argv, cwd, environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        out, err = _communicate(process, stdin.encode(), timeout, stop)
    except subprocess.TimeoutExpired:
        _kill(process, own)
        raise MilestoneError(f"`{_shown(argv)}` did not end within {timeout:g} s and was ended") from None
    except BaseException:
        _kill(process, own)
        raise
    done = Completed(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"), out)
    if check and done.code != 0:
        raise CommandError(tuple(argv), done.code, done.stderr + done.stdout)
    return done


def find_program(name: str, env: Mapping[str, str], cwd: Path | str | None = None) -> str | None:
    """The executable that `name` means on the PATH of `env`; a name with a slash is relative to `cwd`."""
    if os.sep in name:
        name = str(Path(cwd or os.curdir).absolute() / name)
    found = shutil.which(name, path=env.get("PATH", os.defpath))
    return found and str(Path(found).absolute())


def popen(
    argv: Sequence[str],
    cwd: Path | str | None,
    env: Mapping[str, str],
    *,
    stdin: int | IO[bytes],
    stdout: int,
    stderr: int = subprocess.PIPE,
    pass_fds: tuple[int, ...] = (),
) -> Any:
    program = find_program(argv[0], env, cwd)
    if program is None:
        raise MilestoneError(f"`{argv[0]}` was not found; install it, or put its folder on PATH")
    try:
        return PlumbumLocalPopen(
            list(argv),
            executable=program,
            cwd=None if cwd is None else str(cwd),
            env=dict(env),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            pass_fds=pass_fds,
        )
    except (OSError, ValueError) as error:
        raise MilestoneError(f"`{_shown(argv)}` could not be started: {error}") from error


def _shown(argv: Sequence[str]) -> str:
    return " ".join(argv[:6])


def _communicate(process: Any, stdin: bytes, timeout: float | None, stop: Stop | None) -> tuple[bytes, bytes]:
    deadline = None if timeout is None else time.monotonic() + timeout
    given: bytes | None = stdin
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        slice_ = left if stop is None else min(0.2, left if left is not None else 0.2)
        try:
            out, err = process.communicate(given, timeout=slice_)
            return out, err
        except subprocess.TimeoutExpired:
            given = None
            if stop is not None:
                stop.check()
            if deadline is not None and time.monotonic() >= deadline:
                raise


def _kill(process: Any, cookie: str) -> None:
    """End a short command that is not reaped yet, and what it started."""
    if process.returncode is None:
        end_family(Started(process.pid, 0.0, cookie), child=True, grace=0.0)
    for stream in (process.stdin, process.stdout, process.stderr):
        with suppress(OSError):
            stream.close()
    process.wait()
