"""A Plan as plain data and back: the keys and the order that milestone.yaml shows."""

from collections.abc import Mapping
from typing import Any

from ..model import (
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


def plan_as_dict(plan: Plan) -> dict[str, Any]:
    """`plan` as dicts and lists, issues by number; `plan_from` gives the same plan back."""
    milestone = plan.milestone
    data: dict[str, Any] = {
        "source": plan.source,
        "milestone": {
            "title": milestone.title,
            "number": milestone.number,
            "total": milestone.total,
            "open": milestone.open,
            "closed": milestone.closed,
        },
    }
    if plan.epic is not None:
        data["epic"] = plan.epic
    return data | {
        "planning_status": plan.planning_status,
        "planning_issues": [
            {"kind": found.kind, "message": found.message, "issues": list(found.issues)}
            for found in plan.planning_issues
        ],
        "recommended_parallel": plan.recommended_parallel,
        "parallel_reason": plan.parallel_reason,
        "execution_waves": [
            {"wave": wave, "issues": list(issues)} for wave, issues in enumerate(plan.execution_waves, 1)
        ],
        "free_issues": list(plan.free_issues),
        "critical_path": list(plan.critical_path),
        "issues": {number: _issue_as_dict(plan.issues[number]) for number in sorted(plan.issues)},
        "external": [_external_as_dict(external) for external in plan.external],
        "deadlocks": [_deadlock_as_dict(deadlock) for deadlock in plan.deadlocks],
        "validation": {
            "circular_deps": [list(cycle) for cycle in plan.validation.circular_deps],
            "missing_deps": list(plan.validation.missing_deps),
            "external_deps": list(plan.validation.external_deps),
            "orphans": list(plan.validation.orphans),
        },
        "proposed_plan": _proposed_as_list(plan.proposed_plan),
    }


def plan_from(data: Mapping[str, Any]) -> Plan:
    """The plan that `data` means; it has passed the schema. Issues may be keyed by number or its text."""
    proposed = data["proposed_plan"]
    return Plan(
        source=data["source"],
        milestone=MilestoneInfo(**data["milestone"]),
        planning_status=data["planning_status"],
        recommended_parallel=data["recommended_parallel"],
        parallel_reason=data["parallel_reason"],
        execution_waves=tuple(tuple(wave["issues"]) for wave in data["execution_waves"]),
        free_issues=tuple(data["free_issues"]),
        critical_path=tuple(data["critical_path"]),
        issues={int(number): _issue_from(int(number), issue) for number, issue in data["issues"].items()},
        planning_issues=tuple(
            PlanningIssue(found["kind"], found["message"], tuple(found["issues"]))
            for found in data["planning_issues"]
        ),
        external=tuple(
            External(**{**external, "needed_by": tuple(external["needed_by"])})
            for external in data["external"]
        ),
        deadlocks=tuple(
            Deadlock(tuple(found["issues"]), found["reason"], tuple(Cut(**cut) for cut in found["cut"]))
            for found in data["deadlocks"]
        ),
        validation=_validation_from(data["validation"]),
        proposed_plan=None if proposed is None else tuple(ProposedEdge(**edge) for edge in proposed),
        epic=data.get("epic"),
    )


def _issue_as_dict(issue: PlannedIssue) -> dict[str, Any]:
    data: dict[str, Any] = {"title": issue.title, "state": issue.state}
    if issue.state_reason is not None:
        data["state_reason"] = issue.state_reason
    data |= {
        "wave": issue.wave,
        "branch": issue.branch,
        "body_sha256": issue.body_sha256,
        "depends_on": [
            {"issue": edge.issue, "source": edge.source, "satisfied": edge.satisfied}
            for edge in issue.depends_on
        ],
        "blocks": list(issue.blocks),
    }
    if issue.related:
        data["related"] = list(issue.related)
    if issue.reopened:
        data["reopened"] = True
    if issue.held_for is not None:
        data["held_for"] = issue.held_for
    return data


def _issue_from(number: int, data: Mapping[str, Any]) -> PlannedIssue:
    return PlannedIssue(
        number=number,
        title=data["title"],
        state=data["state"],
        branch=data["branch"],
        body_sha256=data["body_sha256"],
        state_reason=data.get("state_reason"),
        wave=data["wave"],
        depends_on=tuple(
            Dependency(edge["issue"], edge["source"], edge["satisfied"]) for edge in data["depends_on"]
        ),
        blocks=tuple(data["blocks"]),
        related=tuple(data.get("related", ())),
        reopened=data.get("reopened", False),
        held_for=data.get("held_for"),
    )


def _external_as_dict(external: External) -> dict[str, Any]:
    return {
        "issue": external.issue,
        "state": external.state,
        "milestone": external.milestone,
        "needed_by": list(external.needed_by),
        "resolved_by": external.resolved_by,
    }


def _deadlock_as_dict(deadlock: Deadlock) -> dict[str, Any]:
    return {
        "issues": list(deadlock.issues),
        "reason": deadlock.reason,
        "cut": [{"issue": cut.issue, "blocker": cut.blocker} for cut in deadlock.cut],
    }


def _proposed_as_list(proposed: tuple[ProposedEdge, ...] | None) -> list[dict[str, Any]] | None:
    if proposed is None:
        return None
    return [{"issue": edge.issue, "depends_on": edge.depends_on, "reason": edge.reason} for edge in proposed]


def _validation_from(data: Mapping[str, Any]) -> Validation:
    return Validation(
        circular_deps=tuple(tuple(cycle) for cycle in data["circular_deps"]),
        missing_deps=tuple(data["missing_deps"]),
        external_deps=tuple(data["external_deps"]),
        orphans=tuple(data["orphans"]),
    )
