"""merge: the approved content lands through the train; a conflict goes to the agent once."""

from dataclasses import dataclass
from typing import Literal

from ..checks import named
from ..errors import Moved, PhaseStop
from ..model import PlannedIssue, Pull
from ..train.landing import Rejected
from . import prompts
from .approve import obtain
from .attempts import read_attempts
from .base import Context, Given, Outcome
from .ci import green, start_of
from .pull import ours, own_head, publish
from .work import settle

MOVES = 20
"""How often base may move under a landing before somebody should look."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the last try to land gave; `moves` counts how often base was moved by somebody else."""

    landed: str | None = None
    rejected: Rejected | None = None
    approved: bool = True
    repaired: bool = False
    moves: int = 0


Step = Literal["done", "land", "approve", "repair", "conflict", "failed", "give_up"]


def decide(facts: Facts) -> Step:
    """The next step after a try to land."""
    if facts.landed:
        return "done"
    if facts.rejected and not facts.repaired:
        return "repair"
    if facts.rejected:
        return "conflict" if facts.rejected.kind == "conflict" else "failed"
    if not facts.approved:
        return "approve"
    return "give_up" if facts.moves >= MOVES else "land"


def run(context: Context, issue: PlannedIssue, given: Given) -> Outcome:
    number, head = int(given["pull"]), str(given["head"])
    patch_id = str(given["patch_id"])
    pull = ours(context, issue, number)
    if pull.state == "merged":
        return _finish(context, issue, pull, str(pull.merge_commit), "adopted")
    head, moved = own_head(context, issue, pull, head)
    head, facts = (green(context, issue, number, head) if moved else head), Facts()
    while True:
        facts = _try(context, issue, number, patch_id, head, facts)
        step = decide(facts)
        if step == "done":
            return _finish(context, issue, pull, str(facts.landed), "done")
        if step == "approve":
            approval = obtain(context, issue, number, head)
            head, patch_id, facts = approval.head, approval.patch_id, Facts(repaired=facts.repaired)
        elif step == "repair":
            assert facts.rejected is not None
            head = _repair(context, issue, number, head, facts.rejected)
            facts = Facts(repaired=True)
        elif step != "land":
            raise _stop(context, step, facts)


def _try(context: Context, issue: PlannedIssue, number: int, patch_id: str, head: str, facts: Facts) -> Facts:
    context.working(issue.number, "merge")
    pull = ours(context, issue, number, head)
    log = context.paths.log(issue.number, "checks")
    try:
        landed = context.train.land(pull, issue.number, patch_id, head, message(context, issue, number), log)
    except Moved:
        return Facts(repaired=facts.repaired, moves=facts.moves + 1)
    if isinstance(landed, Rejected):
        return Facts(rejected=landed, repaired=facts.repaired)
    return Facts(landed=landed, approved=landed is not None, repaired=facts.repaired)


def _repair(context: Context, issue: PlannedIssue, number: int, head: str, rejected: Rejected) -> str:
    """One round of the agent on what keeps the branch from landing; the new, green head."""
    base, base_sha = context.settings.base, rejected.candidate_base
    if rejected.kind == "conflict":
        request = prompts.conflict(base, base_sha, rejected.files)
    else:
        request = prompts.broken_together(base, base_sha, rejected.checks)
    try:
        new = settle(context, issue, "merge", "conflict", request, start_of(context, issue, head), head)
    except PhaseStop as stop:
        raise PhaseStop(_state(rejected), f"{_why(context, rejected)}; {stop}") from None
    if new == head:
        raise PhaseStop(_state(rejected), f"{_why(context, rejected)}; the agent changed nothing")
    publish(context, issue, new, number)
    return green(context, issue, number, new)


def _stop(context: Context, step: Step, facts: Facts) -> PhaseStop:
    if facts.rejected is None:
        return PhaseStop(
            "failed", f"{context.settings.base} moved {MOVES} times under the landing: stop what pushes to it"
        )
    return PhaseStop(_state(facts.rejected), f"{_why(context, facts.rejected)}, after one try of the agent")


def _state(rejected: Rejected) -> Literal["conflict", "failed"]:
    return "conflict" if rejected.kind == "conflict" else "failed"


def _why(context: Context, rejected: Rejected) -> str:
    if rejected.kind == "conflict":
        return f"conflicts with {context.settings.base} in {', '.join(rejected.files) or 'some files'}"
    return f"checks fail on top of {context.settings.base}: {named(rejected.checks)}"


def message(context: Context, issue: PlannedIssue, number: int) -> str:
    """The message of the squash or merge commit."""
    attempts = read_attempts(context.paths, issue.number)
    summary = attempts[-1].summary.strip() if attempts else ""
    parts = [f"{issue.title} (#{number})", summary, f"Closes #{issue.number}"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _finish(context: Context, issue: PlannedIssue, pull: Pull, merge_commit: str, result: str) -> Outcome:
    context.forge.close_issue(issue.number)
    head = context.forge.pull(pull.number).head
    return Outcome(
        result,
        {
            "pull": pull.number,
            "head": head,
            "merge_commit": merge_commit,
            "tree": context.mirror.tree(merge_commit),
            "base": context.settings.base,
        },
    )
