"""Where every issue stands: derived from the manifest, the receipts and the journal; nothing is asked outside."""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, get_args

from ..journal import read_journal
from ..milestone import Milestone
from ..model import PlannedIssue, State
from ..paths import StatePaths
from ..planning.schedule import Schedule
from ..planning.trust import held_for, how_to_allow
from ..receipts import Receipt, read_receipt

STOPPED = ("failed", "conflict", "blocked", "skipped")
"""States behind which nothing starts."""


@dataclass(frozen=True, slots=True)
class IssueStatus:
    """`reason` is what it waits for or why it stands; `since` and `until` in seconds since the epoch."""

    state: State
    phase: str | None = None
    reason: str = ""
    since: float | None = None
    until: float | None = None
    pull: int | None = None
    cost_usd: float | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class MilestoneStatus:
    """All issues of the plan, ascending."""

    milestone: str
    issues: Mapping[int, IssueStatus]
    forge: str = ""
    """What slows down asking the forge, while it does."""

    @property
    def counts(self) -> dict[str, int]:
        """State -> number of issues, every state named."""
        states = [status.state for status in self.issues.values()]
        return {state: states.count(state) for state in get_args(State)}

    def as_dict(self) -> dict[str, Any]:
        issues = {str(number): asdict(status) for number, status in self.issues.items()}
        return {"milestone": self.milestone, "issues": issues, "counts": self.counts, "forge": self.forge}


@dataclass(slots=True)
class Trace:
    """What the journal tells of one issue: its last state, and sums."""

    state: str = ""
    phase: str | None = None
    reason: str = ""
    since: float | None = None
    until: float | None = None
    pull: int | None = None
    cost_usd: float | None = None
    attempts: int = 0
    stopped: bool = False
    """It stays where it is until the next run, whether a runner is alive or not."""


@dataclass(slots=True)
class Traces:
    """Traces of all issues, kept up to date entry by entry."""

    issues: dict[int, Trace] = field(default_factory=dict)
    pace: Mapping[str, Any] = field(default_factory=dict)
    """The last entry that says how fast the forge is asked."""

    def forge(self, now: float) -> str:
        """What slows down asking the forge now (seconds since the epoch)."""
        return str(self.pace["text"]) if self.pace.get("until", 0.0) > now else ""

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take one journal entry in."""
        if entry["event"] == "pace":
            self.pace = entry
        number = entry.get("issue")
        if not isinstance(number, int):
            return
        trace = self.issues.setdefault(number, Trace())
        event = entry["event"]
        if event in ("state", "stopped"):
            self._move(trace, entry)
        elif event == "done":
            trace.state, trace.phase, trace.reason = "done", entry.get("phase"), ""
            trace.since, trace.until = entry["at"], None
            trace.pull = entry.get("pull") or trace.pull
        elif event == "attempt":
            trace.attempts += 1
            if entry.get("cost_usd") is not None:
                trace.cost_usd = (trace.cost_usd or 0.0) + float(entry["cost_usd"])

    @staticmethod
    def _move(trace: Trace, entry: Mapping[str, Any]) -> None:
        new = (str(entry.get("state")), entry.get("phase"))
        if new != (trace.state, trace.phase):
            trace.since = entry["at"]
        trace.state, trace.phase = new
        trace.stopped = entry["event"] == "stopped"
        trace.reason, trace.until = str(entry.get("reason") or ""), entry.get("until")


def read_traces(paths: StatePaths) -> Traces:
    traces = Traces()
    for entry in read_journal(paths.journal):
        traces.add(entry)
    return traces


def read_status(milestone: Milestone, running: bool) -> MilestoneStatus:
    """The status of all issues. `running`: a runner is alive, so what the journal says is going on still is."""
    traces, derived = read_traces(milestone.paths), milestone.schedule
    found: dict[int, IssueStatus] = {}
    for issue in milestone.plan.issues.values():
        trace = traces.issues.get(issue.number, Trace())
        found[issue.number] = _own(milestone, issue, trace, running)
    for number in derived.todo:
        found[number] = _with_blockers(found, number, derived)
    forge = traces.forge(time.time()) if running else ""
    return MilestoneStatus(milestone.plan.milestone.title, dict(sorted(found.items())), forge)


def _own(milestone: Milestone, issue: PlannedIssue, trace: Trace, running: bool) -> IssueStatus:
    """What the issue's own traces say, its blockers apart."""
    settings, derived = milestone.settings, milestone.schedule
    receipt = read_receipt(milestone.paths.receipt(issue.number, "merge"), issue.number, "merge")
    known = IssueStatus("pending", pull=trace.pull, cost_usd=trace.cost_usd, attempts=trace.attempts)
    if receipt:
        pull = receipt.values.get("pull", trace.pull)
        reason = _reopened(milestone, receipt) if issue.reopened else ""
        reason = reason or ("closed outside of this run" if receipt.result == "closed" else "")
        return replace(known, state="merged", phase="merge", reason=reason, since=receipt.finished, pull=pull)
    if issue.state == "closed":
        if issue.state_reason == "not_planned":
            return replace(known, state="skipped", reason="closed as not planned")
        return replace(known, state="merged", reason="closed before the plan")
    if issue.number in settings.skip:
        return replace(known, state="skipped", reason="named in `skip`")
    if issue.number in derived.stuck:
        return replace(known, state="blocked", reason="in or behind a cycle")
    dead = [derived.dead[ref] for ref in derived.blockers[issue.number] if ref in derived.dead]
    if dead:
        return replace(known, state="blocked", reason="; ".join(dead))
    login = held_for(settings, issue)
    if login and not trace.state:
        how = how_to_allow(settings, login)
        return replace(known, reason=f"held: {login} may not write here; read it, then {how}")
    return _from_trace(known, trace, running)


