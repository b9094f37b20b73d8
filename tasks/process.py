"""The one place that starts processes. Argument lists only, never a shell string; many threads at once.

`run` is for short commands such as git, `supervise` for agents and checks: output on disk, a wall clock, and
an end for everything that was started. A child gets its own session, so a terminal's ^C reaches the runner
alone. The environment that a caller gives is the whole environment.
"""

import os
import selectors
import shutil
import subprocess
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import IO, Any, Literal

import psutil

# Not `local[...]`: its popen merges the environment that this process was started with into the given one,
# which would hand the runner's tokens to every agent. This is the popen below it, which does not.
from plumbum.machines.local import PlumbumLocalPopen

from .errors import CommandError, MilestoneError
from .stopping import Stop

COOKIE = "AUTO_MILESTONE_JOB"
"""Variable that marks everything a supervised process starts, also what left its session and its parent."""

GRACE = 5.0
"""Seconds between SIGTERM and SIGKILL."""

HEAD = 64 << 20
"""Bytes of an output that are written as they come."""

TAIL = 4 << 20
"""Bytes of an output's end that are kept besides: where results and errors stand."""

_CHUNK = 1 << 16
_TICK = 0.1
_UNKILLABLE = 15.0
_CLOCK = 2.0
"""Seconds by which a create_time may differ from itself: the boot time it is reckoned from is adjusted."""


@dataclass(frozen=True, slots=True)
class Completed:
    """How a short command ended; outputs decoded as UTF-8, bad bytes replaced."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a supervised process ended. `code` is None when it was not found; negative: the signal's number."""

    reason: Literal["exited", "timeout", "not_found"]
    code: int | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """What identifies a supervised process, to another runner too. It leads group and session `pid`."""

    pid: int
    started: float
    """psutil's create_time: a recycled pid has another one."""
    cookie: str


@dataclass(frozen=True, slots=True)
class Output:
    """Where a supervised process writes. `log` grows with both streams; `stdout` is made anew when given."""

    log: Path
    stdout: Path | None = None
    head: int = HEAD
    tail: int = TAIL


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
    # Within an agent its mark is passed on: who ends the agent must find this command as well.
    outer, own = os.environ.get(COOKIE), new_cookie()
    environment[COOKIE] = outer or own
    process = _popen(argv, cwd, environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        out, err = _communicate(process, stdin.encode(), timeout, stop)
    except subprocess.TimeoutExpired:
        _kill(process, own)
        raise MilestoneError(f"`{_shown(argv)}` did not end within {timeout:g} s and was ended") from None
    except BaseException:
        _kill(process, own)
        raise
    done = Completed(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))
    if check and done.code != 0:
        raise CommandError(tuple(argv), done.code, done.stderr + done.stdout)
    return done


def supervise(
    argv: Sequence[str],
    *,
    cwd: Path | str,
    env: Mapping[str, str],
    output: Output,
    timeout: float,
    stdin: str = "",
    silence: float | None = None,
    on_silence: Callable[[float], None] | None = None,
    on_start: Callable[[Started], None] | None = None,
    stop: Stop | None = None,
    grace: float = GRACE,
    cookie: str | None = None,
    pass_fds: tuple[int, ...] = (),
) -> Ended:
    """Run a process to its end, or to `timeout` seconds; nothing that it started is alive afterwards.

    `on_silence(seconds)` is called once for each stretch without output longer than `silence`.
    Raises Stopped when asked to stop, MilestoneError when it cannot be started or ended, or its output
    cannot be written. A program that is not there is no error: reason `not_found`.
    """
    if find_program(argv[0], env, cwd) is None:
        return Ended("not_found", None, f"`{argv[0]}` was not found")
    cookie = cookie or new_cookie()
    with ExitStack() as stack:
        pump = _Pump(output)
        stack.callback(pump.close)
        given = stack.enter_context(_as_file(stdin))
        process = _popen(
            argv,
            cwd,
            {**env, COOKIE: cookie},
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if output.stdout else subprocess.STDOUT,
            pass_fds=pass_fds,
        )
        watch = _Watch(process, cookie, pump, stop, grace)
        # Whatever goes wrong from here on: nothing stays behind.
        stack.callback(watch.end_at_once)
        if on_start:
            on_start(watch.started)
        return watch.to_the_end(timeout, silence, on_silence)


def new_cookie() -> str:
    """A value for COOKIE that no other process bears."""
    return uuid.uuid4().hex


