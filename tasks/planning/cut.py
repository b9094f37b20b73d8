"""The smallest set of edges whose removal leaves a graph without cycles (a minimum feedback arc set).

Exact by implicit hitting sets: a smallest set of edges that hits every cycle known so far is a lower
bound, and the answer as soon as no cycle escapes it. The problem is NP-hard, so the search is bounded by
a number of steps, after which a good order of the issues decides.
"""

from collections.abc import Collection, Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise

from .cycles import Budget, Edges, short_cycles
from .graph import Graph

Edge = tuple[int, int]

EXACT_STEPS = 300_000
GREEDY_STEPS = 600_000
REPAIR_STEPS = 1_000_000


def smallest_cut(graph: Graph, component: Collection[int], steps: int = EXACT_STEPS) -> list[Edge]:
    """The fewest edges (issue, blocker) of the component to remove so that it holds no cycle, ascending.

    Where that takes more than `steps`: a small set, of which no edge is superfluous if that is affordable.
    """
    edges = graph.edges_within(component)
    cut = _cut_by_cycles(edges, Budget(steps), exact=True)
    return sorted(_small_cut(edges) if cut is None else cut)


def _small_cut(edges: Edges) -> list[Edge]:
    """Greedy: better by cycles, but a huge component can only afford a good order."""
    cut = _cut_by_cycles(edges, Budget(GREEDY_STEPS), exact=False)
    return _without_superfluous(edges, cut or _cut_by_order(edges), Budget(REPAIR_STEPS))


def _cut_by_cycles(edges: Edges, budget: Budget, *, exact: bool) -> list[Edge] | None:
    """A smallest cut, or just a small one; None if the budget is spent first."""
    known: list[list[Edge]] = []
    cut: list[Edge] | None = []
    while cut is not None and not budget.spent:
        escaped = short_cycles(_without(edges, cut), budget)
        if not escaped:
            return cut
        known += [list(pairwise(cycle)) for cycle in escaped]
        cut = _hit_all(known, budget, exact=exact)
    return None


