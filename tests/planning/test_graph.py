from itertools import pairwise

import pytest
from auto_milestone.planning.graph import Graph
from hypothesis import given, settings
from hypothesis import strategies as st

REAL = {
    115: [],
    116: [115],
    117: [],
    118: [117],
    119: [116, 118],
    120: [119],
    122: [],
    123: [],
    124: [122, 123],
    125: [124],
    126: [124],
    127: [115, 116, 117, 118, 119, 120],
    128: [],
}

LONG = 100_000

Edges = dict[int, set[int]]


def graphs(most: int = 7) -> st.SearchStrategy[Edges]:
    """Any graph, with loops, cycles and edges that lead out of it."""
    issues = st.integers(1, most)
    return st.dictionaries(issues, st.sets(st.integers(1, most + 2), max_size=3), max_size=most)


def reaches(edges: Edges) -> Edges:
    """Issue -> all issues of the graph that it waits for, directly or not, by repetition."""
    closure = {issue: {n for n in numbers if n in edges} for issue, numbers in edges.items()}
    for _ in edges:
        closure = {i: found.union(*(closure[n] for n in found)) for i, found in closure.items()}
    return closure


def simple_cycles(edges: Edges) -> list[list[int]]:
    """Every cycle from its smallest issue, by trying every path."""
    found = []
    paths = [[issue] for issue in edges]
    while paths:
        path = paths.pop()
        for number in edges[path[-1]]:
            if number == path[0]:
                found.append([*path, number])
            elif number in edges and number > path[0] and number not in path:
                paths.append([*path, number])
    return found


def chains(edges: Edges, issues: set[int]) -> list[list[int]]:
    """Every chain among the issues, blocker first, by trying every path; the issues hold no cycle."""
    found = []
    paths = [[issue] for issue in issues]
    while paths:
        path = paths.pop()
        found.append(path)
        paths += [[*path, issue] for issue in issues if path[-1] in edges[issue]]
    return found


def test_the_real_milestone() -> None:
    graph = Graph.of(REAL)
    assert graph.waves == [[115, 117, 122, 123, 128], [116, 118, 124], [119, 125, 126], [120], [127]]
    assert graph.critical_path == [115, 116, 119, 120, 127]
    assert graph.cycles == []
    assert graph.dependants[119] == [120, 127]
    assert graph.remaining_path == {
        issue: length
        for length, issues in enumerate(
            [[125, 126, 127, 128], [120, 124], [119, 122, 123], [116, 118], [115, 117]], start=1
        )
        for issue in issues
    }


@pytest.mark.parametrize(
    ("blockers", "waves", "cycles", "critical", "remaining"),
    [
        ({}, [], [], [], {}),
        ({7: []}, [[7]], [], [7], {7: 1}),
        ({2: [1, 1, 9], 1: []}, [[1], [2]], [], [1, 2], {1: 2, 2: 1}),
        ({1: [1]}, [], [[1, 1]], [], {1: 1}),
        ({1: [1], 2: [1], 3: []}, [[3]], [[1, 1]], [3], {1: 2, 2: 1, 3: 1}),
        ({12: [13], 13: [12], 14: [13]}, [], [[12, 13, 12]], [], {12: 1, 13: 2, 14: 1}),
        ({1: [2], 2: [3], 3: [1, 4], 4: []}, [[4]], [[1, 2, 3, 1]], [4], {1: 1, 2: 1, 3: 1, 4: 2}),
        ({1: [2], 2: [3], 3: [1, 2]}, [], [[2, 3, 2]], [], {1: 1, 2: 1, 3: 1}),
        ({1: [2, 3], 2: [1], 3: [1]}, [], [[1, 2, 1]], [], {1: 1, 2: 1, 3: 1}),
        (
            {1: [2], 2: [1], 3: [2, 4], 4: [3]},
            [],
            [[1, 2, 1], [3, 4, 3]],
            [],
            {1: 1, 2: 2, 3: 1, 4: 1},
        ),
        ({1: [], 9: [1], 2: [], 3: [2]}, [[1, 2], [3, 9]], [], [1, 9], {1: 2, 9: 1, 2: 2, 3: 1}),
    ],
    ids=[
        "empty",
        "one",
        "repeated and outside edges",
        "loop",
        "behind a loop",
        "behind a cycle",
        "cycle behind a free issue",
        "the shortest cycle",
        "of equal cycles the smallest numbers",
        "a cycle behind a cycle",
        "of equal chains the smallest numbers",
    ],
)
def test_outcomes(
    blockers: dict[int, list[int]],
    waves: list[list[int]],
    cycles: list[list[int]],
    critical: list[int],
    remaining: dict[int, int],
) -> None:
    graph = Graph.of(blockers)
    assert graph.waves == waves
    assert graph.cycles == cycles
    assert graph.critical_path == critical
    assert graph.remaining_path == remaining


