import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from auto_milestone.errors import CommandError, MilestoneError, Stopped
from auto_milestone.process.command import run
from auto_milestone.process.family import COOKIE, Started, end_family, new_cookie
from auto_milestone.process.output import Output, tail
from auto_milestone.process.supervise import Ended, supervise
from auto_milestone.stopping import Stop

ENV = {"PATH": os.environ["PATH"]}
LONG = 300.0
"""A wall clock that no test reaches."""

# Ignores TERM, and leaves a grandchild in a session of its own that ignores it too and has no living parent.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    open(sys.argv[1] + ".tmp", "w").write(str(os.getpid()))
    os.rename(sys.argv[1] + ".tmp", sys.argv[1])
    time.sleep(600)
os.wait()
print("ready", flush=True)
time.sleep(600)
"""


def script(*lines: str) -> tuple[str, ...]:
    return (sys.executable, "-c", "\n".join(lines))


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# run


def test_run_gives_both_streams_and_the_code(tmp_path: Path) -> None:
    code = "import sys, os; print(sys.stdin.read(), os.getcwd()); print('err', file=sys.stderr); sys.exit(3)"
    done = run((sys.executable, "-c", code), cwd=tmp_path, stdin="hällo", check=False)
    assert (done.code, done.stdout, done.stderr) == (3, f"hällo {tmp_path}\n", "err\n")


def test_run_replaces_bytes_that_are_no_utf8() -> None:
    assert run(script("import os; os.write(1, b'a\\xffb')")).stdout == "a\ufffdb"


def test_run_raises_with_command_and_last_words() -> None:
    with pytest.raises(CommandError, match="ended with 2: last words") as caught:
        run(script("import sys; print('last words', file=sys.stderr); sys.exit(2)"))
    assert caught.value.code == 2


@pytest.mark.parametrize("name", ["no-such-program", "./no-such-program", "/no/such/program"])
def test_run_names_a_missing_program(name: str, tmp_path: Path) -> None:
    with pytest.raises(MilestoneError, match=f"`{name}` was not found"):
        run((name,), cwd=tmp_path, check=False)


def test_run_names_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(MilestoneError, match=r"could not be started.*gone"):
        run((sys.executable, "-c", ""), cwd=tmp_path / "gone")


def test_run_looks_on_the_path_of_the_given_environment(tmp_path: Path) -> None:
    program = tmp_path / "tool"
    program.write_text("#!/bin/sh\necho found\n")
    program.chmod(0o755)
    assert run(("tool",), env={"PATH": str(tmp_path)}).stdout == "found\n"
    assert run(("./tool",), env={}, cwd=tmp_path).stdout == "found\n"


def test_run_gives_the_environment_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", "tweet")
    seen = run(script("import os; print(*sorted(os.environ))"), env={"ONLY": "1", "LC_ALL": "C"}).stdout
    # Some systems add one of their own.
    assert {"LC_ALL", "ONLY", COOKIE} <= set(seen.split())
    assert not {"CANARY", "HOME", "PATH"} & set(seen.split())


def test_run_ends_what_takes_too_long(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    with pytest.raises(MilestoneError, match=r"did not end within 1 s"):
        run((sys.executable, "-c", STUBBORN, str(pid)), timeout=1.0)
    assert not pid.exists() or not alive(int(pid.read_text()))


def test_run_within_an_agent_keeps_its_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who ends the agent finds what it has started through `run`, in whatever session."""
    monkeypatch.setenv(COOKIE, "of-the-agent")
    code = f"import os; print(os.environ[{COOKIE!r}])"
    assert run(script(code), env={}).stdout == "of-the-agent\n"


def test_run_stops(tmp_path: Path) -> None:
    stop, mark = Stop(), tmp_path / "mark"
    with ThreadPoolExecutor(1) as pool:
        code = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
        future = pool.submit(run, script(code), stop=stop)
        wait_for(lambda: mark.exists() and mark.read_text())
        stop.ask()
        with pytest.raises(Stopped):
            future.result()
    assert not alive(int(mark.read_text()))


