from collections.abc import Collection, Mapping
from itertools import combinations

import pytest
from auto_milestone.model import Cut, Deadlock, Ref
from auto_milestone.planning.cut import smallest_cut
from auto_milestone.planning.deadlocks import deadlocks
from auto_milestone.planning.graph import Graph
from hypothesis import given, settings
from hypothesis import strategies as st

Edge = tuple[int, int]

OPEN = "#99 is open and in milestone M4"
ELSEWHERE = "o/r#3 was closed as not planned"


def edge_sets(issues: int, most: int) -> st.SearchStrategy[set[Edge]]:
    number = st.integers(1, issues)
    return st.sets(st.tuples(number, number), max_size=most)


def as_blockers(edges: Collection[Edge], issues: int) -> dict[int, list[int]]:
    return {issue: [b for i, b in edges if i == issue] for issue in range(1, issues + 1)}


def acyclic(edges: Collection[Edge], issues: int) -> bool:
    return sum(map(len, Graph.of(as_blockers(edges, issues)).waves)) == issues


def fewest(edges: set[Edge], issues: int) -> int:
    """The size of a smallest cut, by trying every set of edges."""
    sizes = range(len(edges) + 1)
    return next(k for k in sizes if any(acyclic(edges - {*cut}, issues) for cut in combinations(edges, k)))


@given(edge_sets(issues=5, most=11))
@settings(deadline=None)
def test_the_cut_is_smallest(edges: set[Edge]) -> None:
    cut = smallest_cut(Graph.of(as_blockers(edges, 5)), range(1, 6))
    assert edges.issuperset(cut)
    assert cut == sorted(set(cut))
    assert acyclic(edges - {*cut}, 5)
    assert len(cut) == fewest(edges, 5)


@given(edge_sets(issues=14, most=80), st.integers(0, 200))
@settings(deadline=None)
def test_a_cut_without_much_search_is_still_a_cut_without_superfluous_edges(
    edges: set[Edge], steps: int
) -> None:
    cut = smallest_cut(Graph.of(as_blockers(edges, 14)), range(1, 15), steps)
    assert acyclic(edges - {*cut}, 14)
    assert not any(acyclic(edges - {*cut} | {edge}, 14) for edge in cut)


@pytest.mark.parametrize(
    ("blockers", "size"),
    [
        pytest.param({i: [j for j in range(9) if j != i] for i in range(9)}, 36, id="complete"),
        pytest.param(
            {i: [j for j in (i - 1, i + 1) if j in range(500)] for i in range(500)}, 499, id="pairs"
        ),
        pytest.param({i: [(i + 1) % 5000] for i in range(5000)}, 1, id="one long cycle"),
        pytest.param({i: [(i + 1) % 40, (i + 2) % 40] for i in range(40)}, 3, id="ring with skips"),
        pytest.param({0: [*range(1, 30)]} | {i: [30] for i in range(1, 30)} | {30: [0]}, 1, id="one neck"),
    ],
)
def test_larger_components_with_a_known_answer(blockers: dict[int, list[int]], size: int) -> None:
    graph = Graph.of(blockers)
    assert len(smallest_cut(graph, graph.deadlocked[0])) == size


def test_a_huge_component_still_gets_a_cut() -> None:
    # Steps of different length around a ring: no cycle is short, and cycles are far too many to list.
    ring = 20_000
    blockers = {i: [(i + step) % ring for step in (1, 7, 31)] for i in range(ring)}
    cut = set(smallest_cut(Graph.of(blockers), range(ring)))
    left = {issue: [b for b in numbers if (issue, b) not in cut] for issue, numbers in blockers.items()}
    assert sum(map(len, Graph.of(left).waves)) == ring


