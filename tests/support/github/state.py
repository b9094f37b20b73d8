"""What a GitHub server knows of issues and people: plain values, changed by `changes.py` alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .repository import Repository

LEVELS = ("none", "read", "triage", "write", "maintain", "admin")
"""What a person may do in a repository, each more than the one before."""


def now() -> datetime:
    return datetime.now(UTC)


def iso(moment: datetime | None) -> str | None:
    """The spelling of GitHub: whole seconds, Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


@dataclass(eq=False)
class User:
    login: str
    id: int
    kind: str = "User"
    """`User`, `Bot` or `Organization`."""


@dataclass(eq=False)
class Label:
    name: str
    id: int
    color: str = "ededed"
    description: str = ""


@dataclass(eq=False)
class Milestone:
    repository: Repository
    number: int
    id: int
    title: str
    description: str | None = None
    state: str = "open"
    creator: User | None = None
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)

    def items(self) -> list[Issue]:
        return [one for one in self.repository.items() if one.milestone is self]

    def count(self, state: str) -> int:
        return sum(one.state == state for one in self.items())


@dataclass(eq=False)
class Comment:
    item: Issue
    id: int
    author: User | None
    body: str
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)


@dataclass(eq=False)
class Event:
    """One row of a timeline; `kind` is the GraphQL type (`LabeledEvent`), `details` its own fields."""

    kind: str
    id: int
    item: Issue
    actor: User | None
    details: dict[str, object] = field(default_factory=dict)
    created: datetime = field(default_factory=now)


@dataclass(eq=False)
class Issue:
    """An issue; a pull request is one too."""

    repository: Repository
    number: int
    id: int
    title: str
    body: str | None = None
    author: User | None = None
    """None: an account that was deleted (a ghost)."""
    association: str = "OWNER"
    state: str = "open"
    state_reason: str | None = None
    labels: list[Label] = field(default_factory=list)
    milestone: Milestone | None = None
    comments: list[Comment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)
    edited: datetime | None = None
    """When the body was last edited."""
    closed: datetime | None = None
    closed_by: User | None = None
    blocked_by: list[Issue] = field(default_factory=list)
    blocking: list[Issue] = field(default_factory=list)
    parent: Issue | None = None
    children: list[Issue] = field(default_factory=list)
    deleted: bool = False
    transferred: Issue | None = None
    """Where it lives now."""
    serial: int = 0
    """Counts the changes."""

    def block_by(self, *blockers: Issue) -> None:
        """Native dependencies: this issue is blocked by those, which may be of other repositories."""
        for one in blockers:
            self.blocked_by.append(one)
            one.blocking.append(self)

    def adopt(self, *children: Issue) -> None:
        """Make them sub-issues of this one."""
        for one in children:
            one.parent = self
            self.children.append(one)

    def transfer(self, target: Issue) -> None:
        """It lives as `target` now; this number answers with a redirect."""
        self.transferred = target

    def delete(self) -> None:
        self.deleted = True

    def descendants(self) -> Iterator[Issue]:
        for one in self.children:
            yield one
            yield from one.descendants()
