"""ci: the required checks are present and green on the head SHA; no check yet is not green."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..checks import CheckResult, named
from ..errors import PhaseStop
from ..model import CheckRun, PlannedIssue
from ..paths import MANIFEST
from . import prompts
from .base import Context, Given, Outcome
from .pull import ours, publish
from .work import settle


@dataclass(frozen=True, slots=True)
class Facts:
    """Check runs on the head; times in seconds. `has_ci`: the forge runs something on a commit at all.

    `waited` is counted from the push, `quiet` from the last look at which a run had come or changed.
    """

    runs: tuple[CheckRun, ...]
    required: frozenset[str]
    has_ci: bool
    waited: float
    quiet: float
    appear_within: float
    deadline: float
    rounds_left: int

    @property
    def counted(self) -> tuple[CheckRun, ...]:
        """The runs that matter: with required names only those; of a name that was begun anew, not the run that
        was cancelled for it.
        """
        runs = [run for run in self.runs if not self.required or run.name in self.required]
        others = {run.name for run in runs if run.conclusion != "cancelled"}
        return tuple(run for run in runs if run.conclusion != "cancelled" or run.name not in others)

    @property
    def missing(self) -> list[str]:
        """What is not there yet, as a person is told it."""
        names = sorted(self.required - {run.name for run in self.runs})
        return names or ([] if self.runs else ["any check"])


Step = Literal["green", "red", "absent", "cancelled", "approval", "wait"]


def decide(facts: Facts) -> Step | str:
    """The next step; any other text is the reason why the issue has failed."""
    red = _ended(facts.counted, "failure")
    if red:
        return "red" if facts.rounds_left else f"CI fails: {named(red)}"
    if facts.missing:
        return _absent(facts)
    cancelled = _ended(facts.counted, "cancelled")
    held = _ended(facts.counted, "action_required")
    running = [run for run in facts.counted if run.conclusion is None]
    if cancelled and not running and not held:
        # Something newer may be about to begin, or a person to start it anew.
        if facts.quiet < facts.appear_within:
            return "cancelled"
        return f"CI was cancelled: re-run {_where(cancelled)}, then run the same command again"
    if not (cancelled or held or running):
        return "green"
    if facts.waited >= facts.deadline:
        more = f": a person has to approve the run of {_where(held)}" if held else ""
        return f"CI was not done within {facts.deadline:.0f} s{more}"
    return "approval" if held and not running else "wait"


def _absent(facts: Facts) -> Step | str:
    """A check that waits for another one is not there before that one is done: it is waited for as well."""
    if not facts.has_ci and not facts.required:
        return "green"
    if any(run.conclusion is None for run in facts.runs):
        return "wait" if facts.waited < facts.deadline else f"CI was not done within {facts.deadline:.0f} s"
    if facts.quiet < facts.appear_within:
        return "absent"
    names = ", ".join(facts.missing)
    how = "see that CI runs on pull requests" if not facts.required else "mend CI, or `ci: {required: ...}`"
    there = ", ".join(sorted({run.name for run in facts.runs}))
    seen = f" (there are: {there})" if there else ""
    return (
        f"CI did not report {names} within {facts.appear_within:.0f} s{seen}: {how}; "
        f"`ci: skip` in {MANIFEST} waits for no CI"
    )


def _ended(runs: Sequence[CheckRun], how: str) -> list[CheckRun]:
    return [run for run in runs if run.conclusion == how]


def _where(runs: Sequence[CheckRun]) -> str:
    return ", ".join(f"`{run.name}`" + (f" ({run.url})" if run.url else "") for run in runs)


def run(context: Context, issue: PlannedIssue, given: Given) -> Outcome:
    number = int(given["pull"])
    head = green(context, issue, number, str(given["head"]))
    if given.get("draft"):
        context.forge.make_ready(number)
    runs = () if context.settings.ci_skip else context.forge.check_runs(number, head)
    return Outcome("done", {"pull": number, "head": head, "checks": sorted({run.name for run in runs})})


def green(context: Context, issue: PlannedIssue, number: int, head: str) -> str:
    """Wait until CI is green on `head`; what fails goes to the agent, and its new head is waited for. The head.

    Raises PhaseStop("failed") and Stopped.
    """
    if context.settings.ci_skip:
        return head
    rounds_left = context.settings.fix_rounds
    while True:
        red = _until_done(context, issue, number, head, rounds_left)
        if not red:
            return head
        rounds_left -= 1
        context.working(issue.number, "ci", f"CI fails: {named(red)}")
        request = prompts.failed_checks(red, "in CI")
        head = settle(context, issue, "ci", "ci", request, start_of(context, issue, head), head)
        publish(context, issue, head, number)


def start_of(context: Context, issue: PlannedIssue, head: str) -> str:
    """The commit below the issue's own ones."""
    base = context.mirror.remote_tip(context.settings.base)
    start = context.mirror.merge_base(base, head) if base else None
    if start is None:
        raise PhaseStop("blocked", f"branch {issue.branch} shares no commit with {context.settings.base}")
    return start


