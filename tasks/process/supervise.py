"""Long-running processes: agents and checks. Whatever happens, nothing that they started stays behind."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from ..stopping import Stop
from .command import find_program, popen
from .family import COOKIE, GRACE, Started, end_family, identify, is_over, new_cookie
from .output import Output, Pump

_TICK = 0.1


@dataclass(frozen=True, slots=True)
class Ended:
    """How a supervised process ended. `code` is None when it was not found; negative: the signal's number."""

    reason: Literal["exited", "timeout", "not_found"]
    code: int | None
    detail: str = ""


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
        pump = Pump(output)
        stack.callback(pump.close)
        given = stack.enter_context(_as_file(stdin))
        process = popen(
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


class _Watch:
    """One supervised process, from start to end. It is reaped last: until then its pid stays its own."""

    def __init__(self, process: Any, cookie: str, pump: Pump, stop: Stop | None, grace: float) -> None:
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
        return is_over(self._process.pid)

    def _end(self, grace: float) -> int:
        """End what is left of the family, read what is left in the pipes, reap."""
        end_family(self.started, child=True, grace=grace, stop=self._stop, pause=self._pump.step)
        self._pump.drain()
        code = int(self._process.wait())
        self._reaped = True
        return code


@contextmanager
def _as_file(text: str) -> Iterator[IO[bytes]]:
    """Text as standard input. A file, not a pipe: nobody has to feed it, and it never blocks."""
    with tempfile.TemporaryFile() as file:
        file.write(text.encode(errors="replace"))
        file.seek(0)
        yield file
