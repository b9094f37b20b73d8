"""From a forge to a plan: collect the issues, read their edges, look outside, judge. Changes nothing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ..forge.base import Forge
from ..manifest.settings import Settings, Source
from ..model import (
    Dependency,
    External,
    Issue,
    Plan,
    PlannedIssue,
    PlanningIssue,
    ProposedEdge,
    Ref,
    Validation,
    show_ref,
)
from ..paths import slug
from ..printable import one_line
from .collect import collect
from .edges import Edges, read_edges
from .overlap import FileIndex, Index, NamedFiles, Overlap, named_paths, overlaps
from .schedule import Schedule, is_satisfied, schedule
from .schedule import edges as current_edges
from .trust import stranger

MOST_PARALLEL = 4
"""Agents at once that a plan recommends at most: more of them collide and cost more than they save."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what a person should know of it.

    `refused`: numbers that were asked for -> why they are not in it; `groups`: issues to do with open sub-issues that
    are in it too; `elsewhere`: open sub-issues of an epic that lie in other repositories.
    """

    plan: Plan
    refused: Mapping[int, str]
    groups: tuple[int, ...]
    elsewhere: tuple[str, ...]


def make_plan(
    forge: Forge,
    source: Source,
    settings: Settings,
    busy: Callable[[str], bool],
    before: Mapping[int, PlannedIssue],
) -> Planned:
    """Plan a source. `busy(branch)`: somebody works on it; `before`: the issues of the plan before, of which an
    issue keeps its branch when its title changes, and its wave when it is closed.

    Raises MilestoneError when the milestone or epic is not there (the available ones are listed).
    """
    collected = collect(forge, source)
    info, issues = collected.info, collected.issues
    files = forge.files(settings.base) if issues else ()
    edges = read_edges(issues, forge.name)
    planned = {
        issue.number: _planned(issue, edges, before, settings)
        for issue in sorted(issues, key=lambda issue: issue.number)
    }
    external = _look_outside(forge, planned, settings)
    derived = schedule(settings, planned, external)
    planned = _with_waves(planned, derived, external, settings)
    shared = _overlaps(issues, derived, NamedFiles() if files is None else FileIndex(files))
    problems = (*edges.problems, *_cycle_problems(derived), *_overlap_problems(shared))
    parallel, reason = _recommended(derived)
    plan = Plan(
        source=source.kind,
        milestone=info,
        planning_status="needs_review" if problems else "ready",
        planning_issues=problems,
        recommended_parallel=parallel,
        parallel_reason=reason,
        execution_waves=derived.waves,
        free_issues=tuple(
            number
            for number in derived.free
            if not planned[number].held_for and not busy(planned[number].branch)
        ),
        critical_path=derived.critical_path,
        issues=planned,
        external=tuple(
            replace(entry, resolved_by=_resolved_by(entry, settings))
            for _, entry in sorted(external.items(), key=_key)
        ),
        deadlocks=derived.deadlocks,
        validation=_validation(planned, external, derived),
        proposed_plan=_proposed(shared) if problems else None,
        epic=source.epic,
    )
    return Planned(plan, collected.refused, _groups(issues, derived), collected.elsewhere)


def branch_name(number: int, title: str) -> str:
    """`feat/issue-12-slug`, from the title as it is when the issue is first planned."""
    return f"feat/issue-{number}-{slug(title)}"


def _planned(
    issue: Issue, edges: Edges, before: Mapping[int, PlannedIssue], settings: Settings
) -> PlannedIssue:
    known = before.get(issue.number)
    return PlannedIssue(
        number=issue.number,
        title=one_line(issue.title),
        state=issue.state,
        state_reason=issue.state_reason,
        branch=known.branch if known else branch_name(issue.number, issue.title),
        body_sha256=issue.body_sha256,
        wave=known.wave if known and issue.state == "closed" else None,
        depends_on=edges.of(issue.number) if issue.state == "open" else (),
        related=tuple(dict.fromkeys(edges.related.get(issue.number, ()))),
        held_for=stranger(settings, issue) if issue.state == "open" else None,
    )


def _look_outside(
    forge: Forge, planned: Mapping[int, PlannedIssue], settings: Settings
) -> dict[Ref, External]:
    """Every blocker that is no issue of the plan, with its state as the forge tells it.

    What `force_resolve` names is looked up as well: an entry stays right when its dependants have landed.
    """
    forced = sorted(settings.force_resolve - planned.keys(), key=str)
    needed: dict[Ref, list[int]] = {ref: [] for ref in forced}
    for issue in planned.values():
        for edge in dict.fromkeys([*issue.depends_on, *current_edges(settings, issue)]):
            if edge.issue not in planned and issue.number not in needed.get(edge.issue, ()):
                needed.setdefault(edge.issue, []).append(issue.number)
    return {ref: _external(forge, ref, by) for ref, by in needed.items()}


def _external(forge: Forge, ref: Ref, needed_by: Sequence[int]) -> External:
    found = forge.issue(ref)
    if found is None:
        return External(ref, "missing" if isinstance(ref, int) else "unknown", tuple(needed_by))
    if found.state == "open":
        return External(ref, "open", tuple(needed_by), found.milestone)
    return External(ref, "completed" if found.completed else "not_planned", tuple(needed_by), found.milestone)


def _resolved_by(entry: External, settings: Settings) -> str | None:
    if entry.issue in settings.force_resolve:
        return "force_resolve"
    return "closed as completed" if entry.state == "completed" else None


def _key(entry: tuple[Ref, External]) -> tuple[str, int]:
    return ("", entry[0]) if isinstance(entry[0], int) else (entry[0], 0)


def _with_waves(
    planned: Mapping[int, PlannedIssue],
    derived: Schedule,
    external: Mapping[Ref, External],
    settings: Settings,
) -> dict[int, PlannedIssue]:
    wave_of = {number: at for at, wave in enumerate(derived.waves, 1) for number in wave}
    blocks: dict[int, list[int]] = {}
    for issue in planned.values():
        for edge in issue.depends_on:
            if isinstance(edge.issue, int):
                blocks.setdefault(edge.issue, []).append(issue.number)

    def with_state(edge: Dependency) -> Dependency:
        return replace(edge, satisfied=is_satisfied(settings, edge.issue, planned, external))

    return {
        number: replace(
            issue,
            wave=wave_of.get(number, issue.wave),
            depends_on=tuple(with_state(edge) for edge in issue.depends_on),
            blocks=tuple(sorted(blocks.get(number, ()))),
        )
        for number, issue in planned.items()
    }


def _recommended(derived: Schedule) -> tuple[int, str]:
    """The mean width of the waves, and why: with more agents some would mostly wait for blockers."""
    waves = len(derived.waves)
    if not waves:
        return 1, "no issue can start"
    issues = sum(len(wave) for wave in derived.waves)
    if waves == 1:
        reason = f"{issues} issues in one wave" if issues > 1 else "one issue"
    else:
        reason = f"{issues} issues in {waves} waves, {issues / waves:.3g} a wave"
    if issues // waves > MOST_PARALLEL:
        reason = f"{reason}, {MOST_PARALLEL} at most"
    return min(issues // waves, MOST_PARALLEL), reason


def _groups(issues: Collection[Issue], derived: Schedule) -> tuple[int, ...]:
    """Issues to do whose open sub-issues are to be done as well."""
    parents = {issue.parent for issue in issues if issue.number in derived.blockers}
    return tuple(number for number in derived.todo if number in parents)


def _overlaps(issues: Collection[Issue], derived: Schedule, index: Index) -> list[Overlap]:
    todo = {
        number: [ref for ref in refs if isinstance(ref, int)] for number, refs in derived.blockers.items()
    }
    named = {
        issue.number: named_paths(f"{issue.title}\n{issue.body}", index)
        for issue in issues
        if issue.number in todo
    }
    return overlaps(named, todo)


def _cycle_problems(derived: Schedule) -> list[PlanningIssue]:
    return [
        PlanningIssue(
            "cycle", f"{' -> '.join(show_ref(number) for number in cycle)} wait for each other", cycle[:-1]
        )
        for cycle in derived.cycles
    ]


def _overlap_problems(shared: Sequence[Overlap]) -> list[PlanningIssue]:
    return [
        PlanningIssue(
            "overlap",
            f"{', '.join(show_ref(number) for number in overlap.issues)} "
            f"{'both' if len(overlap.issues) == 2 else 'all'} name {overlap.path} and nothing says which comes first",
            overlap.issues,
        )
        for overlap in shared
    ]


def _proposed(shared: Sequence[Overlap]) -> tuple[ProposedEdge, ...]:
    """One edge per pair, later number after earlier one, with all the paths as the reason."""
    paths: dict[tuple[int, int], list[str]] = {}
    for overlap in shared:
        for pair in overlap.unordered:
            paths.setdefault(pair, []).append(overlap.path)
    return tuple(
        ProposedEdge(later, earlier, f"both name {', '.join(names)}")
        for (earlier, later), names in sorted(paths.items())
    )


def _validation(
    planned: Mapping[int, PlannedIssue], external: Mapping[Ref, External], derived: Schedule
) -> Validation:
    needed = {ref: entry.state for ref, entry in external.items() if entry.needed_by}
    missing = [ref for ref, state in needed.items() if state == "missing"]
    linked = {
        ref for issue in planned.values() for edge in issue.depends_on for ref in (issue.number, edge.issue)
    }
    orphans = [
        issue.number for issue in planned.values() if issue.state == "open" and issue.number not in linked
    ]
    return Validation(
        circular_deps=derived.cycles,
        missing_deps=tuple(sorted(missing, key=str)),
        external_deps=tuple(sorted((ref for ref in needed if ref not in missing), key=str)),
        orphans=tuple(orphans) if linked else (),
    )
