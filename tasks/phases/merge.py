"""merge: the approved content lands through the train; a conflict goes to the agent once."""

import time
from dataclasses import dataclass, replace
from typing import Literal

from ..checks import named
from ..durations import format_duration
from ..errors import Behind, ForgeError, Moved, NotYet, PhaseStop
from ..model import PlannedIssue, Pull
from ..train.landing import AlreadyThere, Landed, Rejected
from . import comment, prompts
from .approve import obtain
from .attempts import read_attempts
from .base import Context, Given, Outcome
from .checkout import take_head
from .ci import green, start_of
from .harmless import harmless
from .pull import LAG, ours, own_head, publish
from .work import settle

MOVES = 20
"""How often base may move under a landing before somebody should look."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the last try to land gave; `moves` counts how often base was moved by somebody else."""

    landed: Landed | None = None
    rejected: Rejected | None = None
    approved: bool = True
    repaired: bool = False
    moves: int = 0
    behind: bool = False
    """The forge wants base to be in the branch first."""
    waits_for: str = ""
    """What keeps it from landing for now."""
    person: bool = False
    """Somebody has to act before it can land."""
    waited: float = 0.0
    deadline: float = 0.0
    contained: int = 0
    """How often base was seen to hold the change already, while its pull request was open."""


Step = Literal[
    "done",
    "land",
    "approve",
    "repair",
    "catch_up",
    "wait",
    "conflict",
    "failed",
    "give_up",
    "late",
    "contained",
]


def decide(facts: Facts) -> Step:
    """The next step after a try to land. A person is waited for as long as it takes."""
    if facts.landed:
        return "done"
    if facts.rejected and not facts.repaired:
        return "repair"
    if facts.rejected:
        return "conflict" if facts.rejected.kind == "conflict" else "failed"
    if not facts.approved:
        return "approve"
    if facts.moves >= MOVES:
        return "give_up"
    if facts.behind:
        return "catch_up"
    if facts.waits_for:
        return "wait" if facts.person or facts.waited < facts.deadline else "late"
    if facts.contained > len(LAG):
        return "contained"
    return "land"


def run(context: Context, issue: PlannedIssue, given: Given) -> Outcome:
    number, head = int(given["pull"]), str(given["head"])
    patch_id = str(given["patch_id"])
    pull = ours(context, issue, number)
    if pull.state == "merged":
        return _finish(context, issue, number, _accept(context, issue, pull), "adopted")
    head, moved = own_head(context, issue, pull, head)
    head, facts = (green(context, issue, number, head) if moved else head), Facts()
    while True:
        step = decide(facts)
        if step == "done":
            assert facts.landed is not None
            return _finish(context, issue, number, facts.landed, "done")
        if step == "land":
            head = green(context, issue, number, head)
            facts = _try(context, issue, number, patch_id, head, facts)
        elif step == "wait":
            facts = _wait(context, issue, number, patch_id, head, facts)
        elif step == "approve":
            approval = obtain(context, issue, number, head)
            head, patch_id, facts = approval.head, approval.patch_id, Facts(repaired=facts.repaired)
        elif step == "repair":
            assert facts.rejected is not None
            head = _repair(context, issue, number, head, facts.rejected)
            facts = Facts(repaired=True)
        elif step == "catch_up":
            head, facts = _catch_up(context, issue, number, head, facts)
        else:
            raise _stop(context, step, facts)


def _try(context: Context, issue: PlannedIssue, number: int, patch_id: str, head: str, facts: Facts) -> Facts:
    if not facts.waits_for:
        context.working(issue.number, "merge")
    pull = ours(context, issue, number, head)
    if pull.state == "merged":
        return Facts(landed=_accept(context, issue, pull))
    log, words = context.paths.log(issue.number, "checks"), message(context, issue, number)
    try:
        context.forge.may_land(number, head, context.settings.base)
        landed = context.train.land(pull, issue.number, patch_id, head, words, log)
    except AlreadyThere:
        # Base moves a moment before the forge says that it merged, in a queue or by a person's hand.
        context.stop.sleep(LAG[min(facts.contained, len(LAG) - 1)])
        return Facts(repaired=facts.repaired, contained=facts.contained + 1)
    except Moved:
        return Facts(repaired=facts.repaired, moves=facts.moves + 1)
    except Behind:
        return Facts(repaired=facts.repaired, moves=facts.moves + 1, behind=True)
    except NotYet as wait:
        return replace(
            Facts(repaired=facts.repaired, deadline=context.settings.ci_deadline),
            waits_for=str(wait),
            person=wait.person,
        )
    if isinstance(landed, Rejected):
        return Facts(rejected=landed, repaired=facts.repaired)
    return Facts(landed=landed, approved=landed is not None, repaired=facts.repaired)


