"""What a GitHub server knows of pull requests: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .state import Issue, User, now

if TYPE_CHECKING:
    from .repository import Repository


@dataclass(eq=False)
class Review:
    id: int
    pull: Pull
    author: User
    state: str
    """APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED."""
    body: str
    commit: str
    submitted: datetime = field(default_factory=now)


@dataclass(eq=False)
class ThreadComment:
    id: int
    thread: Thread
    author: User
    body: str
    review: Review | None = None
    created: datetime = field(default_factory=now)


@dataclass(eq=False)
class Thread:
    """A conversation at a line of the diff."""

    id: int
    pull: Pull
    path: str
    line: int | None
    commit: str
    comments: list[ThreadComment] = field(default_factory=list)
    resolved_by: User | None = None
    outdated: bool = False


@dataclass(eq=False)
class CheckRun:
    """A check run; `finish` None never ends."""

    id: int
    repository: Repository
    suite: int
    sha: str
    name: str
    app: str
    conclusion: str
    start: datetime
    finish: datetime | None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, object]] = field(default_factory=list)
    log: str = ""

    def done(self) -> bool:
        return self.finish is not None and now() >= self.finish

    def status(self) -> str:
        """`queued`, `in_progress` or `completed`, as the clock says."""
        if self.done():
            return "completed"
        return "in_progress" if now() >= self.start else "queued"


@dataclass(eq=False)
class Status:
    """A commit status, as it is from `start` on; of one context the newest counts."""

    id: int
    repository: Repository
    sha: str
    context: str
    state: str
    description: str
    target_url: str | None
    start: datetime


@dataclass(eq=False)
class QueueEntry:
    """A pull request in the merge queue."""

    id: int
    pull: Pull
    by: User
    entered: datetime = field(default_factory=now)
    seconds: float = 0.0

    def due(self) -> bool:
        return now() >= self.entered + timedelta(seconds=self.seconds)


@dataclass(eq=False)
class Pull(Issue):
    head_repository: Repository | None = None
    head: str = ""
    head_sha: str = ""
    base: str = ""
    base_sha: str = ""
    """Where base was when the pull request was opened, retargeted or merged."""
    draft: bool = False
    merged: datetime | None = None
    merged_by: User | None = None
    merge_commit: str | None = None
    reviews: list[Review] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    entry: QueueEntry | None = None
    pushes: int = 0
    """Heads that CI was asked about."""
    late: tuple[int, str] = (0, "")
    """How many more reads still see the head from before a push, and that head."""
    unknown_reads: int = 0
    """How many more reads find the mergeability not computed yet."""
