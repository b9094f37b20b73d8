"""pull: the branch is pushed, with a lease, and has one open pull request: ours, or one that was there."""

from dataclasses import dataclass
from typing import Literal

from ..errors import Conflict, PhaseStop
from ..forge.base import NewPull
from ..git.mirror import MARKS
from ..model import Issue, PlannedIssue, Pull
from . import comment
from .attempts import read_attempts
from .base import Context, Given, Outcome
from .harmless import harmless
from .pull_text import pull_text


@dataclass(frozen=True, slots=True)
class Facts:
    """The branch here and on the forge; `theirs` None: not there. `ours_before`: we pushed what is there."""

    ours: str
    theirs: str | None
    ours_before: bool
    theirs_contained: bool


Step = Literal["nothing", "push"]
LAG = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between looks whether the forge knows of a push."""
OURS_OR_THEIRS = (
    "to keep ours, delete it on the forge; to take theirs, remove our worktree and our branch in repo.git"
)


def decide(facts: Facts) -> Step | str:
    """Push only over what we pushed ourselves or already hold; any other text is the reason not to."""
    if facts.theirs == facts.ours:
        return "nothing"
    if facts.theirs is None or facts.ours_before or facts.theirs_contained:
        return "push"
    return f"its branch was pushed by somebody else ({facts.theirs[:10]}): {OURS_OR_THEIRS}"


def run(context: Context, issue: PlannedIssue, given: Given) -> Outcome:
    pull = publish(context, issue, str(given["head"]))
    comment.opened(context, issue, pull)
    found = {"pull": pull.number, "url": pull.url, "head": pull.head}
    return Outcome("done", {**found, "draft": True} if pull.draft else found)


def publish(context: Context, issue: PlannedIssue, head: str, number: int | None = None) -> Pull:
    """Push `head` to the issue's branch and see that a pull request is open for it.

    `number`: the pull request that it belongs to already. Raises PhaseStop("blocked") when somebody else pushed,
    closed or retargeted.
    """
    if number is not None:
        ours(context, issue, number)
    mirror = context.mirror
    mirror.fetch(issue.branch)
    theirs = mirror.remote_tip(issue.branch)
    step = decide(_facts(context, issue, head, theirs))
    if step == "push":
        mirror.mark(issue.number, "pushing", head)
        try:
            mirror.push(head, issue.branch, expected=theirs)
        except Conflict as conflict:
            raise PhaseStop("blocked", str(conflict)) from None
    elif step != "nothing":
        raise PhaseStop("blocked", step)
    mirror.mark(issue.number, "pushed", head)
    return _open(context, issue, head) if number is None else _followed(context, issue, number, head, theirs)


def _followed(context: Context, issue: PlannedIssue, number: int, head: str, before: str | None) -> Pull:
    """The pull request at `head`. A forge may show the head from `before` the push for a moment."""
    for pause in LAG:
        if ours(context, issue, number).head != before or head == before:
            break
        context.stop.sleep(pause)
    return ours(context, issue, number, head)


def _facts(context: Context, issue: PlannedIssue, head: str, theirs: str | None) -> Facts:
    return Facts(
        ours=head,
        theirs=theirs,
        ours_before=theirs is not None and is_ours(context, issue, theirs),
        theirs_contained=theirs is not None and context.mirror.is_ancestor(theirs, head),
    )


def is_ours(context: Context, issue: PlannedIssue, head: str) -> bool:
    """Did we push this head, or were we about to when we were killed?"""
    return head in {context.mirror.marked(issue.number, name) for name in MARKS}


def _open(context: Context, issue: PlannedIssue, head: str) -> Pull:
    new = NewPull(
        issue=issue.number,
        branch=issue.branch,
        base=context.settings.base,
        head=head,
        title=harmless(issue.title),
        body=pull_text(context.pull_template, issue, read_attempts(context.paths, issue.number)),
        labels=context.settings.pull_labels,
        draft=context.settings.pull_draft,
    )
    return ours(context, issue, context.forge.open_pull(new).number, head)


def ours(context: Context, issue: PlannedIssue, number: int, head: str | None = None) -> Pull:
    """The pull request, if it still is as we left it (at `head`, or merged).

    Raises PhaseStop("blocked") when a person closed it or its issue, retargeted it or pushed to it.
    """
    pull, found = context.forge.look(number, issue.number)
    _see_that_it_is_wanted(found)
    if pull.state == "closed":
        raise PhaseStop(
            "blocked",
            f"pull request #{number} was closed by a person: reopen it, or name the issue in `skip`",
        )
    if pull.state == "open" and pull.base != context.settings.base:
        raise PhaseStop(
            "blocked",
            f"pull request #{number} was retargeted to {pull.base}: set it to {context.settings.base}",
        )
    if pull.state == "open" and head is not None and pull.head != head:
        raise PhaseStop(
            "blocked",
            f"somebody pushed to {issue.branch} ({pull.head[:10]}): set it back to {head[:10]} to keep ours",
        )
    return pull


def _see_that_it_is_wanted(issue: Issue | None) -> None:
    if issue and issue.state == "closed" and not issue.completed:
        raise PhaseStop(
            "blocked", f"#{issue.number} was closed as not planned: reopen it, or name it in `skip`"
        )


def own_head(context: Context, issue: PlannedIssue, pull: Pull, expected: str) -> tuple[str, bool]:
    """(head, whether it moved): the expected head, or a later one that we pushed before a crash.

    Raises PhaseStop("blocked") when somebody else pushed.
    """
    if pull.state == "merged" or pull.head == expected:
        return pull.head, False
    if is_ours(context, issue, pull.head):
        return pull.head, True
    return ours(context, issue, pull.number, expected).head, False