def _accept(context: Context, issue: PlannedIssue, pull: Pull) -> Landed:
    """What the forge, or a person, has merged."""
    return context.train.accept(
        pull.number, str(pull.merge_commit), context.paths.log(issue.number, "checks")
    )


def _wait(
    context: Context, issue: PlannedIssue, number: int, patch_id: str, head: str, facts: Facts
) -> Facts:
    """Look again and again, for as long as the same keeps it from landing; what the last look gave."""
    reason, person = facts.waits_for, facts.person
    clock = (issue.number, "merge", reason, head)
    begin = context.clocks.begin(*clock)
    until = None if person else time.time() + facts.deadline - (time.monotonic() - begin)
    context.waiting(issue.number, "merge", reason, until)
    for pause in context.patience.pauses():
        context.forge.wait(number, pause)
        looked = facts
        if not _stands(context, number, head, facts):
            looked = _try(context, issue, number, patch_id, head, facts)
        # A person takes as long as it takes; the clock is for all else.
        facts = replace(looked, waited=0.0 if person else time.monotonic() - begin)
        if (facts.waits_for, facts.person) != (reason, person) or decide(facts) != "wait":
            context.clocks.end(*clock)
            return facts
    raise AssertionError("pauses have no end")


def _stands(context: Context, number: int, head: str, facts: Facts) -> bool:
    """Does the same keep it from landing, by what the tick that was just waited for has told?"""
    try:
        context.forge.may_land(number, head, context.settings.base)
    except NotYet as wait:
        return (str(wait), wait.person) == (facts.waits_for, facts.person)
    except ForgeError:
        return False
    return False


def _catch_up(
    context: Context, issue: PlannedIssue, number: int, head: str, facts: Facts
) -> tuple[str, Facts]:
    """Bring the branch onto base as it is now; the new, green head."""
    new, after = context.train.caught_up(head), replace(facts, behind=False)
    if isinstance(new, Rejected):
        return head, replace(after, rejected=new)
    if new == head:
        # It holds base already; the forge has not seen it yet.
        context.forge.wait(number, context.patience.first)
        return head, after
    context.working(issue.number, "merge", f"{context.settings.base} moved: the branch is brought onto it")
    take_head(context, issue, new)
    publish(context, issue, new, number)
    return green(context, issue, number, new), after


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
    if step == "late":
        within = format_duration(facts.deadline)
        return PhaseStop("failed", f"it could not land within {within}: it waits for {facts.waits_for}")
    if step == "contained":
        return PhaseStop(
            "blocked",
            f"{context.settings.base} holds this change already: close the issue, or delete its branch",
        )
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
    summary = harmless(attempts[-1].summary.strip()) if attempts else ""
    parts = [f"{harmless(issue.title)} (#{number})", summary, f"Closes #{issue.number}"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _finish(context: Context, issue: PlannedIssue, number: int, landed: Landed, result: str) -> Outcome:
    if result == "done" and not landed.as_validated:
        text = (
            f"{landed.commit[:10]} holds what others pushed in the last instant as well; it passes the checks"
        )
        context.note("note", issue.number, text=text)
    pull, found = context.forge.look(number, issue.number)
    if found and found.state == "open":
        context.forge.close_issue(issue.number)
    comment.landed(context, issue, number, landed.commit)
    return Outcome(
        result,
        {
            "pull": number,
            "head": pull.head,
            "merge_commit": landed.commit,
            "tree": context.mirror.tree(landed.commit),
            "base": context.settings.base,
        },
    )