@given(graphs())
@settings(deadline=None)
def test_waves_hold_what_is_not_in_or_behind_a_cycle(edges: Edges) -> None:
    graph = Graph.of(edges)
    wave_of = {issue: index for index, wave in enumerate(graph.waves) for issue in wave}
    closure = reaches(edges)
    stuck = {i for i, found in closure.items() if i in found or any(n in closure[n] for n in found)}
    assert sum(map(len, graph.waves)) == len(wave_of)
    assert wave_of.keys() == edges.keys() - stuck
    for issue, wave in wave_of.items():
        assert wave == max((wave_of[n] + 1 for n in edges[issue] if n in edges), default=0)


@given(graphs())
@settings(deadline=None)
def test_each_cyclic_component_shows_its_first_shortest_cycle(edges: Edges) -> None:
    graph = Graph.of(edges)
    closure = reaches(edges)
    expected = {
        tuple(n for n in sorted(edges) if n in closure[i] and i in closure[n])
        for i in edges
        if i in closure[i]
    }
    assert [tuple(component) for component in graph.deadlocked] == sorted(expected)
    for component, cycle in zip(graph.deadlocked, graph.cycles, strict=True):
        possible = [c for c in simple_cycles(edges) if c[0] in component]
        assert cycle == min(possible, key=lambda path: (len(path), path))


@given(graphs())
@settings(deadline=None)
def test_chains_are_the_longest(edges: Edges) -> None:
    graph = Graph.of(edges)
    free = {issue for wave in graph.waves for issue in wave}
    possible = chains(edges, free)
    longest = [path for path in possible if len(path) == max(map(len, possible))]
    assert graph.critical_path == min(longest, default=[])
    closure = reaches(edges)
    acyclic = {i: {n for n in edges[i] if n in edges and i not in closure[n]} for i in edges}
    possible = chains(acyclic, set(edges))
    assert graph.remaining_path == {i: max(len(path) for path in possible if path[0] == i) for i in edges}


@given(graphs())
@settings(deadline=None)
def test_neighbours_mirror_each_other(edges: Edges) -> None:
    graph = Graph.of(edges)
    forth = [(i, n) for i, numbers in graph.blockers.items() for n in numbers]
    back = [(i, n) for n, issues in graph.dependants.items() for i in issues]
    assert sorted(forth) == sorted(back) == sorted((i, n) for i in edges for n in edges[i] if n in edges)
    assert all(list(numbers) == sorted(numbers) for numbers in graph.dependants.values())


@given(graphs(), st.sets(st.integers(1, 7)))
@settings(deadline=None)
def test_behind_is_everything_that_waits(edges: Edges, starts: set[int]) -> None:
    starts &= edges.keys()
    waiting = {issue for issue, found in reaches(edges).items() if found & starts}
    assert Graph.of(edges).behind(starts) == starts | waiting


def test_the_order_of_the_input_does_not_matter() -> None:
    turned = {issue: list(reversed(numbers)) for issue, numbers in reversed(REAL.items())}
    assert Graph.of(turned) == Graph.of(REAL)


def test_a_long_chain() -> None:
    graph = Graph.of({issue: [issue - 1] for issue in range(1, LONG + 1)})
    assert len(graph.waves) == LONG
    assert graph.critical_path == list(range(1, LONG + 1))
    assert graph.remaining_path[1] == LONG
    assert graph.cycles == []


def test_a_long_chain_behind_a_cycle() -> None:
    graph = Graph.of({1: [2], 2: [1]} | {issue: [issue - 1] for issue in range(3, LONG + 1)})
    assert graph.waves == []
    assert graph.cycles == [[1, 2, 1]]
    assert graph.remaining_path[2] == LONG - 1


def test_a_long_cycle() -> None:
    graph = Graph.of({issue: [(issue + 1) % LONG] for issue in range(LONG)})
    assert graph.cycles == [[*range(LONG), 0]]
    assert all(number in graph.blockers[issue] for issue, number in pairwise(graph.cycles[0]))
