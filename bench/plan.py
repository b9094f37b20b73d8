"""`doit plan` on local issues: seconds and peak memory; and reading the manifest it wrote, unchanged, at start.

Every issue is a file with a page of Markdown and none to two markers. The manifest is read in a fresh process
each time, once before the first that counts; modules are imported before the clock starts.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from support.graphs import random_graph
from support.project import Project, generated, workshop
from support.report import Row, limited, note, options, report
from support.timing import in_turn

READ = """
import sys, time
from pathlib import Path
from auto_milestone.manifest.manifest import read_manifest
begin = time.perf_counter()
issues = len(read_manifest(Path(sys.argv[1])).plan.issues)
print([time.perf_counter() - begin, issues])
"""
LIMITS = {10_000: (10.0, 500.0, 0.2)}
"""Number of issues -> most seconds and MiB of `doit plan`, most seconds to read its manifest."""


def main() -> None:
    asked = options(__doc__)
    rows: list[Row] = []
    with workshop() as (top, env):
        for count in (100,) if asked.quick else (100, 1_000, 10_000):
            rows += _rows(top / str(count), env, count, 1 if asked.quick else 3)
    report("plan", rows, asked.as_json)


def _rows(folder: Path, env: Mapping[str, str], count: int, rounds: int) -> list[Row]:
    project = generated(folder, env, random_graph(count))
    plan = in_turn({"plan": lambda: project.measure("plan")}, rounds)["plan"]
    reading = min([_read(project, count) for _ in range(rounds + 1)][1:])
    note(f"{count} issues: plan {plan.seconds:.2f} s, {plan.mib:.0f} MiB; manifest {reading:.3f} s")
    seconds, mib, read = LIMITS.get(count, (None, None, None))
    return [
        limited(f"plan {count} issues, s", plan.seconds, seconds),
        limited(f"plan {count} issues, MiB", plan.mib, mib),
        limited(f"read the manifest of {count} issues, s", reading, read),
    ]


def _read(project: Project, count: int) -> float:
    argv = [sys.executable, "-c", READ, str(project.manifest)]
    done = subprocess.run(argv, cwd=project.folder, env={**project.env}, capture_output=True, check=True)
    seconds, issues = json.loads(done.stdout)
    assert issues == count
    return float(seconds)


if __name__ == "__main__":
    main()
