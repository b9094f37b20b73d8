"""What the manifest means now: a pure function of the person's part and the plan's edges.

Waves and readiness are derived here each time the file is read, never trusted from what was printed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..manifest.settings import Settings
from ..model import Deadlock, Dependency, External, PlannedIssue, Ref, show_ref
from ..naming import COMMAND
from .deadlocks import deadlocks
from .graph import Graph

UNREADABLE = "cannot be read: it is not there, or the token may not read it"
"""What can be said of an issue elsewhere that a forge does not show."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """`blockers` holds, for every issue to do, the refs that it still waits for (issues to do, or dead ones).

    `dead` says of refs that nothing in this milestone will satisfy why that is so; `priority` is the length
    of the longest chain that waits for an issue; `stuck` are the issues in or behind a cycle.
    """

    blockers: Mapping[int, tuple[Ref, ...]]
    dead: Mapping[Ref, str]
    waves: tuple[tuple[int, ...], ...]
    priority: Mapping[int, int]
    critical_path: tuple[int, ...]
    stuck: frozenset[int]
    deadlocks: tuple[Deadlock, ...]
    cycles: tuple[tuple[int, ...], ...]
    barrier: bool = False

    @property
    def todo(self) -> tuple[int, ...]:
        """The issues to land, in the order of their waves; deadlocked ones last."""
        return (*(number for wave in self.waves for number in wave), *sorted(self.stuck))

    def tasks_before(self, issue: int) -> tuple[int, ...]:
        """The issues to do that must be merged before `issue` starts: its blockers (but for those in a cycle),
        and with a barrier all earlier waves.
        """
        if issue in self.stuck:
            return tuple(ref for ref in self._inside(issue) if ref not in self.stuck)
        earlier = self._earlier_waves(issue) if self.barrier else ()
        return tuple(dict.fromkeys([*self._inside(issue), *earlier]))

    def _earlier_waves(self, issue: int) -> Iterator[int]:
        for wave in self.waves:
            if issue in wave:
                return
            yield from wave

    def _inside(self, issue: int) -> tuple[int, ...]:
        return tuple(ref for ref in self.blockers[issue] if isinstance(ref, int) and ref in self.blockers)

    @property
    def free(self) -> tuple[int, ...]:
        """Issues that wait for nothing."""
        return tuple(sorted(number for number, refs in self.blockers.items() if not refs))


def edges(settings: Settings, issue: PlannedIssue) -> tuple[Dependency, ...]:
    """The blockers of an issue: those of the plan, or those that a per-issue change puts in their place."""
    change = settings.changes.get(issue.number)
    if change is None or change.depends_on is None:
        return issue.depends_on
    return tuple(Dependency(ref, "manual") for ref in change.depends_on)


def schedule(
    settings: Settings, issues: Mapping[int, PlannedIssue], external: Mapping[Ref, External]
) -> Schedule:
    """Derive everything from the edges. Issues that are closed or skipped are not to do."""
    todo = [issue for issue in issues.values() if issue.state == "open" and issue.number not in settings.skip]
    dead: dict[Ref, str] = {}
    blockers: dict[int, tuple[Ref, ...]] = {}
    for issue in todo:
        waits = []
        for edge in edges(settings, issue):
            if edge.issue in settings.force_resolve:
                continue
            reason = _dead(settings, edge.issue, issues, external)
            if reason == "":
                continue
            if reason is not None:
                dead[edge.issue] = reason
            waits.append(edge.issue)
        blockers[issue.number] = tuple(dict.fromkeys(waits))
    graph = Graph.of(
        {number: [ref for ref in refs if isinstance(ref, int)] for number, refs in blockers.items()}
    )
    return Schedule(
        blockers=blockers,
        dead=dead,
        waves=tuple(tuple(wave) for wave in graph.waves),
        priority=graph.remaining_path,
        critical_path=tuple(graph.critical_path),
        stuck=frozenset(blockers) - {number for wave in graph.waves for number in wave},
        deadlocks=tuple(deadlocks(blockers, dead)),
        cycles=tuple(tuple(cycle) for cycle in graph.cycles),
        barrier=settings.barrier,
    )


def is_satisfied(
    settings: Settings, ref: Ref, issues: Mapping[int, PlannedIssue], external: Mapping[Ref, External]
) -> bool:
    """Does `ref` keep nobody waiting, as the plan knows it?"""
    return ref in settings.force_resolve or _dead(settings, ref, issues, external) == ""


def _dead(
    settings: Settings, ref: Ref, issues: Mapping[int, PlannedIssue], external: Mapping[Ref, External]
) -> str | None:
    """Why `ref` will not be satisfied by itself; "" if it is satisfied; None if it is to be done here."""
    if isinstance(ref, int) and ref in issues:
        issue = issues[ref]
        if issue.state == "closed":
            return "" if issue.completed else f"#{ref} was closed as not planned"
        return f"#{ref} is skipped" if ref in settings.skip else None
    known = external.get(ref)
    if known is None:
        return f"{show_ref(ref)} is in no plan: run `{COMMAND} plan`"
    if known.state == "completed":
        return ""
    return {
        "open": f"{show_ref(ref)} is open{f' in milestone {known.milestone}' if known.milestone else ''}",
        "not_planned": f"{show_ref(ref)} was closed as not planned",
        "missing": f"{show_ref(ref)} is not found",
        "unknown": f"{show_ref(ref)} {UNREADABLE}",
    }[known.state]
