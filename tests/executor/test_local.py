import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from auto_milestone.errors import MilestoneError, Stopped
from auto_milestone.executor.base import Exit, Launch
from auto_milestone.executor.local import LocalExecutor
from auto_milestone.stopping import Stop

# Plays the runner, until it is killed: its process and a grandchild in another session tell their pids.
RUNNER = """
import sys
from pathlib import Path
from auto_milestone.executor.base import Launch
from auto_milestone.executor.local import LocalExecutor
from auto_milestone.stopping import Stop
folder = Path(sys.argv[1])
LocalExecutor(Stop()).run(
    Launch("7", (sys.executable, "-c", sys.argv[2]), folder, {}, "", folder / "log", folder / "out", 600, 600,
           folder / "guard"),
    print,
)
"""
AGENT = """
import os, signal, time
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os.setsid()
open(f"{'grandchild' if child == 0 else 'child'}.tmp", "w").write(str(os.getpid()))
name = "grandchild" if child == 0 else "child"
os.rename(name + ".tmp", name)
time.sleep(600)
"""


def launch(folder: Path, code: str = "", timeout: float = 300.0, **environment: str) -> Launch:
    return Launch(
        key="7",
        argv=(sys.executable, "-c", code),
        cwd=folder,
        environment=environment,
        stdin="prompt",
        log=folder / "log",
        output=folder / "out",
        timeout=timeout,
        silence=300.0,
        guard=folder / "state" / "guard" if not (folder / "guard").exists() else folder / "guard",
    )


def executor(patience: float = 10.0, stop: Stop | None = None) -> LocalExecutor:
    return LocalExecutor(stop or Stop(), grace=0.2, patience=patience)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def killed_runner(folder: Path) -> Iterator[list[int]]:
    """The pids that a runner killed with -9 left alive."""
    pids: list[int] = []
    runner = psutil.Popen((sys.executable, "-c", RUNNER, str(folder), AGENT))
    try:
        until = time.monotonic() + 60
        while not all((folder / name).exists() for name in ("child", "grandchild")):
            assert time.monotonic() < until, "the runner did not start its process"
            assert runner.poll() is None
            time.sleep(0.02)
        pids = [int((folder / name).read_text()) for name in ("child", "grandchild")]
        runner.kill()
        runner.wait()
        yield pids
    finally:
        for pid in (runner.pid, *pids):
            if alive(pid) and pid != os.getpid():
                os.kill(pid, signal.SIGKILL)


def test_runs_to_the_end(tmp_path: Path) -> None:
    code = "import sys, os; print(sys.stdin.read(), os.environ['NAME']); sys.exit(3)"
    one = launch(tmp_path, code, NAME="value")
    assert executor().run(one, lambda _: None) == Exit("exited", 3)
    assert (tmp_path / "out").read_text() == "prompt value\n"
    assert one.guard.read_bytes() == b""


def test_the_guard_tells_who_runs(tmp_path: Path) -> None:
    one = launch(tmp_path, "print(open('state/guard').read())")
    executor().run(one, lambda _: None)
    # The process may look before its pid is noted, but never before its cookie is.
    told = json.loads((tmp_path / "out").read_text())
    assert told["cookie"]
    assert told.keys() <= {"cookie", "pid", "pgid", "started", "variable"}


def test_timeout_and_not_found(tmp_path: Path) -> None:
    slow = launch(tmp_path, "import time; time.sleep(600)", timeout=0.2)
    assert executor().run(slow, lambda _: None).reason == "timeout"
    missing = Launch(**{**{f: getattr(slow, f) for f in Launch.__slots__}, "argv": ("no-such-program",)})
    assert executor().run(missing, lambda _: None).reason == "not_found"


def test_does_not_start_once_stopped(tmp_path: Path) -> None:
    stop = Stop()
    stop.ask()
    with pytest.raises(Stopped):
        executor(stop=stop).run(launch(tmp_path, "open('ran', 'w')"), lambda _: None)
    assert not (tmp_path / "ran").exists()


def test_nothing_to_end(tmp_path: Path) -> None:
    one = launch(tmp_path)
    assert not executor().end_leftover(one)
    executor().run(one, lambda _: None)
    assert not executor().end_leftover(one)


def test_ends_what_a_killed_runner_left(tmp_path: Path) -> None:
    with killed_runner(tmp_path) as pids:
        assert any(alive(pid) for pid in pids)
        assert executor().end_leftover(launch(tmp_path))
        assert not any(alive(pid) for pid in pids)
    assert not executor().end_leftover(launch(tmp_path))


def test_a_run_ends_the_leftover_first(tmp_path: Path) -> None:
    with killed_runner(tmp_path) as pids:
        alive_then = f"import os; print([p for p in {pids} if os.path.exists(f'/proc/{{p}}/cwd')])"
        assert executor().run(launch(tmp_path, alive_then), lambda _: None).code == 0
        assert not any(alive(pid) for pid in pids)
    assert (tmp_path / "out").read_text() == "[]\n"


def test_the_cookie_alone_identifies(tmp_path: Path) -> None:
    """The runner was killed before it could note the pid."""
    with killed_runner(tmp_path) as pids:
        guard = tmp_path / "guard"
        guard.write_text(json.dumps({"cookie": json.loads(guard.read_text())["cookie"]}))
        assert executor().end_leftover(launch(tmp_path))
        assert not any(alive(pid) for pid in pids)


def test_spares_a_recycled_pid(tmp_path: Path) -> None:
    innocent = psutil.Popen((sys.executable, "-c", "import time; time.sleep(600)"))
    try:
        (tmp_path / "guard").write_text(
            json.dumps(
                {"pid": innocent.pid, "pgid": innocent.pid, "started": 1.0, "cookie": "of-another-time"}
            )
        )
        assert not executor().end_leftover(launch(tmp_path))
        assert alive(innocent.pid)
    finally:
        innocent.kill()
        innocent.wait()


@pytest.mark.parametrize("content", [b"", b"\xff{", b"[]", b"{}", b'{"pid": "x", "cookie": 1}'])
def test_an_unreadable_guard_is_no_guard(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "guard").write_bytes(content)
    assert not executor().end_leftover(launch(tmp_path))


def test_a_lock_that_is_not_ours_to_break(tmp_path: Path) -> None:
    with (tmp_path / "guard").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(MilestoneError, match="7 still runs from an earlier start"):
            executor(patience=0.1).run(launch(tmp_path, "open('ran', 'w')"), lambda _: None)
    assert not (tmp_path / "ran").exists()


def test_one_process_per_key(tmp_path: Path) -> None:
    """A second start meanwhile is refused; it does not take the first one for a leftover."""
    one = executor()
    inner: list[str] = []

    def again(_: float) -> None:
        with pytest.raises(MilestoneError, match="7 is running already"):
            one.run(launch(tmp_path, ""), lambda _: None)
        inner.append("refused")
        (tmp_path / "go").touch()

    code = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)"
    quiet = Launch(**{**{f: getattr(launch(tmp_path, code), f) for f in Launch.__slots__}, "silence": 0.1})
    assert one.run(quiet, again).code == 0
    assert inner == ["refused"]
