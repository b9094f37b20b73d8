"""`doit explain 13`: what happened; every blocker, where the edge is from, why it is satisfied or not, its remedy."""

from collections.abc import Collection

from ..errors import MilestoneError
from ..journal import read_journal
from ..manifest.yaml_text import flow
from ..milestone import Milestone
from ..model import Dependency, Plan, Ref, show_ref, some_issues
from ..naming import COMMAND
from ..planning.schedule import edges
from ..planning.trust import held_for, how_to_allow
from ..receipts import read_receipt
from .deadlock import causes, details
from .status import IssueStatus, MilestoneStatus, read_traces


def explain(number: int, milestone: Milestone, status: MilestoneStatus) -> list[str]:
    """Lines for a person. Raises MilestoneError for an issue that is not in the plan."""
    plan = milestone.plan
    if number not in plan.issues:
        raise MilestoneError(f"#{number} is no issue of this plan; there are {some_issues(plan.issues)}")
    issue, mine = plan.issues[number], status.issues[number]
    lines = [f"#{number} {issue.title}", f"  {mine.state}{_because(mine)}"]
    lines += _happened(number, milestone, mine)
    waits = _only_wait(milestone)
    lines += ([] if number in waits else _way_out(number, milestone, status)) or _log(number, milestone)
    login = held_for(milestone.settings, issue)
    if login:
        how = how_to_allow(milestone.settings, login)
        lines.append(f"  held: {login} may not write here; read it, then {how}")
    blockers = edges(milestone.settings, issue)
    if not blockers:
        lines.append("  has no blockers")
    for edge in blockers:
        lines += _edge(edge, milestone, status, waits)
    if issue.related:
        lines.append(f"  related, no blocker: {', '.join(show_ref(ref) for ref in issue.related)}")
    if issue.blocks:
        lines.append(f"  blocks {', '.join(show_ref(ref) for ref in issue.blocks)}")
    return lines


def _happened(number: int, milestone: Milestone, mine: IssueStatus) -> list[str]:
    """What came of it, and the runs of its agent."""
    paths = milestone.paths
    merge = read_receipt(paths.receipt(number, "merge"), number, "merge")
    commit = merge.values.get("merge_commit") if merge else None
    pull = read_receipt(paths.receipt(number, "pull"), number, "pull")
    page = str(pull.values.get("url") or "") if pull else ""
    link = f" {page}" if page.startswith("http") else ""
    came = [f"pull request #{mine.pull}{link}"] if mine.pull else []
    came += [f"merge commit {str(commit)[:10]}"] if commit else []
    lines = [f"  {', '.join(came)}"] if came else []
    if mine.attempts:
        runs = [one for one in read_journal(paths.journal) if one["event"] == "attempt"]
        kinds = ", ".join(str(one.get("kind")) for one in runs if one.get("issue") == number)
        cost = "" if mine.cost_usd is None else f", ${mine.cost_usd:.2f}"
        lines.append(f"  attempts: {mine.attempts} ({kinds}){cost}")
    return lines


def _log(number: int, milestone: Milestone) -> list[str]:
    log = milestone.paths.log(number, "agent")
    return [f"  log: {log.relative_to(milestone.folder)}"] if log.exists() else []


def _way_out(number: int, milestone: Milestone, status: MilestoneStatus) -> list[str]:
    """Of an issue that stopped: where its log is, and what can be done."""
    cause = next((one for one in causes(milestone, status, None) if number in one.stopped), None)
    if cause is None:
        return []
    more = details(cause, milestone.folder) if cause.stopped == (number,) else _log(number, milestone)
    return [f"  {line}" for line in [*more, *(f"  - {option.text}" for option in cause.options)]]


def _because(status: IssueStatus) -> str:
    where = f" in {status.phase}" if status.phase and status.state != "merged" else ""
    return where + (f": {status.reason}" if status.reason else "")


def _only_wait(milestone: Milestone) -> set[int]:
    """Issues that go on by themselves as soon as what they wait for is there."""
    traces = read_traces(milestone.paths).issues
    return {number for number, trace in traces.items() if trace.state == "waiting" and not trace.stopped}


def _edge(
    edge: Dependency, milestone: Milestone, status: MilestoneStatus, waits: Collection[int]
) -> list[str]:
    satisfied, why = _verdict(edge.issue, milestone, status)
    lines = [
        f"  {'satisfied' if satisfied else 'waits for'} {show_ref(edge.issue)}: {why}",
        f"    from {edge.source}",
    ]
    if not satisfied:
        lines.append(f"    freed by: {_remedy(edge.issue, milestone.plan, status, waits)}")
    return lines


def _verdict(ref: Ref, milestone: Milestone, status: MilestoneStatus) -> tuple[bool, str]:
    settings, plan = milestone.settings, milestone.plan
    if ref in settings.force_resolve:
        return True, "named in `force_resolve`"
    if isinstance(ref, int) and ref in plan.issues:
        there = status.issues[ref]
        return there.state == "merged", there.state + _because(there)
    external = next((entry for entry in plan.external if entry.issue == ref), None)
    if external and external.state == "completed":
        return True, "closed as completed, outside of the milestone"
    return False, milestone.schedule.dead.get(ref, "outside of the milestone")


def _remedy(ref: Ref, plan: Plan, status: MilestoneStatus, waits: Collection[int]) -> str:
    force = f"`force_resolve: {flow([ref])}` in milestone.yaml"
    if any(entry.issue == ref and entry.state == "unknown" for entry in plan.external):
        return f"giving the token access to {show_ref(ref)}, or {force}"
    if not (isinstance(ref, int) and ref in plan.issues):
        return f"closing {show_ref(ref)} as completed, or {force}"
    state = status.issues[ref].state
    if state in ("failed", "conflict", "waiting") and ref not in waits:
        return f"running again (`{COMMAND} merge:{ref}`), or {force}"
    if state == "skipped" and status.issues[ref].reason == "named in `skip`":
        return f"taking {ref} out of `skip`, or {force}"
    return f"merging {show_ref(ref)}, or {force}"
