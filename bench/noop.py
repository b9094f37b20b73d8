"""Everything is merged and `doit merge` is typed again: wall time and peak memory, beside stock doit, make, ninja.

The state is that of real runs: two issues are landed by the engine, and their receipts and journal are written
out for all the others, with the numbers, digests and inputs these would have had. One untimed run then fills
doit's database; the timed ones must change no file. The peers have the same receipts as targets, eight per
issue, with the same dependencies, and are up to date: stock doit with its own runner and default database.
Each figure is the best of several runs taken in turn. Memory below about 9 MiB reads as 9 MiB (see timing.py).
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

from auto_milestone.model import PHASES
from auto_milestone.paths import StatePaths
from auto_milestone.receipts import Receipt, digest, read_receipt, write_receipt
from support.graphs import Graph, random_graph
from support.project import doit, generated, workshop
from support.report import Row, compared, note, options, report
from support.timing import Measured, in_turn, measure

REACH = {1_000: 0.35, 5_000: 0.10}
COMMIT = ("sh", "-c", "echo {issue} > issue-{issue}.txt && git add -A && git commit --quiet -m Done")
DODO = Path(__file__).parent / "dodos" / "stock.py"


def main() -> None:
    asked = options(__doc__)
    rows: list[Row] = []
    with workshop() as (top, env):
        shape = landed_shape(top / "shape", env)
        for count in (10, 100) if asked.quick else (10, 100, 1_000, 5_000):
            rows += _rows(top / str(count), env, count, shape, 2 if asked.quick else 5)
    report("noop", rows, asked.as_json)


def _rows(folder: Path, env: Mapping[str, str], count: int, shape: "Shape", rounds: int) -> list[Row]:
    graph = random_graph(count)
    project = generated(folder / "ours", env, graph)
    project.measure("plan")
    write_state(project.paths, graph, shape)
    project.measure("-n", "4", "merge")
    assert project.statuses() == ["merged"] * count
    commands = {"ours": lambda: project.measure("merge"), **_peers(folder, env, graph, project.paths)}
    before = _snapshot(project.folder)
    found = in_turn(commands, rounds)
    assert _snapshot(project.folder) == before, "a run with nothing to do has changed a file"
    note(f"{count} issues: " + ", ".join(f"{name} {one.seconds:.3f} s" for name, one in found.items()))
    seconds = {name: found[name].seconds if name in found else None for name in ("doit", "make", "ninja")}
    mib = {name: found[name].mib if name in found else None for name in ("doit", "make", "ninja")}
    return [
        compared(f"{count} issues, s", found["ours"].seconds, seconds, "doit", REACH.get(count)),
        compared(f"{count} issues, MiB", found["ours"].mib, mib, "doit"),
    ]


# -- the state of a milestone that has landed


class Shape:
    """Receipts and journal of one issue that has really landed."""

    def __init__(self, paths: StatePaths, issue: int) -> None:
        receipts = {phase: read_receipt(paths.receipt(issue, phase), issue, phase) for phase in PHASES}
        self.receipts = {phase: receipt for phase, receipt in receipts.items() if receipt}
        assert len(self.receipts) == len(PHASES)
        lines = [json.loads(line) for line in paths.journal.read_text().splitlines()]
        self.journal = [line for line in lines if line.get("issue") == issue]


def landed_shape(folder: Path, env: Mapping[str, str]) -> Shape:
    project = generated(folder, env, {1: (), 2: (1,)}, agent=COMMIT)
    project.measure("plan")
    project.measure("merge", "cleanup")
    return Shape(project.paths, 2)


def write_state(paths: StatePaths, graph: Graph, shape: Shape) -> None:
    """The receipts and the journal of all issues of `graph`, as if they had been landed one by one."""
    # Without the sync of each file: what is measured here is never pulled from the socket.
    with patch("os.fsync"), paths.journal.open("a") as journal:
        for number, blockers in graph.items():
            inputs = [paths.receipt(blocker, "merge") for blocker in blockers]
            for phase in PHASES:
                write_receipt(paths.receipt(number, phase), _receipt(paths, shape, number, phase, inputs))
                inputs = [paths.receipt(number, phase)]
            for entry in shape.journal:
                journal.write(json.dumps({**entry, "issue": number}) + "\n")


def _receipt(paths: StatePaths, shape: Shape, number: int, phase: str, inputs: list[Path]) -> Receipt:
    digests = {str(path.relative_to(paths.root)): digest(path) for path in inputs}
    model = shape.receipts[phase]
    values = {**model.values, **({"pull": 100_000 + number} if "pull" in model.values else {})}
    return replace(model, issue=number, inputs=digests, values=values)


def _snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file, but those of the lock and of doit's own database."""
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.name != "lock" and not path.name.startswith("doit.db")
    }


# -- the same graph in other tools


def _peers(
    folder: Path, env: Mapping[str, str], graph: Graph, paths: StatePaths
) -> dict[str, Callable[[], Measured]]:
    """The peers that are installed, up to date."""
    root = paths.root / "receipts"
    peers = {"doit": _stock_doit(folder / "doit", graph, root)}
    if shutil.which("make"):
        peers["make"] = _make(folder / "make", graph, root)
    if shutil.which("ninja"):
        peers["ninja"] = _ninja(folder / "ninja", graph, root)
    commands = {name: partial(measure, argv, folder / name, env) for name, argv in peers.items()}
    for run in commands.values():
        run()
    return commands


def _stock_doit(folder: Path, graph: Graph, root: Path) -> list[str]:
    folder.mkdir()
    shutil.copy(DODO, folder / "dodo.py")
    data = {"root": str(root), "phases": PHASES, "graph": graph}
    (folder / "graph.json").write_text(json.dumps(data))
    return doit("merge")


def _make(folder: Path, graph: Graph, root: Path) -> list[str]:
    folder.mkdir()
    rules = [f"{target}: {' '.join(inputs)}\n\t@false\n" for target, inputs in _files(graph, root)]
    (folder / "Makefile").write_text(f"merge: {_merges(graph, root)}\n{''.join(rules)}")
    return ["make", "merge"]


def _ninja(folder: Path, graph: Graph, root: Path) -> list[str]:
    folder.mkdir()
    # A generator's outputs stand although no log of ninja's knows them.
    rule = "rule phase\n  command = false\n  generator = 1\n"
    builds = [f"build {target}: phase {' '.join(inputs)}\n" for target, inputs in _files(graph, root)]
    text = f"{rule}{''.join(builds)}build merge: phony {_merges(graph, root)}\ndefault merge\n"
    (folder / "build.ninja").write_text(text)
    return ["ninja", "merge"]


def _files(graph: Graph, root: Path) -> Iterator[tuple[str, list[str]]]:
    """Every target with the files that it depends on."""
    for number, blockers in graph.items():
        inputs = [f"{root}/{blocker}/merge.json" for blocker in blockers]
        for phase in PHASES:
            target = f"{root}/{number}/{phase}.json"
            yield target, inputs
            inputs = [target]


def _merges(graph: Graph, root: Path) -> str:
    return " ".join(f"{root}/{number}/merge.json" for number in graph)


if __name__ == "__main__":
    main()
