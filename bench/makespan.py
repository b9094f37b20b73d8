"""How long a milestone takes when agents and waiting are sleeps: agent 1 unit, wait 3 units, two agents at once.

`doit -n 2 merge` as it is, with its lock, gate, dispatch, slots, database and view; only what each phase does is
replaced: `work` sleeps 1 unit with a slot, `ci` 3 units without one, and each writes its receipt. Nothing is
subtracted: the figure is the whole command, Python's start included, so the unit is long (one or two seconds,
for minutes of a real agent) to let the order of the work decide.

The lower bound is max(critical path, agent work / N), agent and wait of every issue on the chain. The ideal
order is the longest remaining chain first with nothing else taking time. Wave barriers are the same command with
`barrier: true`. Ours is the better of two runs.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from support.graphs import SAMPLE, SIXTEEN, TIED, Graph, ideal_makespan, longest_chain, random_graph
from support.project import generated, workshop
from support.report import Row, compared, note, options, report

AGENT, WAIT, SLOTS = 1, 3, 2
DODO = Path(__file__).parent / "dodos" / "sleeping.py"


def main() -> None:
    asked = options(__doc__)
    cases: list[tuple[str, Graph, float | None, float]] = [
        ("13 issues of the sample", SAMPLE, 1.05, 1.0),
        ("16 issues in 6 waves", SIXTEEN, 1.05, 1.0),
        ("16 issues, several longest chains", TIED, None, 1.0),
        ("100 random issues", random_graph(100), 1.08, 2.0),
    ]
    if asked.quick:
        cases = [(name, graph, reach, 0.1) for name, graph, reach, _ in cases[:1]]
    with workshop() as (top, env):
        rounds = 1 if asked.quick else 2
        rows = [_row(top / str(at), env, rounds, *case) for at, case in enumerate(cases)]
    report("makespan", rows, asked.as_json)


def _row(
    top: Path, env: Mapping[str, str], rounds: int, name: str, graph: Graph, reach: float | None, unit: float
) -> Row:
    bound = unit * max((AGENT + WAIT) * longest_chain(graph), AGENT * len(graph) / SLOTS)
    ours = min(_land(top / f"ours-{at}", env, graph, unit, "") for at in range(rounds))
    barriers = _land(top / "barriers", env, graph, unit, "barrier: true")
    note(f"{name}: {ours:.2f} s, with barriers {barriers:.2f} s, lower bound {bound:.2f} s")
    ideal = ideal_makespan(graph, AGENT * unit, WAIT * unit, SLOTS)
    peers = {"wave barriers": barriers, "ideal order": ideal, "lower bound": bound}
    return compared(f"{name}, unit {unit:g} s, s", ours, peers, "lower bound", reach)


def _land(folder: Path, env: Mapping[str, str], graph: Graph, unit: float, more: str) -> float:
    seconds = json.dumps({"work": AGENT * unit, "ci": WAIT * unit})
    project = generated(folder, {**env, "BENCH_SECONDS": seconds}, graph, more=more)
    project.measure("plan")
    (folder / "dodo.py").rename(folder / "real_dodo.py")
    shutil.copy(DODO, folder / "dodo.py")
    measured = project.measure("-n", str(SLOTS), "merge")
    assert project.statuses() == ["merged"] * len(graph)
    return measured.seconds


if __name__ == "__main__":
    main()