def test_run_many_at_once_keeps_folders_apart(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(16)]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(8) as pool:
        outputs = list(pool.map(lambda f: run(("pwd", "-P"), cwd=f).stdout.strip(), folders))
    assert outputs == [str(folder.resolve()) for folder in folders]


# supervise


def test_streams_go_to_log_and_output(tmp_path: Path) -> None:
    output = Output(tmp_path / "logs" / "log", tmp_path / "out")
    output.log.parent.mkdir()
    output.log.write_text("earlier\n")
    ended = supervise(
        script("import sys; print(sys.stdin.read()); print('err', file=sys.stderr); sys.exit(4)"),
        cwd=tmp_path,
        env=ENV,
        output=output,
        stdin="hello",
        timeout=LONG,
    )
    assert ended == Ended("exited", 4)
    assert (tmp_path / "out").read_text() == "hello\n"
    assert sorted(output.log.read_text().splitlines()) == ["earlier", "err", "hello"]


def test_a_missing_program_is_no_error(tmp_path: Path) -> None:
    ended = supervise(("nope",), cwd=tmp_path, env=ENV, output=Output(tmp_path / "log"), timeout=LONG)
    assert ended == Ended("not_found", None, "`nope` was not found")


def test_timeout_kills_what_ignores_term_and_its_orphan(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    ended = supervise(
        (sys.executable, "-c", STUBBORN, str(pid)),
        cwd=tmp_path,
        env=ENV,
        output=Output(tmp_path / "log"),
        timeout=1.0,
        grace=0.2,
    )
    # -15: a loaded machine did not get as far as to ignore it.
    assert ended.reason == "timeout"
    assert ended.code in (-9, -15)
    assert not pid.exists() or not alive(int(pid.read_text()))


def test_an_orphan_that_outlives_its_starter_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    # The same program, but its first process ends at once.
    code = STUBBORN.rsplit("time.sleep(600)", 1)[0]
    ended = supervise(
        (sys.executable, "-c", code, str(pid)),
        cwd=tmp_path,
        env=ENV,
        output=Output(tmp_path / "log"),
        timeout=LONG,
        grace=0.2,
    )
    assert ended == Ended("exited", 0)
    assert "ready" in (tmp_path / "log").read_text()
    assert not pid.exists() or not alive(int(pid.read_text()))


def test_term_comes_first(tmp_path: Path) -> None:
    code = script(
        "import signal, sys, time",
        "signal.signal(signal.SIGTERM, lambda *_: (print('told', flush=True), sys.exit(7)))",
        "print('ready', flush=True)",
        "time.sleep(600)",
    )
    stop, log = Stop(), tmp_path / "log"
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(
            supervise, code, cwd=tmp_path, env=ENV, output=Output(log), timeout=LONG, grace=LONG, stop=stop
        )
        wait_for(lambda: "ready" in tail(log))
        stop.ask()
        with pytest.raises(Stopped):
            future.result()
    assert log.read_text() == "ready\ntold\n"


@pytest.mark.parametrize("times", [1, 2])
def test_stop_ends_it(tmp_path: Path, times: int) -> None:
    """Asked once: TERM, grace, KILL. Asked twice: KILL, whatever the grace."""
    stop, started = Stop(), threading.Event()
    pids: list[int] = []

    def note(one: Started) -> None:
        pids.append(one.pid)
        started.set()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(
            supervise,
            (sys.executable, "-c", STUBBORN, str(tmp_path / "pid")),
            cwd=tmp_path,
            env=ENV,
            output=Output(tmp_path / "log"),
            timeout=LONG,
            grace=0.2 if times == 1 else LONG,
            on_start=note,
            stop=stop,
        )
        assert started.wait(60)
        wait_for(lambda: "ready" in tail(tmp_path / "log"))
        for _ in range(times):
            stop.ask()
        with pytest.raises(Stopped):
            future.result()
    assert not alive(pids[0])
    assert not (tmp_path / "pid").exists() or not alive(int((tmp_path / "pid").read_text()))


def test_silence_is_told_once_a_stretch(tmp_path: Path) -> None:
    """Quiet until told twice: the process goes on when it sees the file that the callback writes."""
    heard: list[float] = []

    def on_silence(seconds: float) -> None:
        heard.append(seconds)
        (tmp_path / f"go{len(heard)}").touch()

    code = script(
        "import os, time",
        "for number in (1, 2):",
        "    while not os.path.exists(f'go{number}'): time.sleep(0.01)",
        "    time.sleep(0.6)",
        "    print('alive', flush=True)",
    )
    supervise(
        code,
        cwd=tmp_path,
        env=ENV,
        output=Output(tmp_path / "log"),
        timeout=LONG,
        silence=0.3,
        on_silence=on_silence,
    )
    assert (tmp_path / "log").read_text() == "alive\nalive\n"
    # A loaded machine may add a stretch between the last line and the end.
    assert len(heard) in (2, 3)
    assert min(heard) >= 0.3


def test_a_failing_callback_leaves_nothing_alive(tmp_path: Path) -> None:
    pids: list[int] = []

    def fail(started: Started) -> None:
        pids.append(started.pid)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        supervise(
            script("import time; time.sleep(600)"),
            cwd=tmp_path,
            env=ENV,
            output=Output(tmp_path / "log"),
            timeout=LONG,
            on_start=fail,
        )
    assert not alive(pids[0])


def test_a_flood_fills_neither_disk_nor_memory(tmp_path: Path) -> None:
    code = script(
        "import os", "for _ in range(200): os.write(1, b'x' * (1 << 20))", "os.write(1, b'\\nthe end\\n')"
    )
    output = Output(tmp_path / "log", tmp_path / "out", head=1 << 20, tail=1 << 16)
    assert supervise(code, cwd=tmp_path, env=ENV, output=output, timeout=LONG).code == 0
    for path in (output.log, tmp_path / "out"):
        assert path.stat().st_size < (1 << 20) + (1 << 16) + 200
        assert "bytes of output are left out here]" in tail(path, lines=3, limit=1 << 18)
        assert tail(path, lines=1) == "the end"


def test_output_that_cannot_be_written_ends_the_process(tmp_path: Path) -> None:
    pids: list[int] = []
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, hard))
    try:
        with pytest.raises(MilestoneError, match=r"output cannot be written to .*log: File too large"):
            supervise(
                script("import time; print('too much', flush=True); time.sleep(600)"),
                cwd=tmp_path,
                env=ENV,
                output=Output(tmp_path / "log"),
                timeout=LONG,
                on_start=lambda started: pids.append(started.pid),
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not alive(pids[0])


def test_an_unusable_log_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MilestoneError, match="output cannot be written"):
        supervise(("true",), cwd=tmp_path, env=ENV, output=Output(tmp_path / "file" / "log"), timeout=LONG)


