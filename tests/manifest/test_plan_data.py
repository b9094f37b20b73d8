"""A plan as data and back: nothing of it is lost."""

import json

import pytest
from auto_milestone.manifest import schema_check
from auto_milestone.manifest.manifest import plan_as_dict, plan_from, read_manifest, write_plan
from auto_milestone.model import (
    Cut,
    Deadlock,
    Dependency,
    External,
    MilestoneInfo,
    Plan,
    PlannedIssue,
    PlanningIssue,
    ProposedEdge,
    Validation,
)
from hypothesis import given
from hypothesis import strategies as st
from support.manifest import EMPTY_PLAN, FORGE, PLAN


@pytest.mark.parametrize("plan", [PLAN, EMPTY_PLAN])
def test_a_plan_as_data_and_back(plan: Plan) -> None:
    data = plan_as_dict(plan)
    assert plan_from(data) == plan
    assert plan_from(json.loads(json.dumps(data))) == plan
    schema_check.check_plan(json.loads(json.dumps(data)))


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=80)
NUMBER = st.integers(1, 10**9)
NUMBERS = st.lists(NUMBER, max_size=60).map(tuple)
REF = NUMBER | TEXT.map(lambda name: f"o/{name}#1")
REFS = st.lists(REF, max_size=5).map(tuple)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan whose numbers are issues of it where they have to be."""
    numbers = draw(st.lists(NUMBER, min_size=1, max_size=6, unique=True))
    some = st.lists(st.sampled_from(numbers), max_size=40).map(tuple)
    issue = st.builds(
        PlannedIssue,
        number=st.just(0),
        title=TEXT,
        state=st.sampled_from(["open", "closed"]),
        branch=TEXT.map("b{}".format),
        body_sha256=TEXT,
        state_reason=st.sampled_from([None, "completed", "not_planned"]),
        wave=st.none() | NUMBER,
        depends_on=st.lists(st.builds(Dependency, REF, TEXT, st.booleans()), max_size=4).map(tuple),
        blocks=some,
        related=REFS,
    )
    issues = {}
    for number in numbers:
        values = draw(issue)
        fields = {name: getattr(values, name) for name in PlannedIssue.__dataclass_fields__}
        issues[number] = PlannedIssue(**{**fields, "number": number})
    states = st.sampled_from(["open", "completed", "not_planned", "missing", "unknown"])
    return Plan(
        source=draw(st.sampled_from(["milestone", "issues", "epic"])),
        milestone=draw(st.builds(MilestoneInfo, TEXT, st.none() | NUMBER, NUMBER, NUMBER, NUMBER)),
        planning_status=draw(st.sampled_from(["ready", "needs_review"])),
        recommended_parallel=draw(NUMBER),
        parallel_reason=draw(TEXT),
        execution_waves=draw(st.lists(some, max_size=3).map(tuple)),
        free_issues=draw(some),
        critical_path=draw(some),
        issues=issues,
        planning_issues=draw(
            st.lists(st.builds(PlanningIssue, st.just("cycle"), TEXT, NUMBERS), max_size=2).map(tuple)
        ),
        external=draw(
            st.lists(
                st.builds(External, REF, states, NUMBERS, st.none() | TEXT, st.none() | TEXT), max_size=2
            ).map(tuple)
        ),
        deadlocks=draw(
            st.lists(
                st.builds(
                    Deadlock, NUMBERS, TEXT, st.lists(st.builds(Cut, NUMBER, REF), max_size=2).map(tuple)
                ),
                max_size=2,
            ).map(tuple)
        ),
        validation=draw(st.builds(Validation, st.lists(NUMBERS, max_size=2).map(tuple), REFS, REFS, NUMBERS)),
        proposed_plan=draw(
            st.none() | st.lists(st.builds(ProposedEdge, NUMBER, NUMBER, TEXT), max_size=2).map(tuple)
        ),
        epic=draw(st.none() | NUMBER),
    )


@given(plan=plans())
def test_every_plan_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> None:
    path = tmp_path_factory.getbasetemp() / "any-plan.yaml"
    path.write_text(FORGE)
    assert write_plan(path, plan)
    assert read_manifest(path).plan == plan
    assert not write_plan(path, plan)
