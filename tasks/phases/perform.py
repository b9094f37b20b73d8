"""Run one phase of one issue between its receipts: read what is proved, act, prove it."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..durations import format_duration
from ..errors import MilestoneError, PhaseStop, Stopped, Unreachable
from ..model import PHASES, PlannedIssue
from ..paths import StatePaths
from ..receipts import FINISHED, Receipt, digest, read_receipt, write_receipt
from . import approve, ci, cleanup, comment, merge, pull, review, work, worktree
from .base import Context, Outcome, Phase
from .patience import Outage

TABLE: Mapping[str, Phase] = {
    "worktree": worktree,
    "work": work,
    "pull": pull,
    "ci": ci,
    "review": review,
    "approve": approve,
    "merge": merge,
    "cleanup": cleanup,
}

BETWEEN = PHASES[PHASES.index("ci") : PHASES.index("cleanup")]
"""Phases of an issue that has a pull request and has not landed."""


def landed(paths: StatePaths, issue: int) -> Receipt | None:
    """The receipt of an issue that has landed (or needs not)."""
    return read_receipt(paths.receipt(issue, "merge"), issue, "merge")


def perform(context: Context, name: str, number: int, inputs: Sequence[Path]) -> Receipt:
    """Run the phase unless its receipt stands; the receipt.

    `inputs` are the receipts that the phase depends on. Raises PhaseStop with the state and the
    reason, Stopped, or OSError when the receipt cannot be written (the effect is then adopted next time).
    """
    issue, path = context.issues[number], context.paths.receipt(number, name)
    there = read_receipt(path, number, name)
    digests = {str(file.relative_to(context.paths.root)): digest(file) for file in inputs}
    if there and (there.inputs == digests or (name != "cleanup" and landed(context.paths, number))):
        return there
    started = time.time()
    context.working(number, name)
    try:
        outcome = _patiently(context, name, issue)
    except Stopped:
        raise
    except PhaseStop as stop:
        _comment(context, name, issue, stop)
        raise
    except MilestoneError as error:
        failed = PhaseStop("failed", str(error))
        _comment(context, name, issue, failed)
        raise failed from error
    receipt = Receipt(number, name, outcome.result, digests, started, time.time(), outcome.values)
    write_receipt(path, receipt)
    context.note("done", number, phase=name, result=outcome.result, **_told(outcome.values))
    return receipt


def _comment(context: Context, name: str, issue: PlannedIssue, stop: PhaseStop) -> None:
    """Say on the issue why it stopped, once it has a pull request."""
    opened = read_receipt(context.paths.receipt(issue.number, "pull"), issue.number, "pull")
    if opened and opened.result not in FINISHED and name in BETWEEN:
        comment.stopped(context, issue, name, int(opened.values["pull"]), stop)


def _patiently(context: Context, name: str, issue: PlannedIssue) -> Outcome:
    """Run the phase, and again after each time that the forge could not be reached: a phase observes, and adopts
    what is there. Raises PhaseStop("failed") when that lasts too long.
    """
    outage = Outage(context.patience)
    while True:
        try:
            return _run(context, name, issue)
        except Unreachable as error:
            until = outage.until(time.time(), error.retry_at)
            if until is None:
                tried = format_duration(time.time() - outage.began)
                raise PhaseStop("failed", f"the forge: {error}; given up after {tried}") from error
            context.waiting(issue.number, name, f"the forge: {error}", until)
            with context.slots.lend(issue.number):
                context.stop.sleep(max(0.0, until - time.time()))
            context.working(issue.number, name)


def _run(context: Context, name: str, issue: PlannedIssue) -> Outcome:
    before = _before(context, name, issue)
    if before and before.result in FINISHED and name != "cleanup":
        return Outcome(before.result, before.values)
    return TABLE[name].run(context, issue, before.values if before else {})


def _before(context: Context, name: str, issue: PlannedIssue) -> Receipt | None:
    at = PHASES.index(name)
    if at == 0:
        return None
    before = read_receipt(context.paths.receipt(issue.number, PHASES[at - 1]), issue.number, PHASES[at - 1])
    if before is None:
        raise MilestoneError(f"the receipt of {PHASES[at - 1]}:{issue.number} cannot be read: run again")
    return before


def _told(values: Mapping[str, object]) -> dict[str, object]:
    return {
        key: values[key]
        for key in ("pull", "url", "cost_usd", "attempts", "merge_commit", "quarantine")
        if key in values
    }
