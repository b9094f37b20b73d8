"""Dependency graphs: issue -> its blockers. A blocker always has the smaller number."""

import random
from collections.abc import Mapping, Sequence

Graph = Mapping[int, Sequence[int]]

SAMPLE: Graph = {
    115: (),
    116: (115,),
    117: (),
    118: (117,),
    119: (116, 118),
    120: (119,),
    122: (),
    123: (),
    124: (122, 123),
    125: (124,),
    126: (124,),
    127: (115, 116, 117, 118, 119, 120),
    128: (),
}
"""The 13 issues of the sample milestone, in 5 waves."""

SIXTEEN: Graph = {
    1: (),
    2: (),
    3: (),
    4: (1,),
    5: (1,),
    6: (2,),
    7: (3,),
    8: (4,),
    9: (6,),
    10: (5, 7),
    11: (8,),
    12: (9,),
    13: (10,),
    14: (11,),
    15: (12, 13),
    16: (14,),
}
"""16 issues in 6 waves of 3, 4, 3, 3, 2 and 1, with one longest chain."""

TIED: Graph = {**SIXTEEN, 11: (8, 9), 15: (11, 12)}
"""The same with several longest chains: whose turn it is hangs on which of two issues merges a moment before."""


def random_graph(count: int, seed: int = 1) -> Graph:
    """Issues 1 to `count`, each with none to two blockers anywhere among the ones before it."""
    chance = random.Random(seed)
    return {
        number: tuple(sorted(chance.sample(range(1, number), min(chance.randint(0, 2), number - 1))))
        for number in range(1, count + 1)
    }


def longest_chain(graph: Graph) -> int:
    """How many issues the longest chain of dependencies holds."""
    length: dict[int, int] = {}
    for number in sorted(graph):
        length[number] = 1 + max((length[blocker] for blocker in graph[number]), default=0)
    return max(length.values())


def ideal_makespan(graph: Graph, agent: float, wait: float, slots: int) -> float:
    """Start to end when an issue takes a slot for `agent` and none for `wait`, the longest remaining chain is
    started first, and nothing else takes any time.
    """
    remaining = _remaining(graph)
    ends: dict[int, float] = {}
    free = [0.0] * slots
    left = dict(graph)
    while left:
        ready = {number: _ready(graph, ends, number) for number in left if ends.keys() >= set(graph[number])}
        free.sort()
        now = max(free[0], min(ready.values()))
        number = max((one for one in ready if ready[one] <= now), key=lambda one: (remaining[one], -one))
        free[0] = now + agent
        ends[number] = now + agent + wait
        del left[number]
    return max(ends.values())


def _ready(graph: Graph, ends: Mapping[int, float], number: int) -> float:
    return max((ends[blocker] for blocker in graph[number]), default=0.0)


def _remaining(graph: Graph) -> dict[int, int]:
    """How many issues the longest chain from an issue on holds."""
    length = dict.fromkeys(graph, 1)
    for number in sorted(graph, reverse=True):
        for blocker in graph[number]:
            length[blocker] = max(length[blocker], length[number] + 1)
    return length
