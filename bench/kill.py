"""kill -9 at random instants of the sample, each followed by the same command.

The end has to be the one of an undisturbed run: the same tree on main, the same receipts, all readable, every
issue landed once, every pull request merged. `ours` is the time of both runs together; `ok` is about the end
alone. The instants are drawn from the duration of the undisturbed run; the seed is told on standard error, and
`BENCH_SEED` sets it.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from auto_milestone.receipts import read_receipt
from support.graphs import SAMPLE
from support.project import Project, sample, workshop
from support.report import Row, note, options, report

COMMAND = ("-n", "2", "merge")


def main() -> None:
    asked = options(__doc__)
    seed = int(os.environ.get("BENCH_SEED") or random.randrange(10**6))
    issues = list(SAMPLE)[:2] if asked.quick else list(SAMPLE)
    with workshop() as (top, env):
        planned = sample(top / "planned", env, issues if asked.quick else ())
        planned.measure("plan")
        undisturbed = planned.copy(top / "undisturbed")
        seconds = undisturbed.measure(*COMMAND).seconds
        expected = _end(undisturbed)
        assert expected.subjects == len(issues) + 1 and expected.pulls == ["merged"] * len(issues)
        chance = random.Random(seed)
        instants = sorted(chance.uniform(0, seconds) for _ in range(2 if asked.quick else 20))
        note(f"BENCH_SEED={seed}, undisturbed {seconds:.2f} s")
        rows = [_row(planned, top / str(at), one, seconds, expected) for at, one in enumerate(instants, 1)]
    report("kill", rows, asked.as_json)
    sys.exit(0 if all(row.ok for row in rows) else 1)


@dataclass(frozen=True, slots=True)
class End:
    """What a run comes to, whatever the order in which issues landed."""

    tree: str
    receipts: list[str]
    titles: list[str]
    pulls: list[str]
    closed: list[str]
    subjects: int


def _row(planned: Project, folder: Path, instant: float, seconds: float, expected: End) -> Row:
    project, instant = _killed(planned, folder, instant)
    begin = time.perf_counter()
    code = project.start(*COMMAND).wait()
    took = instant + time.perf_counter() - begin
    found = _end(project) if code == 0 else None
    ok = found == expected
    note(f"{folder.name}: killed after {instant:.2f} s, then exit {code}: {'the same end' if ok else found}")
    return Row(f"killed after {instant:.2f} s, s", took, {"undisturbed": seconds}, took / seconds, ok=ok)


def _killed(planned: Project, folder: Path, instant: float) -> tuple[Project, float]:
    """The command, killed, and when: only its own process, as by a machine short of memory; agents live on.

    A run that was done before the instant came was no kill: it is done anew and killed earlier.
    """
    for again in range(10):
        project = planned.copy(folder.with_name(f"{folder.name}-{again}"))
        process = project.start(*COMMAND)
        try:
            process.wait(instant)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return project, instant
        instant *= 0.7
    raise RuntimeError(f"no run lasted {instant:.2f} s")


def _end(project: Project) -> End:
    (forge,) = project.folder.glob(".milestone/.forge/*")
    subjects = _git(project, "log", "--format=%s", "main").splitlines()
    bodies = _git(project, "log", "--format=%b", "main").splitlines()
    pulls = [json.loads(path.read_text())["state"] for path in forge.glob("pulls/*.json")]
    return End(
        tree=_git(project, "rev-parse", "main^{tree}"),
        receipts=_receipts(project),
        titles=sorted(subject.partition(" (#")[0] for subject in subjects),
        pulls=pulls,
        closed=sorted(line for line in bodies if line.startswith("Closes ")),
        subjects=len(subjects),
    )


def _receipts(project: Project) -> list[str]:
    """Issue and phase of every receipt."""
    found = []
    for path in sorted((project.paths.root / "receipts").glob("*/*.json")):
        issue, phase = int(path.parent.name), path.stem
        receipt = read_receipt(path, issue, phase)
        found.append(f"{issue}/{phase}" if receipt else f"{issue}/{phase} cannot be read")
    return found


def _git(project: Project, *args: str) -> str:
    (repository,) = project.folder.glob(".milestone/.forge/*/repository.git")
    argv = ["git", "--git-dir", str(repository), *args]
    return subprocess.run(
        argv, env={**project.env}, capture_output=True, text=True, check=True
    ).stdout.strip()


if __name__ == "__main__":
    main()
