"""What protects a branch, and its merge queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(eq=False)
class Queue:
    """A merge queue: an entry lands `delay` seconds after it entered, unless it is removed."""

    delay: float = 0.0
    method: str = "SQUASH"
    """MERGE, SQUASH or REBASE."""
    remove: dict[int, str] = field(default_factory=dict)
    """Pull request -> the reason why the queue removes it, as `FAILED_CHECKS`."""


@dataclass(eq=False)
class Protection:
    """Rules of a branch: classic branch protection, or a ruleset with the same effect."""

    checks: Sequence[str] = ()
    """Names of the required checks."""
    strict: bool = False
    """The head must contain base."""
    reviews: int = 0
    """How many approvals by people with write access are needed."""
    dismiss_stale: bool = False
    conversations: bool = False
    """All review threads must be resolved."""
    methods: Sequence[str] = ("merge", "squash", "rebase")
    """Merge methods that a ruleset allows."""
    linear: bool = False
    queue: Queue | None = None
    ruleset: bool = False
    """Shown by /rules/branches instead of /branches."""
    admins: bool = True
    """Administrators are held to it too."""
    pulls: bool = True
    """Nobody pushes directly."""
