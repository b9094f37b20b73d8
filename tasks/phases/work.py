"""work: the agent writes the code. The verdict comes from the branch: commits there, the commit it started
from still below them, a clean tree, checks that pass. No exit code is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..checks import CheckResult, failures, named
from ..errors import MilestoneError, PhaseStop
from ..git.worktree import Worktree
from ..model import PlannedIssue
from ..naming import COMMAND
from ..printable import few
from . import prompts
from .attempts import Attempt, cost, cut_off, first_prompt, read_attempts, run_agent
from .base import Context, Given, Outcome
from .checkout import open_worktree, take_head
from .harmless import harmless


@dataclass(frozen=True, slots=True)
class Facts:
    """What was seen on the branch. `checks` is None until they ran on this very `head`."""

    asked: bool
    """Was the agent asked in this round (or was there nothing to ask for)?"""
    cut_off: bool = False
    ended: str | None = None
    detail: str = ""
    head: str = ""
    has_work: bool = False
    contains_start: bool = True
    stray: bool = False
    """Commits were made elsewhere, in a way that the branch cannot take over."""
    in_the_middle_of: str | None = None
    changes: tuple[str, ...] = ()
    checks: tuple[CheckResult, ...] | None = None
    rounds_left: int = 0


Step = Literal["ask", "resume", "finish", "commit", "check", "fix", "done"]


def decide(facts: Facts) -> Step | str:
    """The next step; any other text is the reason why the issue has failed."""
    if facts.cut_off:
        return "resume"
    if not facts.asked:
        return "ask"
    if facts.ended == "not_found":
        return facts.detail
    if facts.stray:
        return "the agent left its branch and the commits it made do not continue it"
    if facts.in_the_middle_of:
        return "finish" if facts.rounds_left else f"the agent left a {facts.in_the_middle_of} unfinished"
    if facts.ended == "timeout" and (facts.changes or not facts.has_work):
        return f"the agent reached its time limit before it was done ({facts.detail})"
    if facts.changes:
        return "commit"
    if not facts.has_work:
        return (
            f"the agent ended without any change on the branch{f' ({facts.detail})' if facts.detail else ''}"
        )
    if not facts.contains_start:
        return "the branch no longer contains the commit that it started from"
    if facts.checks is None:
        return "check"
    if failures(facts.checks):
        why = named(failures(facts.checks))
        return "fix" if facts.rounds_left else f"checks fail after the fix rounds: {why}"
    return "done"


def run(context: Context, issue: PlannedIssue, given: Given) -> Outcome:
    start = str(given["start"])
    context.mirror.fetch(context.settings.base, issue.branch)
    _take_what_was_pushed(context, issue)
    start = _catch_up(context, issue, start)
    before_this = read_attempts(context.paths, issue.number)
    cut_short = bool(before_this) and before_this[-1].ended == "timeout"
    has_work = _has_work(context, start, _head(context, issue)) and not cut_short
    request = None if has_work else first_prompt(context, issue)
    head = settle(context, issue, "work", "work", request, start)
    attempts = read_attempts(context.paths, issue.number)
    return Outcome(
        "done" if attempts else "adopted",
        {
            "head": head,
            "start": start,
            "attempts": len(attempts),
            "cost_usd": cost(attempts),
            "summary": attempts[-1].summary if attempts else "",
        },
    )


def _take_what_was_pushed(context: Context, issue: PlannedIssue) -> None:
    """Commits that somebody added to the branch on the forge since it was checked out."""
    mirror = context.mirror
    ours, theirs = mirror.tip(issue.branch), mirror.remote_tip(issue.branch)
    if ours and theirs and ours != theirs and mirror.is_ancestor(ours, theirs):
        take_head(context, issue, theirs)


def _catch_up(context: Context, issue: PlannedIssue, start: str) -> str:
    """Bring a branch that nobody else has seen onto the base of today, if it goes without a conflict: what
    failed yesterday may have been base's fault. The commit that its own work starts from, as it is now: an
    earlier run may have been killed right behind this.
    """
    mirror = context.mirror
    base, tip = mirror.remote_tip(context.settings.base), mirror.tip(issue.branch)
    if base is None or tip is None:
        return start
    if mirror.remote_tip(issue.branch) is None and not mirror.is_ancestor(base, tip):
        worktree = open_worktree(context, issue)
        if worktree.state().settled and worktree.branch() == issue.branch:
            if mirror.is_ancestor(tip, base):
                worktree.reset(base)
            else:
                worktree.rebase(base)
    return mirror.merge_base(base, f"refs/heads/{issue.branch}") or start


def settle(
    context: Context,
    issue: PlannedIssue,
    phase: str,
    kind: str,
    request: str | None,
    start: str,
    since: str = "",
) -> str:
    """Ask the agent (unless `request` is None) and go on until the branch is good; its head.

    `since` is the head that the request is about: if the branch has left it already, an earlier run was cut
    off behind the agent's answer, and nothing is asked again.
    Raises PhaseStop("failed") when the branch does not get good within the fix rounds, and Stopped.
    """
    answered = bool(since) and _head(context, issue) != since
    facts = Facts(asked=request is None or answered, rounds_left=context.settings.fix_rounds)
    while True:
        context.stop.check()
        if facts.checks is None:
            facts = _observe(context, issue, facts, start)
        step = decide(facts)
        if step == "done":
            return facts.head
        if step == "commit":
            _commit(context, issue, facts.changes)
        elif step == "check":
            facts = replace(facts, checks=tuple(_check(context, issue, phase, facts.head)))
        elif step in ("ask", "resume", "finish", "fix"):
            if step in ("finish", "fix"):
                facts = replace(facts, rounds_left=facts.rounds_left - 1)
            attempt = run_agent(context, issue, phase, *_request(facts, step, kind, request))
            facts = replace(facts, asked=True, ended=attempt.ended, detail=_detail(attempt), checks=None)
        else:
            raise PhaseStop("failed", step)


def _commit(context: Context, issue: PlannedIssue, changes: Sequence[str]) -> None:
    """What the agent left uncommitted; a person may have put it there, so it is told."""
    if not open_worktree(context, issue).commit_all(harmless(issue.title)):
        raise PhaseStop("failed", f"changes that git cannot commit: {few(changes)}")
    context.note("note", issue.number, text=f"committed what lay in its worktree: {few(changes)}")


def _request(facts: Facts, step: str, kind: str, request: str | None) -> tuple[str, str]:
    """(kind, prompt) of the attempt; one that is resumed brings its own."""
    if step == "fix":
        return "checks", prompts.failed_checks(failures(facts.checks or ()), "in a clean checkout")
    if step == "finish":
        return "checks", prompts.unfinished(facts.in_the_middle_of or "merge")
    return kind, request or ""


def _observe(context: Context, issue: PlannedIssue, facts: Facts, start: str) -> Facts:
    if cut_off(read_attempts(context.paths, issue.number)):
        return replace(facts, cut_off=True)
    worktree = open_worktree(context, issue)
    if not facts.asked:
        return replace(facts, cut_off=False)
    state = worktree.state()
    stray = not state.unfinished and not _back_on_branch(context, issue, worktree)
    head = _head(context, issue)
    return replace(
        facts,
        cut_off=False,
        stray=stray,
        head=head,
        has_work=_has_work(context, start, head),
        contains_start=context.mirror.is_ancestor(start, head),
        in_the_middle_of=state.unfinished,
        changes=state.changes,
    )


def _back_on_branch(context: Context, issue: PlannedIssue, worktree: Worktree) -> bool:
    """Take commits over that were made on another branch or on none; False: they do not continue ours."""
    if worktree.branch() == issue.branch:
        return True
    head, tip = worktree.head(), _head(context, issue)
    if not context.mirror.is_ancestor(tip, head):
        return False
    context.mirror.set_branch(issue.branch, head)
    worktree.switch(issue.branch)
    return True


def _head(context: Context, issue: PlannedIssue) -> str:
    tip = context.mirror.tip(issue.branch)
    if tip is None:
        how = f"`{COMMAND} clean worktree:{issue.number}`, then run again"
        raise MilestoneError(f"branch {issue.branch} is gone; to begin again: {how}")
    return tip


def _has_work(context: Context, start: str, head: str) -> bool:
    """Did the commits since `start` come to something? With the tree that they started from they did not."""
    mirror = context.mirror
    return mirror.tree(head) != mirror.tree(start) and not mirror.is_ancestor(head, start)


def _check(context: Context, issue: PlannedIssue, phase: str, head: str) -> Sequence[CheckResult]:
    context.working(issue.number, phase, "checks")
    return context.checks.on_commit(context.mirror, head, context.paths.log(issue.number, "checks"))


def _detail(attempt: Attempt) -> str:
    if attempt.detail:
        return attempt.detail
    return f"exit {attempt.code}" if attempt.code is not None else ""
