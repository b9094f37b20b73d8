"""Search for cycles in a directed graph given as node -> successors, e.g. `{1: [2], 2: [1]}`.

Nothing here recurses: a chain may be longer than Python's recursion goes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

Edges = Mapping[int, Sequence[int]]
"""Node -> its successors, ascending; each of them is a key too."""

SEARCH_STEPS = 500_000


class Budget:
    """Counts the steps of a search that could take too long, so that its result depends on no clock."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        self.left -= steps

    @property
    def spent(self) -> bool:
        return self.left <= 0


def components(nodes: Iterable[int], edges: Edges) -> Iterator[list[int]]:
    """Tarjan's strongly connected components, each ascending, a component after all that it leads to."""
    low: dict[int, int] = {}
    unassigned: list[int] = []
    assigned = len(edges)
    for root in nodes:
        if root in low:
            continue
        low[root] = len(low)
        calls = [(root, low[root], iter(edges[root]))]
        while calls:
            node, entered, successors = calls[-1]
            for successor in successors:
                if successor not in low:
                    low[successor] = len(low)
                    calls.append((successor, low[successor], iter(edges[successor])))
                    break
                low[node] = min(low[node], low[successor])
            else:
                calls.pop()
                unassigned.append(node)
                if low[node] == entered:
                    component = _take_since(unassigned, entered, low)
                    low.update(dict.fromkeys(component, assigned))
                    yield sorted(component)
                elif calls:
                    parent = calls[-1][0]
                    low[parent] = min(low[parent], low[node])


def _take_since(unassigned: list[int], entered: int, low: Mapping[int, int]) -> list[int]:
    """Takes from the end of the stack what was entered no earlier than the root of a component."""
    component = []
    while unassigned and low[unassigned[-1]] >= entered:
        component.append(unassigned.pop())
    return component


def shortest_cycle(edges: Edges, steps: int = SEARCH_STEPS) -> list[int]:
    """A shortest cycle as a path, e.g. `[3, 7, 3]`, from its smallest node; empty if there is none.

    Of several it is the one with the smallest numbers. A search that takes more steps ends with the
    shortest cycle found so far.
    """
    rest, budget = _Remainder(edges), Budget(steps)
    best: list[int] = []
    for start in sorted(edges):
        if best and budget.spent:
            break
        best = rest.cycle_through(start, len(best) - 2 if best else len(edges), budget) or best
        rest.remove(start)
    return best


def short_cycles(edges: Edges, budget: Budget) -> list[list[int]]:
    """For each node in ascending order a shortest cycle through it that avoids all earlier nodes."""
    rest = _Remainder(edges)
    budget.spend(len(edges))
    found: list[list[int]] = []
    for start in sorted(edges):
        if found and budget.spent:
            break
        cycle = rest.cycle_through(start, len(edges), budget)
        if cycle:
            found.append(cycle)
        rest.remove(start)
    return found


class _Remainder:
    """What is left of a graph while nodes are removed: only nodes with a predecessor and a successor."""

    def __init__(self, edges: Edges) -> None:
        self.edges = edges
        self.back: dict[int, list[int]] = {node: [] for node in edges}
        for node, successors in edges.items():
            for successor in successors:
                self.back[successor].append(node)
        self.successors = {node: len(neighbours) for node, neighbours in edges.items()}
        self.predecessors = {node: len(neighbours) for node, neighbours in self.back.items()}
        self.alive = set(edges)
        for node in edges:
            if not (self.successors[node] and self.predecessors[node]):
                self.remove(node)

    def remove(self, node: int) -> None:
        """Removes the node, then whatever can no longer lie on a cycle because of that."""
        todo = [node]
        while todo:
            node = todo.pop()
            if node not in self.alive:
                continue
            self.alive.remove(node)
            todo += _count_down(self.edges[node], self.predecessors)
            todo += _count_down(self.back[node], self.successors)

    def cycle_through(self, start: int, longest: int, budget: Budget) -> list[int]:
        """A shortest cycle of at most `longest` edges through the node, breadth first; empty if none."""
        if start not in self.alive:
            return []
        came_from = {start: start}
        level = [start]
        for _ in range(longest):
            reached = []
            for node in level:
                budget.spend(len(self.edges[node]))
                for successor in self.edges[node]:
                    if successor == start:
                        return _path(came_from, start, node)
                    if successor in self.alive and successor not in came_from:
                        came_from[successor] = node
                        reached.append(successor)
            if not reached:
                break
            level = reached
        return []


def _count_down(nodes: Iterable[int], counts: dict[int, int]) -> list[int]:
    """Lowers the count of each node by one; the nodes whose count got to zero."""
    for node in nodes:
        counts[node] -= 1
    return [node for node in nodes if not counts[node]]


def _path(came_from: Mapping[int, int], start: int, last: int) -> list[int]:
    path = [start]
    while last != start:
        path.append(last)
        last = came_from[last]
    path.append(start)
    return path[::-1]
