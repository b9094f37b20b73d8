"""cleanup: the worktree and the merged branches go; what is not merged is moved to quarantine, never deleted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..git.mirror import Mirror
from ..model import PlannedIssue
from .base import Context, Given, Outcome
from .checkout import put_aside


@dataclass(frozen=True, slots=True)
class Facts:
    """`changes`: files in the worktree that no commit holds; `extra`: commits that did not land."""

    worktree: bool
    changes: bool
    extra: bool


Step = Literal["remove", "quarantine", "nothing"]


def decide(facts: Facts) -> Step:
    if facts.worktree and (facts.changes or facts.extra):
        return "quarantine"
    return "remove" if facts.worktree else "nothing"


def run(context: Context, issue: PlannedIssue, given: Given) -> Outcome:
    landed = given.get("head")
    facts = _observe(context, issue, landed)
    step = decide(facts)
    kept = put_aside(context, issue) if step == "quarantine" else _put_aside_before(context, issue)
    if step == "remove":
        context.mirror.remove_worktree(context.paths.worktree(issue.number))
    if landed and not facts.extra:
        context.forge.delete_branch(issue.branch, str(landed))
        if kept is None:
            context.mirror.forget(issue.number, issue.branch)
    return Outcome("done", {"quarantine": kept} if kept else {})


def _observe(context: Context, issue: PlannedIssue, landed: object) -> Facts:
    path, mirror = context.paths.worktree(issue.number), context.mirror
    tip = mirror.tip(issue.branch)
    return Facts(
        worktree=path.exists(),
        changes=path.exists() and _holds_changes(mirror, path),
        extra=tip is not None and tip != landed,
    )


def _holds_changes(mirror: Mirror, path: Path) -> bool:
    """Files that no commit holds. Half a worktree that git still knows is one whose removal was cut off; of one
    that it does not know (the mirror was lost) nobody can tell.
    """
    if mirror.has_worktree(path):
        return bool(mirror.worktree(path).state().changes)
    return not mirror.knows_worktree(path)


def _put_aside_before(context: Context, issue: PlannedIssue) -> str | None:
    """A quarantine that an earlier, killed run made: its branch is still needed."""
    found = sorted(context.paths.quarantine.glob(f"{issue.number}-*"))
    return str(found[-1]) if found else None
