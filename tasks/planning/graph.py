"""The dependency graph of a plan: waves, cycles, and the chains that decide how long it takes.

An edge leads from an issue to its blocker; a path of a cycle follows the edges, a chain of work goes
against them, blocker first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from .cycles import components, shortest_cycle

Blockers = Mapping[int, Collection[int]]
"""Issue -> its blockers. An edge to a number that is no key leads out of the graph and is ignored."""


@dataclass(frozen=True)
class Graph:
    """Every issue with its neighbours in both directions, ascending and each once; derived parts are kept."""

    blockers: Mapping[int, Sequence[int]]
    dependants: Mapping[int, Sequence[int]]

    @classmethod
    def of(cls, blockers: Blockers) -> "Graph":
        """Builds the graph from edges in any order, e.g. `{2: {1}, 1: ()}`."""
        known = set(blockers)
        within = {issue: sorted(known.intersection(blockers[issue])) for issue in sorted(known)}
        dependants: dict[int, list[int]] = {issue: [] for issue in within}
        for issue, numbers in within.items():
            for number in numbers:
                dependants[number].append(issue)
        return cls(within, dependants)

    @cached_property
    def waves(self) -> Sequence[Sequence[int]]:
        """Issues by the wave in which their last blocker is done; those in or behind a cycle are left out."""
        missing = {issue: len(numbers) for issue, numbers in self.blockers.items()}
        waves: list[list[int]] = []
        wave = [issue for issue, count in missing.items() if not count]
        while wave:
            waves.append(wave)
            freed = []
            for issue in wave:
                for waiting in self.dependants[issue]:
                    missing[waiting] -= 1
                    if not missing[waiting]:
                        freed.append(waiting)
            wave = sorted(freed)
        return waves

    @cached_property
    def stuck(self) -> Sequence[Sequence[int]]:
        """The strongly connected components of what is in or behind a cycle, dependants before blockers."""
        free = {issue for wave in self.waves for issue in wave}
        if len(free) == len(self.blockers):
            return []
        return list(components([n for n in self.blockers if n not in free], self.dependants))

    @cached_property
    def deadlocked(self) -> Sequence[Sequence[int]]:
        """The components that hold a cycle, each ascending, by their first issue."""
        cyclic = [c for c in self.stuck if len(c) > 1 or c[0] in self.blockers[c[0]]]
        return sorted(cyclic, key=min)

    @cached_property
    def cycles(self) -> Sequence[Sequence[int]]:
        """One shortest cycle for each component of `deadlocked`, in that order, as by `shortest_cycle`."""
        return [shortest_cycle(self.edges_within(component)) for component in self.deadlocked]

    @cached_property
    def critical_path(self) -> Sequence[int]:
        """A longest chain of free issues, blocker first; of several the one with the smallest numbers."""
        if not self.waves:
            return []
        levels = [set(self.waves[-1])]
        for wave in reversed(self.waves[:-1]):
            later = levels[-1]
            levels.append({issue for issue in wave if not later.isdisjoint(self.dependants[issue])})
        levels.reverse()
        path = [min(levels[0])]
        for level in levels[1:]:
            path.append(min(level.intersection(self.dependants[path[-1]])))
        return path

    @cached_property
    def remaining_path(self) -> Mapping[int, int]:
        """Issue -> the length of the longest chain that starts with it, itself included.

        Edges inside a cyclic component count as absent.
        """
        length: dict[int, int] = {}
        for component in self.stuck:
            inside = set(component)
            for issue in component:
                later = (length[n] for n in self.dependants[issue] if n not in inside)
                length[issue] = 1 + max(later, default=0)
        for wave in reversed(self.waves):
            for issue in wave:
                length[issue] = 1 + max([length[n] for n in self.dependants[issue]], default=0)
        return length

    def edges_within(self, component: Collection[int]) -> dict[int, list[int]]:
        """The part of `blockers` that joins issues of the component."""
        inside = set(component)
        return {issue: [n for n in self.blockers[issue] if n in inside] for issue in sorted(inside)}

    def behind(self, issues: Collection[int]) -> set[int]:
        """The issues and everything that waits for one of them, directly or not."""
        found = set(issues)
        todo = list(found)
        while todo:
            fresh = [n for n in self.dependants[todo.pop()] if n not in found]
            found.update(fresh)
            todo.extend(fresh)
        return found
