"""The issue's worktree, found or mended: the one place where it is checked out."""

import time

from ..errors import PhaseStop
from ..git.worktree import Worktree
from ..model import PlannedIssue
from .base import Context


def open_worktree(context: Context, issue: PlannedIssue) -> Worktree:
    """The issue's worktree, whole and free of stale locks; made anew where it is not there.

    What lies in its place and is no whole worktree is moved to quarantine if an agent may have worked in it,
    and removed if its making was cut off. Nobody else may be working in it.
    """
    mirror, path = context.mirror, context.paths.worktree(issue.number)
    mirror.guard()
    if mirror.has_worktree(path):
        worktree = mirror.worktree(path)
        worktree.unlock()
        return worktree
    if path.exists() and context.paths.agent(issue.number).exists():
        put_aside(context, issue)
    else:
        mirror.remove_worktree(path)
    return mirror.add_worktree(path, issue.branch)


def put_aside(context: Context, issue: PlannedIssue) -> str:
    """Move the worktree to quarantine, whole; where it is now. Nothing in it is lost."""
    target = context.paths.quarantine / f"{issue.number}-{time.strftime('%Y%m%d-%H%M%S')}"
    path = context.paths.worktree(issue.number)
    if context.mirror.has_worktree(path):
        context.mirror.move_worktree(path, target)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    context.note("quarantine", issue.number, path=str(target))
    return str(target)


def take_head(context: Context, issue: PlannedIssue, head: str) -> None:
    """Let branch and worktree be at `head`, which somebody else pushed, or the train made.

    Raises PhaseStop("blocked") when there are changes in the worktree that this would lose.
    """
    mirror, path = context.mirror, context.paths.worktree(issue.number)
    if not mirror.has_worktree(path):
        mirror.set_branch(issue.branch, head)
        return
    worktree = mirror.worktree(path)
    worktree.unlock()
    if worktree.state().changes:
        raise PhaseStop(
            "blocked",
            f"{issue.branch} is to be set to {head[:10]}, and {path} holds changes: commit or discard them there",
        )
    worktree.reset(head)