def find_program(name: str, env: Mapping[str, str], cwd: Path | str | None = None) -> str | None:
    """The executable that `name` means on the PATH of `env`; a name with a slash is relative to `cwd`."""
    if os.sep in name:
        name = str(Path(cwd or os.curdir).absolute() / name)
    found = shutil.which(name, path=env.get("PATH", os.defpath))
    return found and str(Path(found).absolute())


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
    # Two empty looks in a row: a process that forks and dies during the first one hides its child from it.
    while quiet < 2:
        family = _living(root, child, family)
        quiet = 0 if family else quiet + 1
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


def _living(root: Started, child: bool, known: set[psutil.Process]) -> set[psutil.Process]:
    """`known`: the family at the last look, which a member does not leave when its parent dies."""
    processes = _processes()
    children: defaultdict[int, list[int]] = defaultdict(list)
    for pid, seen in processes.items():
        children[seen.parent].append(pid)
    leader = child or _same_time(root, identify(root.pid))
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
    return {processes[pid].process for pid in family - {os.getpid()} if processes[pid].alive}


@dataclass(frozen=True, slots=True)
class _Seen:
    process: psutil.Process
    parent: int
    alive: bool


def _processes() -> dict[int, _Seen]:
    # Not psutil.process_iter: its objects are shared by all threads.
    seen = {}
    for pid in psutil.pids():
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            with process.oneshot():
                alive = process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
                seen[pid] = _Seen(process, process.ppid(), alive)
    return seen


def _belongs(process: psutil.Process, root: Started, leader: bool) -> bool:
    """`leader`: the process `root.pid` is the one that we started, so its group and session are ours too."""
    pid = process.pid
    with suppress(OSError):
        if leader and root.pid in (pid, os.getpgid(pid), os.getsid(pid)):
            return True
    try:
        return bool(process.environ().get(COOKIE) == root.cookie)
    except (psutil.Error, OSError):
        return False


def _same_time(root: Started, created: float | None) -> bool:
    return created is not None and abs(created - root.started) < _CLOCK


def _popen(
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


class _Watch:
    """One supervised process, from start to end. It is reaped last: until then its pid stays its own."""

    def __init__(self, process: Any, cookie: str, pump: "_Pump", stop: Stop | None, grace: float) -> None:
        self._process, self._pump, self._stop, self._grace = process, pump, stop, grace
        self.started = Started(process.pid, identify(process.pid) or time.time(), cookie)
        self._reaped = False
        pump.listen(process)

    def to_the_end(
        self, timeout: float, silence: float | None, on_silence: Callable[[float], None] | None
    ) -> Ended:
        begun = heard = time.monotonic()
        reported = False
        while not self._exited():
            if self._listen():
                heard, reported = time.monotonic(), False
            now = time.monotonic()
            if self._stop is not None and self._stop.asked:
                self._end(self._grace)
                self._stop.check()
            if now - begun >= timeout:
                return Ended("timeout", self._end(self._grace), f"ended after {timeout:g} s")
            if on_silence and silence is not None and not reported and now - heard >= silence:
                reported = True
                on_silence(now - heard)
        return Ended("exited", self._end(self._grace))

    def end_at_once(self) -> None:
        if not self._reaped:
            self._end(0.0)

    def _listen(self) -> int:
        """The bytes that came within a tick; a flood is read for a tick at a time."""
        until = time.monotonic() + _TICK
        count = more = self._pump.step(_TICK)
        while more and time.monotonic() < until:
            more = self._pump.step(0)
            count += more
        self._pump.check()
        return count

    def _exited(self) -> bool:
        try:
            return bool(psutil.Process(self._process.pid).status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True

    def _end(self, grace: float) -> int:
        """End what is left of the family, read what is left in the pipes, reap."""
        end_family(self.started, child=True, grace=grace, stop=self._stop, pause=self._pump.step)
        self._pump.drain()
        code = int(self._process.wait())
        self._reaped = True
        return code


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


class _Pump:
    """Copies a process's pipes to its files, in the caller's thread and in bounded memory."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._sinks = [self._open(output.log, "ab")]
        if output.stdout is not None:
            self._sinks.append(self._open(output.stdout, "wb"))
        self._selector = selectors.DefaultSelector()

    def listen(self, process: Any) -> None:
        self._selector.register(process.stdout, selectors.EVENT_READ, self._sinks)
        if process.stderr:
            self._selector.register(process.stderr, selectors.EVENT_READ, self._sinks[:1])

    def step(self, seconds: float) -> int:
        """Wait for output at most so long; the number of bytes that came."""
        if not self._selector.get_map():
            # The process closed its streams, mostly because it is about to exit.
            time.sleep(min(seconds, 0.02))
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


@contextmanager
def _as_file(text: str) -> Iterator[IO[bytes]]:
    """Text as standard input. A file, not a pipe: nobody has to feed it, and it never blocks."""
    with tempfile.TemporaryFile() as file:
        file.write(text.encode(errors="replace"))
        file.seek(0)
        yield file