def _hit_all(cycles: Sequence[Sequence[Edge]], budget: Budget, *, exact: bool) -> list[Edge] | None:
    """A smallest, or just a small, set of edges that hits every cycle; None if the budget is spent first."""
    # An edge needs a bit for each cycle, so that very many cycles cost memory as well.
    budget.spend(sum(map(len, cycles)) * (1 + len(cycles) // 500))
    if budget.spent:
        return None
    search = _HittingSet(cycles)
    chosen: list[Edge] = []
    for group in search.groups():
        found = search.smallest(group, budget) if exact else search.within(group, len(cycles), budget)
        if found is None:
            return None
        chosen += found
    return chosen


def _without(edges: Edges, cut: Collection[Edge]) -> dict[int, list[int]]:
    removed = set(cut)
    return {issue: [n for n in numbers if (issue, n) not in removed] for issue, numbers in edges.items()}


class _HittingSet:
    """Depth-first search with iterative deepening; a set of cycles is a bit mask over their indices."""

    def __init__(self, cycles: Sequence[Sequence[Edge]]) -> None:
        self.cycles = sorted(cycles, key=len)
        self.hits: dict[Edge, int] = {}
        for index, cycle in enumerate(self.cycles):
            for edge in cycle:
                self.hits[edge] = self.hits.get(edge, 0) | 1 << index
        self.touching = [self._touching(cycle) for cycle in self.cycles]

    def _touching(self, cycle: Sequence[Edge]) -> int:
        mask = 0
        for edge in cycle:
            mask |= self.hits[edge]
        return mask

    def groups(self) -> Iterator[int]:
        """Groups of cycles such that no edge lies on cycles of two groups: each is a problem of its own."""
        rest = (1 << len(self.cycles)) - 1
        while rest:
            group, fresh = 0, rest & -rest
            while fresh:
                group |= fresh
                fresh = (fresh & (fresh - 1)) | (self.touching[_lowest(fresh)] & ~group)
            rest &= ~group
            yield group

    def smallest(self, group: int, budget: Budget) -> list[Edge] | None:
        """A smallest set of edges that hits every cycle of the group; None if the budget is spent first."""
        size = self._disjoint(group, budget)
        while not budget.spent:
            found = self.within(group, size, budget)
            if found is not None:
                return found
            size += 1
        return None

    def within(self, group: int, size: int, budget: Budget) -> list[Edge] | None:
        """At most `size` edges that hit the whole group; None if there are none or the budget is spent.

        The best edge is tried first, so that a generous size gives the greedy choice at once.
        """
        todo: list[tuple[int, tuple[Edge, ...]]] = [(group, ())]
        fewest_used: dict[int, int] = {}
        while todo and not budget.spent:
            missed, chosen = todo.pop()
            budget.spend(1)
            if not missed:
                return list(chosen)
            if fewest_used.get(missed, size) <= len(chosen):
                continue
            fewest_used[missed] = len(chosen)
            if len(chosen) + self._disjoint(missed, budget) <= size:
                branches = self._branches(missed, budget)
                todo += [(missed & ~self.hits[edge], (*chosen, edge)) for edge in reversed(branches)]
        return None

    def _disjoint(self, missed: int, budget: Budget) -> int:
        """Counts missed cycles of which no two share an edge: each of them needs an edge of its own."""
        count = 0
        while missed:
            missed &= ~self.touching[_lowest(missed)]
            count += 1
        budget.spend(count)
        return count

    def _branches(self, missed: int, budget: Budget) -> list[Edge]:
        """Edges of one missed cycle, the best first, without those that hit no more than another one."""
        cycle = self.cycles[_lowest(missed)]
        budget.spend(len(cycle))
        ranked = sorted(cycle, key=lambda edge: (-(self.hits[edge] & missed).bit_count(), edge))
        kept: list[Edge] = []
        for edge in ranked:
            gain = self.hits[edge] & missed
            if all(gain & ~self.hits[other] for other in kept):
                kept.append(edge)
        return kept


def _lowest(mask: int) -> int:
    """The index of the lowest bit set."""
    return (mask & -mask).bit_length() - 1


def _cut_by_order(edges: Edges) -> list[Edge]:
    """The edges against the order of Eades, Lin and Smyth, which leaves few of them."""
    place = {issue: index for index, issue in enumerate(_good_order(edges))}
    return [(issue, n) for issue, numbers in edges.items() for n in numbers if place[n] <= place[issue]]


def _good_order(edges: Edges) -> list[int]:
    """Sinks go last and sources first; else the issue with most edges out over edges in."""
    graph = Graph.of(edges)
    out = {issue: len(numbers) for issue, numbers in graph.blockers.items()}
    into = {issue: len(numbers) for issue, numbers in graph.dependants.items()}
    first: list[int] = []
    last: list[int] = []
    placed: set[int] = set()

    def rank(issue: int) -> tuple[bool, bool, int, int]:
        return out[issue] > 0, into[issue] > 0, into[issue] - out[issue], issue

    heap = [rank(issue) for issue in edges]
    heapify(heap)
    while heap:
        entry = heappop(heap)
        issue = entry[-1]
        # A changed rank was pushed again, so an entry with another rank is out of date.
        if issue in placed or entry != rank(issue):
            continue
        placed.add(issue)
        (first if out[issue] else last).append(issue)
        for counts, neighbours in ((into, graph.blockers[issue]), (out, graph.dependants[issue])):
            for neighbour in neighbours:
                if neighbour not in placed:
                    counts[neighbour] -= 1
                    heappush(heap, rank(neighbour))
    return first + last[::-1]


def _without_superfluous(edges: Edges, cut: Sequence[Edge], budget: Budget) -> list[Edge]:
    """Puts back every edge that closes no cycle with what is left, as long as the budget lasts."""
    left = _without(edges, cut)
    needed = []
    for issue, blocker in cut:
        if budget.spent or _leads_to(blocker, issue, left, budget):
            needed.append((issue, blocker))
        else:
            left[issue].append(blocker)
    return needed


def _leads_to(start: int, goal: int, edges: Edges, budget: Budget) -> bool:
    seen = {start}
    todo = [start]
    while todo and goal not in seen:
        node = todo.pop()
        budget.spend(1 + len(edges[node]))
        fresh = [n for n in edges[node] if n not in seen]
        seen.update(fresh)
        todo += fresh
    return goal in seen
