"""pull: the branch is pushed, with a lease, and has one open pull request: ours, or one that was there."""

from dataclasses import dataclass
from typing import Literal

from ..errors import Conflict, PhaseStop
from ..forge.base import NewPull
from ..model import PlannedIssue, Pull, show_ref
from ..receipts import Receipt
from .attempts import cost, read_attempts
from .base import Context, Outcome


@dataclass(frozen=True, slots=True)
class Facts:
    """The branch here and on the forge; `theirs` None: not there. `ours_before`: we pushed what is there."""

    ours: str
    theirs: str | None
    ours_before: bool
    theirs_contained: bool


Step = Literal["nothing", "push"]


def decide(facts: Facts) -> Step | str:
    """Push only over what we pushed ourselves or already hold; any other text is the reason not to."""
    if facts.theirs == facts.ours:
        return "nothing"
    if facts.theirs is None or facts.ours_before or facts.theirs_contained:
        return "push"
    return (
        f"its branch was pushed by somebody else ({facts.theirs[:10]}): fetch it, or delete it on the forge"
    )


def run(context: Context, issue: PlannedIssue, before: Receipt | None) -> Outcome:
    assert before is not None
    pull = publish(context, issue, str(before.values["head"]))
    return Outcome("done", {"pull": pull.number, "url": pull.url, "head": pull.head})


def publish(context: Context, issue: PlannedIssue, head: str) -> Pull:
    """Push `head` to the issue's branch and see that a pull request is open for it.

    Raises PhaseStop("blocked") when somebody else pushed, closed or retargeted.
    """
    mirror = context.mirror
    mirror.fetch(issue.branch)
    theirs = mirror.base_tip(issue.branch)
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
    return _open(context, issue, head)


def _facts(context: Context, issue: PlannedIssue, head: str, theirs: str | None) -> Facts:
    marks = {context.mirror.marked(issue.number, name) for name in ("pushed", "pushing")}
    return Facts(
        ours=head,
        theirs=theirs,
        ours_before=theirs in marks,
        theirs_contained=theirs is not None and context.mirror.is_ancestor(theirs, head),
    )


def _open(context: Context, issue: PlannedIssue, head: str) -> Pull:
    new = NewPull(
        issue=issue.number,
        branch=issue.branch,
        base=context.settings.base,
        head=head,
        title=issue.title,
        body=_body(context, issue),
    )
    return ours(context, issue, context.forge.open_pull(new).number, head)


def ours(context: Context, issue: PlannedIssue, number: int, head: str | None = None) -> Pull:
    """The pull request, if it still is as we left it (at `head`, or merged).

    Raises PhaseStop("blocked") when a person closed it, retargeted it or pushed to it.
    """
    pull = context.forge.pull(number)
    if pull.state == "closed":
        raise PhaseStop("blocked", f"pull request #{number} was closed by a person: reopen it, run again")
    if pull.state == "open" and pull.base != context.settings.base:
        raise PhaseStop(
            "blocked", f"pull request #{number} was retargeted to {pull.base}: set it back, run again"
        )
    if pull.state == "open" and head is not None and pull.head != head:
        raise PhaseStop(
            "blocked", f"somebody pushed to {issue.branch} ({pull.head[:10]}): look at it, run again"
        )
    return pull


def _body(context: Context, issue: PlannedIssue) -> str:
    attempts = read_attempts(context.paths, issue.number)
    spent = cost(attempts)
    lines = [attempts[-1].summary] if attempts and attempts[-1].summary else []
    lines += ["", f"Closes #{issue.number}", ""]
    if issue.depends_on:
        lines.append("After " + ", ".join(show_ref(edge.issue) for edge in issue.depends_on) + ".")
    if attempts:
        lines.append(
            f"Attempts: {len(attempts)}" + (f", cost: ${spent:.2f}" if spent is not None else "") + "."
        )
    return "\n".join(lines).strip() + "\n"
