"""Wall time and peak memory of a command, each in a fresh process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Linux hands the peak memory of the starting process on to the started one, so a process that is as small as
# Python can be stands in between: a peak below its own, about 9 MiB, cannot be seen.
LAUNCHER = """
import json, os, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, 2, 1)]
begin = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - begin
print(json.dumps([seconds, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)]))
"""
SHOWN = 2_000
"""How much of what a failed command said is shown, in characters."""


@dataclass(frozen=True, slots=True)
class Measured:
    """`seconds` from start to end, `mib` at the peak of the largest process in it."""

    seconds: float
    mib: float


def measure(argv: Sequence[str], folder: Path, env: Mapping[str, str]) -> Measured:
    """Run a command once. Raises RuntimeError with what it said unless it exits with 0."""
    launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER, *argv]
    done = subprocess.run(launcher, cwd=folder, env={**env}, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv)}: {done.stderr.strip()}")
    seconds, peak, code = json.loads(done.stdout)
    if code:
        raise RuntimeError(f"{' '.join(argv)} ended with {code} in {folder}: {done.stderr[-SHOWN:].strip()}")
    return Measured(seconds, peak)


def best(runs: Sequence[Measured]) -> Measured:
    """The least of each figure: what else the machine does only ever adds to it."""
    return Measured(min(run.seconds for run in runs), min(run.mib for run in runs))


def in_turn(commands: Mapping[str, Callable[[], Measured]], rounds: int) -> dict[str, Measured]:
    """The best of several runs of each, taken in turn, so that a busy moment hits all of them."""
    found: dict[str, list[Measured]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, run in commands.items():
            found[name].append(run())
    return {name: best(runs) for name, runs in found.items()}


def environment(home: Path) -> dict[str, str]:
    """An environment in which neither the person's git configuration nor a token has a say."""
    home.mkdir(parents=True, exist_ok=True)
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Bench\n\temail = bench@example.org\n[init]\n\tdefaultBranch = main\n"
    )
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_", "GH_"))
    }
    return {**kept, "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
