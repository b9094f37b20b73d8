"""ci: the required checks are present and green on the head SHA; no check yet is not green."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..checks import CheckResult, named
from ..errors import PhaseStop
from ..model import CheckRun, PlannedIssue
from . import prompts
from .base import Context, Given, Outcome
from .pull import publish
from .work import settle

POLL_FIRST, POLL_LAST = 15.0, 120.0
"""Seconds between looks at a CI that is not done, doubled from the first to the last."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Check runs on the head; times in seconds. `expects_none`: this project has no checks at all."""

    runs: tuple[CheckRun, ...]
    required: frozenset[str]
    expects_none: bool
    waited: float
    appear_within: float
    deadline: float
    rounds_left: int


Step = Literal["green", "red", "wait"]


def decide(facts: Facts) -> Step | str:
    """The next step; any other text is the reason why the issue has failed."""
    missing = facts.required - {run.name for run in facts.runs}
    red = [run for run in facts.runs if run.conclusion == "failure"]
    if red:
        return "red" if facts.rounds_left else f"CI fails: {named(red)}"
    absent = bool(missing) or not facts.runs
    if absent and facts.expects_none and not facts.required:
        return "green"
    if absent and facts.waited >= facts.appear_within:
        names = ", ".join(sorted(missing)) or "any check"
        return f"CI did not report {names} within {facts.appear_within:.0f} s"
    if not absent and all(run.conclusion for run in facts.runs):
        return "green"
    if facts.waited >= facts.deadline:
        return f"CI was not done within {facts.deadline:.0f} s"
    return "wait"


def run(context: Context, issue: PlannedIssue, given: Given) -> Outcome:
    head = green(context, issue, int(given["pull"]), str(given["head"]))
    names = sorted(check.name for check in context.forge.check_runs(int(given["pull"]), head))
    return Outcome("done", {"pull": given["pull"], "head": head, "checks": names})


def green(context: Context, issue: PlannedIssue, number: int, head: str) -> str:
    """Wait until CI is green on `head`; what fails goes to the agent, and its new head is waited for. The head.

    Raises PhaseStop("failed") and Stopped.
    """
    rounds_left = context.settings.fix_rounds
    while True:
        red = _until_done(context, issue, number, head, rounds_left)
        if not red:
            return head
        rounds_left -= 1
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
    begin, pause = time.monotonic(), POLL_FIRST
    until = time.time() + context.settings.ci_deadline
    context.working(issue.number, "ci")
    context.forge.ensure_checks(head)
    while True:
        runs = context.forge.check_runs(number, head)
        step = decide(_facts(context, runs, time.monotonic() - begin, rounds_left))
        if step == "green":
            return []
        if step == "red":
            return [CheckResult(run.name, False, run.output) for run in runs if run.conclusion == "failure"]
        if step != "wait":
            raise PhaseStop("failed", step)
        context.waiting(issue.number, "ci", "CI", until)
        context.forge.wait(number, pause)
        pause = min(pause * 2, POLL_LAST)


def _facts(context: Context, runs: Sequence[CheckRun], waited: float, rounds_left: int) -> Facts:
    return Facts(
        runs=tuple(runs),
        required=context.forge.required_checks(context.settings.base),
        expects_none=not context.settings.checks,
        waited=waited,
        appear_within=context.settings.ci_appear_within,
        deadline=context.settings.ci_deadline,
        rounds_left=rounds_left,
    )
