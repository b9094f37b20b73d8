"""Issues that no amount of work will free: they wait for a dead blocker, or for each other."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from ..model import Cut, Deadlock, Ref
from .cut import smallest_cut
from .graph import Graph


def deadlocks(blockers: Mapping[int, Collection[Ref]], dead: Mapping[Ref, str]) -> list[Deadlock]:
    """One deadlock for each dead blocker that is waited for and each cyclic component, by first issue.

    `blockers` are the unsatisfied edges of the issues still to do; `dead` gives the reason why a blocker
    will never be satisfied by itself, e.g. `{14: "#14 is skipped"}`. A blocker in neither is no obstacle.
    An issue with several causes is in several deadlocks, and is free once all their cuts are made.
    """
    # A dead issue is waited for and does not wait itself: its own blockers free nobody.
    waiting = {issue: refs for issue, refs in blockers.items() if issue not in dead}
    graph = Graph.of({issue: [r for r in refs if isinstance(r, int)] for issue, refs in waiting.items()})
    found = [*_behind_dead(graph, waiting, dead), *_behind_cycles(graph)]
    return sorted(found, key=lambda deadlock: (deadlock.issues, deadlock.reason))


def _behind_dead(
    graph: Graph, blockers: Mapping[int, Collection[Ref]], dead: Mapping[Ref, str]
) -> Iterator[Deadlock]:
    needed_by: dict[Ref, set[int]] = {}
    for issue, refs in blockers.items():
        for ref in refs:
            if ref in dead:
                needed_by.setdefault(ref, set()).add(issue)
    for ref, issues in needed_by.items():
        cut = tuple(Cut(issue, ref) for issue in sorted(issues))
        yield Deadlock(tuple(sorted(graph.behind(issues))), dead[ref], cut)


def _behind_cycles(graph: Graph) -> Iterator[Deadlock]:
    for component, cycle in zip(graph.deadlocked, graph.cycles, strict=True):
        cut = tuple(Cut(issue, blocker) for issue, blocker in smallest_cut(graph, component))
        yield Deadlock(tuple(sorted(graph.behind(component))), _reason(cycle), cut)


def _reason(cycle: Sequence[int]) -> str:
    """`#12 -> #13 -> #12 wait for each other`, or `#12 waits for itself`."""
    if len(cycle) == 2:
        return f"#{cycle[0]} waits for itself"
    return f"{' -> '.join(f'#{number}' for number in cycle)} wait for each other"