NESTED = """
import os, signal, subprocess, sys, time
code = "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(os.getpid(), flush=True);"
code += "time.sleep(600)"
subprocess.Popen((sys.executable, "-c", code), env={}, start_new_session=True)
time.sleep(600)
"""


def test_a_nested_job_is_ended_with_its_starter(tmp_path: Path) -> None:
    """It bears no mark of ours, sits in another session, and its starter dies of the TERM that it ignores."""
    stop, log = Stop(), tmp_path / "log"
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(
            supervise,
            script(NESTED),
            cwd=tmp_path,
            env=ENV,
            output=Output(log),
            timeout=LONG,
            grace=0.5,
            stop=stop,
        )
        wait_for(lambda: tail(log))
        stop.ask()
        with pytest.raises(Stopped):
            future.result()
    assert not alive(int(log.read_text()))


def test_end_family_spares_a_recycled_pid(tmp_path: Path) -> None:
    """A process with the pid, but of another time and without the cookie, is somebody else's."""
    innocent = psutil.Popen(script("import time; time.sleep(600)"))
    try:
        other = Started(innocent.pid, innocent.create_time() - 1000, new_cookie())
        assert not end_family(other, grace=0.0)
        assert alive(innocent.pid)
    finally:
        innocent.kill()
        innocent.wait()


def test_tail(tmp_path: Path) -> None:
    path = tmp_path / "log"
    assert tail(path) == ""
    path.write_text("".join(f"{number}\n" for number in range(100)))
    assert tail(path, lines=2) == "98\n99"
    assert tail(path, limit=3) == "99"
