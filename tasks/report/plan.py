"""The plan as a person reads it in a terminal."""

from collections.abc import Sequence

from ..manifest.settings import Settings
from ..manifest.yaml_text import flow
from ..model import Deadlock, Dependency, External, Plan, PlannedIssue, Ref, show_ref
from ..planning.schedule import UNREADABLE, edges, is_satisfied
from ..planning.trust import held_for, how_to_allow

WIDTH = 72
"""How much of a title is shown, in characters."""
_STATES = {
    "completed": "closed as completed",
    "not_planned": "closed as not planned",
    "missing": "not found",
    "unknown": UNREADABLE,
}


def plan_lines(plan: Plan, settings: Settings, groups: Sequence[int]) -> list[str]:
    """Progress, status, waves, blockers with their sources, deadlocks, warnings; with the changes of `settings`.

    `groups`: issues to do with sub-issues to do.
    """
    info = plan.milestone
    lines = [
        f"{info.title}: {info.closed} of {info.total} issue{'' if info.total == 1 else 's'} closed, {info.open} open",
        f"Planning status: {plan.planning_status}",
    ]
    if plan.execution_waves:
        lines.append(f"Recommended parallel: {plan.recommended_parallel} ({plan.parallel_reason})")
    if len(plan.critical_path) > 1:
        lines.append(f"Critical path: {' -> '.join(show_ref(number) for number in plan.critical_path)}")
    lines += _waves(plan)
    lines += _skipped(plan, settings)
    lines += _blockers(plan, settings)
    lines += _section("Outside the milestone", [_external(entry) for entry in plan.external])
    lines += _section("Held until you allow them", _held(plan, settings))
    lines += _section("Deadlocks", [line for deadlock in plan.deadlocks for line in _deadlock(deadlock)])
    lines += _section("To review", [problem.message for problem in plan.planning_issues])
    lines += _section("Proposed dependencies", _proposals(plan))
    lines += _section("Warnings", [*_grouped(groups), *_warnings(plan, _is_judged(settings))])
    return lines


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", f"{title}:", *(f"  {line}" for line in lines)] if lines else []


def _waves(plan: Plan) -> list[str]:
    if not plan.execution_waves:
        return ["", "No issue can start."] if plan.milestone.open else []
    lines = ["", "Wave  Issue  Title"]
    for at, wave in enumerate(plan.execution_waves, 1):
        for number in wave:
            first = number == wave[0]
            mark = "  (free)" if number in plan.free_issues else ""
            title = _cut(plan.issues[number].title)
            lines.append(f"{at if first else '':>4}  {show_ref(number):>5}  {title}{mark}")
    return lines


def _cut(title: str) -> str:
    return title if len(title) <= WIDTH else f"{title[: WIDTH - 1].rstrip()}…"


def _skipped(plan: Plan, settings: Settings) -> list[str]:
    left = [show_ref(number) for number, issue in plan.issues.items() if number in settings.skip]
    return ["", f"Skipped: {', '.join(left)} (`skip` in milestone.yaml)"] if left else []


def _blockers(plan: Plan, settings: Settings) -> list[str]:
    """Every edge of the plan, and those that the person has put in the place of some."""
    external: dict[Ref, External] = {entry.issue: entry for entry in plan.external}
    lines = []
    for issue in plan.issues.values():
        now = edges(settings, issue)
        planned, wanted = ({edge.issue for edge in some} for some in (issue.depends_on, now))
        for edge in (*issue.depends_on, *(edge for edge in now if edge.issue not in planned)):
            satisfied = is_satisfied(settings, edge.issue, plan.issues, external)
            how = " (satisfied)" if satisfied else ""
            lines.append(_edge(issue, edge, how if edge.issue in wanted else " (replaced in milestone.yaml)"))
    return _section("Blockers", lines)


def _edge(issue: PlannedIssue, edge: Dependency, how: str) -> str:
    return f"{show_ref(issue.number):>5} after {show_ref(edge.issue)}{how}  [{edge.source}]"


def _external(entry: External) -> str:
    where = f" in {entry.milestone}" if entry.milestone else ""
    forced = ", resolved by `force_resolve`" if entry.resolved_by == "force_resolve" else ""
    needed = ", ".join(show_ref(number) for number in entry.needed_by) or "none"
    told = _STATES.get(entry.state, entry.state)
    return f"{show_ref(entry.issue)}{where}: {told}, needed by {needed}{forced}"


def _held(plan: Plan, settings: Settings) -> list[str]:
    """Issues of strangers, and how they may run."""
    held = [(number, held_for(settings, issue)) for number, issue in plan.issues.items()]
    return [
        f"{show_ref(number)} by {login}, who may not write here: read it, then {how_to_allow(settings, login)}"
        for number, login in held
        if login and number not in settings.skip
    ]


def _deadlock(deadlock: Deadlock) -> list[str]:
    cut = ", ".join(f"{show_ref(edge.issue)} after {show_ref(edge.blocker)}" for edge in deadlock.cut)
    refs = flow(list(dict.fromkeys(edge.blocker for edge in deadlock.cut)))
    return [
        f"{', '.join(show_ref(number) for number in deadlock.issues)}: {deadlock.reason}",
        f"  cut {cut}: `force_resolve: {refs}` in milestone.yaml",
    ]


def _proposals(plan: Plan) -> list[str]:
    return [
        f"{show_ref(edge.issue)} after {show_ref(edge.depends_on)}: {edge.reason}"
        for edge in plan.proposed_plan or ()
    ]


def _is_judged(settings: Settings) -> bool:
    """Does anything but the agents look at a change: checks, or the forge's CI?"""
    return bool(settings.checks) or (settings.forge["kind"] != "local" and not settings.ci_skip)


def _grouped(groups: Sequence[int]) -> list[str]:
    if not groups:
        return []
    names = ", ".join(show_ref(number) for number in groups)
    who, has, it = (
        (names, "has", "it only groups") if len(groups) == 1 else (names, "have", "they only group")
    )
    return [
        f"{who} {has} sub-issues in this plan and would go to an agent too: "
        f"if {it} them, `skip: {flow(list(groups))}` in milestone.yaml"
    ]


def _warnings(plan: Plan, is_judged: bool) -> list[str]:
    lines = []
    if plan.validation.orphans:
        orphans = ", ".join(show_ref(number) for number in plan.validation.orphans)
        lines.append(f"no dependency in either direction: {orphans}")
    if plan.validation.missing_deps:
        missing = ", ".join(show_ref(ref) for ref in plan.validation.missing_deps)
        lines.append(f"blockers that are not found: {missing}")
    reopened = [show_ref(number) for number, issue in plan.issues.items() if issue.reopened]
    if reopened:
        lines.append(
            f"reopened after they landed, not landed again: {', '.join(reopened)}; `explain` tells more"
        )
    if not is_judged:
        lines.append("`checks` is empty: nothing but the agents' own word says that a change works")
    return lines