def _until_done(
    context: Context, issue: PlannedIssue, number: int, head: str, rounds_left: int
) -> list[CheckResult]:
    """What is red on `head`, with its output; nothing: it is green."""
    context.working(issue.number, "ci")
    begin, changed = context.clocks.begin(issue.number, "ci", head), time.monotonic()
    facts, told = _begin(context, head, rounds_left), ""
    for pause in context.patience.pauses():
        runs, now = tuple(context.forge.check_runs(number, head)), time.monotonic()
        if not runs:
            ours(context, issue, number, head)  # of a head that was replaced nothing will come
        changed = changed if runs == facts.runs else now
        facts = replace(facts, runs=runs, waited=now - begin, quiet=now - changed)
        if _ended(facts.counted, "failure"):
            facts = replace(facts, runs=_with_output(context, facts))
        step = decide(facts)
        if step in ("green", "red"):
            context.clocks.end(issue.number, "ci", head)
        if step == "green":
            return []
        if step == "red":
            return [CheckResult(run.name, False, run.output) for run in _ended(facts.counted, "failure")]
        if step not in ("absent", "cancelled", "approval", "wait"):
            raise PhaseStop("failed", step)
        if step != told:
            _tell(context, issue, step, facts)
        told = step
        context.forge.wait(number, pause)
    raise AssertionError("pauses have no end")


def _begin(context: Context, head: str, rounds_left: int) -> Facts:
    settings = context.settings
    has_ci = context.forge.ensure_checks(head)
    return Facts(
        runs=(),
        required=frozenset(settings.ci_required) or context.forge.required_checks(settings.base),
        has_ci=has_ci,
        waited=0.0,
        quiet=0.0,
        appear_within=settings.ci_appear_within,
        deadline=settings.ci_deadline,
        rounds_left=rounds_left,
    )


def _with_output(context: Context, facts: Facts) -> tuple[CheckRun, ...]:
    """The runs that matter, those that failed with what they have to say."""
    return tuple(
        replace(run, output=context.forge.check_output(run)) if run.conclusion == "failure" else run
        for run in facts.counted
    )


def _tell(context: Context, issue: PlannedIssue, step: str, facts: Facts) -> None:
    left = facts.deadline - facts.waited
    reason = "CI"
    if step == "absent":
        names = f" ({', '.join(facts.missing)})" if facts.required else ""
        left, reason = facts.appear_within - facts.quiet, f"CI to begin{names}"
    elif step == "cancelled":
        left = facts.appear_within - facts.quiet
        reason = f"CI that was cancelled, to run again ({_where(_ended(facts.counted, 'cancelled'))})"
    elif step == "approval":
        reason = f"a person to approve the run of {_where(_ended(facts.counted, 'action_required'))}"
    context.waiting(issue.number, "ci", reason, time.time() + left)