def _reopened(milestone: Milestone, receipt: Receipt) -> str:
    """What a person should know of an issue that is open again."""
    commit = receipt.values.get("merge_commit")
    if commit:
        what = f"reopened after it was merged as {str(commit)[:10]}: not landed again"
        return f"{what}; for more work open a new issue"
    folder = milestone.paths.receipts(receipt.issue).relative_to(milestone.folder)
    return f"reopened after it was closed elsewhere: to work on it, remove {folder}"


def _from_trace(known: IssueStatus, trace: Trace, running: bool) -> IssueStatus:
    known = replace(known, phase=trace.phase, since=trace.since)
    if trace.state in ("running", "waiting") and not running and not trace.stopped:
        return replace(known, reason=f"interrupted in {trace.phase}")
    if trace.state in ("running", "waiting", "failed", "conflict", "skipped"):
        state: Any = trace.state
        return replace(known, state=state, reason=trace.reason, until=trace.until)
    if trace.state == "blocked" and not trace.reason.startswith("waits for"):
        return replace(known, state="blocked", reason=trace.reason)
    if trace.state == "done":
        return (
            replace(known, state="running")
            if running
            else replace(known, reason=f"to go on after {trace.phase}")
        )
    return known


def _with_blockers(found: Mapping[int, IssueStatus], number: int, derived: Schedule) -> IssueStatus:
    mine = found[number]
    if (
        mine.state not in ("pending", "running")
        or number in derived.stuck
        or mine.phase not in (None, "worktree")
    ):
        return mine
    waits = [ref for ref in derived.tasks_before(number) if found[ref].state != "merged"]
    for ref in waits:
        if found[ref].state in STOPPED:
            return replace(mine, state="skipped", phase=None, reason=cause(ref, found[ref]))
    if waits and mine.state == "pending":
        return replace(mine, phase=None, reason=f"waits for {', '.join(f'#{ref}' for ref in waits)}")
    return mine


def cause(number: int, status: IssueStatus) -> str:
    """`#12 failed (ci)`: why a dependant is skipped; the first cause of a chain is handed on."""
    if status.state == "skipped" and status.reason.startswith("#"):
        return status.reason
    said = {
        "failed": "failed",
        "conflict": "is in conflict",
        "blocked": "is blocked",
        "skipped": "is skipped",
    }
    return f"#{number} {said[status.state]}" + (f" ({status.phase})" if status.phase else "")