@pytest.mark.parametrize(
    ("blockers", "dead", "expected"),
    [
        pytest.param({}, {}, [], id="nothing"),
        pytest.param({1: [], 2: [1]}, {}, [], id="free"),
        pytest.param({1: [99, "o/r#3"]}, {}, [], id="a blocker neither to do nor dead"),
        pytest.param({1: []}, {99: OPEN}, [], id="a dead issue that nobody needs"),
        pytest.param(
            {5: [99], 6: [5, 99], 7: [6], 8: []},
            {99: OPEN},
            [Deadlock((5, 6, 7), OPEN, (Cut(5, 99), Cut(6, 99)))],
            id="behind a dead issue",
        ),
        pytest.param(
            {5: ["o/r#3"], 6: [5]},
            {"o/r#3": ELSEWHERE},
            [Deadlock((5, 6), ELSEWHERE, (Cut(5, "o/r#3"),))],
            id="behind an issue elsewhere",
        ),
        pytest.param(
            {5: ["o/r#3"], 6: [99], 7: [5, 6]},
            {"o/r#3": ELSEWHERE, 99: OPEN},
            [Deadlock((5, 7), ELSEWHERE, (Cut(5, "o/r#3"),)), Deadlock((6, 7), OPEN, (Cut(6, 99),))],
            id="behind two",
        ),
        pytest.param(
            {5: [99, "o/r#3"]},
            {"o/r#3": ELSEWHERE, 99: OPEN},
            [Deadlock((5,), OPEN, (Cut(5, 99),)), Deadlock((5,), ELSEWHERE, (Cut(5, "o/r#3"),))],
            id="the same issue twice",
        ),
        pytest.param(
            {12: [13], 13: [12], 14: [13], 15: []},
            {},
            [Deadlock((12, 13, 14), "#12 -> #13 -> #12 wait for each other", (Cut(12, 13),))],
            id="a cycle and one behind it",
        ),
        pytest.param(
            {12: [12], 13: [12]},
            {},
            [Deadlock((12, 13), "#12 waits for itself", (Cut(12, 12),))],
            id="a loop",
        ),
        pytest.param(
            {1: [2], 2: [1], 3: [2, 4], 4: [3]},
            {},
            [
                Deadlock((1, 2, 3, 4), "#1 -> #2 -> #1 wait for each other", (Cut(1, 2),)),
                Deadlock((3, 4), "#3 -> #4 -> #3 wait for each other", (Cut(3, 4),)),
            ],
            id="a cycle behind a cycle",
        ),
        pytest.param(
            {14: [15], 15: [14], 16: [14]},
            {14: "#14 is skipped"},
            [Deadlock((15, 16), "#14 is skipped", (Cut(15, 14), Cut(16, 14)))],
            id="a dead issue waits for nobody",
        ),
    ],
)
def test_deadlocks(
    blockers: Mapping[int, Collection[Ref]], dead: Mapping[Ref, str], expected: list[Deadlock]
) -> None:
    assert deadlocks(blockers, dead) == expected


REFS = st.one_of(st.integers(1, 10), st.sampled_from(["o/r#1", "o/r#2"]))


@given(
    st.dictionaries(st.integers(1, 7), st.sets(REFS, max_size=4), max_size=7),
    st.dictionaries(REFS, st.just("dead"), max_size=3),
)
@settings(deadline=None)
def test_all_cuts_together_free_every_issue_and_only_stuck_ones_are_listed(
    blockers: dict[int, set[Ref]], dead: dict[Ref, str]
) -> None:
    found = deadlocks(blockers, dead)
    cut = {(c.issue, c.blocker) for deadlock in found for c in deadlock.cut}
    left = {issue: {r for r in refs if (issue, r) not in cut} for issue, refs in blockers.items()}
    assert deadlocks(left, dead) == []
    assert {n for deadlock in found for n in deadlock.issues} == blockers.keys() - dead.keys() - free(
        blockers, dead
    )


def free(blockers: Mapping[int, Collection[Ref]], dead: Mapping[Ref, str]) -> set[int]:
    """Issues that get done if one works on as long as anything can start."""
    done: set[Ref] = set()
    for _ in blockers:
        done |= {
            issue
            for issue, refs in blockers.items()
            if issue not in dead and all(r in done or (r not in blockers and r not in dead) for r in refs)
        }
    return {issue for issue in blockers if issue in done}
