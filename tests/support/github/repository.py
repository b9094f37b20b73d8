"""A repository: its settings, its numbered issues and pull requests, and the bare repository under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import bare
from .protection import Protection
from .state import LEVELS, Issue, Label, Milestone, User, now
from .state_pulls import CheckRun, Pull, QueueEntry, Status

if TYPE_CHECKING:
    from .ci import Script
    from .people import Person
    from .world import World


@dataclass(eq=False)
class Repository:
    """The fields are settings that a test may change at any time."""

    world: World
    id: int
    owner: str
    name: str
    path: Path
    """The bare repository."""
    default_branch: str = "main"
    private: bool = True
    archived: bool = False
    merge_commits: bool = True
    squashes: bool = True
    rebases: bool = True
    delete_on_merge: bool = False
    dependencies: bool = True
    """False: an old Enterprise server, which answers 404 for dependencies and leaves them out of its rows."""
    sub_issues: bool = True
    rules: bool = True
    """False: 404 for /rules/branches."""
    truncated: bool = False
    """The git tree is too large to be listed whole."""
    ci: Script | None = None
    late_heads: int = 0
    """How many reads after a push still see the head from before."""
    unknown_reads: int = 0
    """How many reads after a change find `mergeable` not computed yet."""
    members: dict[str, str] = field(default_factory=dict)
    """Login -> one of LEVELS; the owner is admin, everybody else has `base_level`."""
    base_level: str = "none"
    protections: dict[str, Protection] = field(default_factory=dict)
    milestones: list[Milestone] = field(default_factory=list)
    labels: dict[str, Label] = field(default_factory=dict)
    numbered: dict[int, Issue] = field(default_factory=dict)
    checks: list[CheckRun] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)
    queue: list[QueueEntry] = field(default_factory=list)
    known_refs: dict[str, str] = field(default_factory=dict)
    created: datetime = field(default_factory=now)

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def clone_url(self) -> str:
        return f"{self.world.url}/{self.full_name}.git"

    def level(self, login: str) -> str:
        """What that person may do here: one of LEVELS."""
        return "admin" if login == self.owner else self.members.get(login, self.base_level)

    def can(self, login: str, level: str) -> bool:
        return LEVELS.index(self.level(login)) >= LEVELS.index(level)

    def association(self, user: User | None) -> str:
        """How a person belongs here, as `author_association` says it; apps do not, whatever they may do."""
        if user is not None and user.login == self.owner:
            return "OWNER"
        known = user is not None and user.login in self.members and user.kind != "Bot"
        return "COLLABORATOR" if known else "NONE"

    def items(self) -> list[Issue]:
        """Issues and pull requests that are here, the newest first."""
        return [one for one in reversed(self.numbered.values()) if not one.deleted and not one.transferred]

    def pulls(self) -> list[Pull]:
        return [one for one in self.items() if isinstance(one, Pull)]

    def pull(self, number: int) -> Pull:
        found = self.numbered[number]
        assert isinstance(found, Pull)
        return found

    def branches(self) -> dict[str, str]:
        """Branch -> commit, as they are on disk now."""
        return bare.branches(self.path)

    def tip(self, branch: str) -> str:
        return self.branches()[branch]

    def milestone(self, title: str, **details: Any) -> Milestone:
        """A new milestone."""
        with self.world.lock:
            one = Milestone(self, len(self.milestones) + 1, self.world.new_id(), title, **details)
            one.creator = one.creator or self.world.user(self.owner)
            self.milestones.append(one)
            return one

    def issue(
        self,
        title: str,
        body: str | None = None,
        *,
        milestone: Milestone | None = None,
        labels: Sequence[str] = (),
        author: str | None = "",
        blocked_by: Sequence[Issue] = (),
        number: int | None = None,
        **details: Any,
    ) -> Issue:
        """A new issue. author "" is the owner, None a ghost; `details` are fields of `state.Issue`."""
        with self.world.lock:
            writer = None if author is None else self.world.user(author or self.owner)
            details = {"association": self.association(writer), **details}
            one = Issue(
                self, number or self.next_number(), self.world.new_id(), title, body, writer, **details
            )
            one.milestone = milestone
            one.labels = [self.label(name) for name in labels]
            one.block_by(*blocked_by)
            self.numbered[one.number] = one
            return one

    def next_number(self) -> int:
        return max(self.numbered, default=0) + 1

    def label(self, name: str) -> Label:
        """The label of that name, made when it is first named."""
        if name not in self.labels:
            self.labels[name] = Label(name, self.world.new_id())
        return self.labels[name]

    def protect(self, branch: str, **rules: Any) -> Protection:
        """Protect a branch; `rules` are the fields of `protection.Protection`."""
        self.protections[branch] = Protection(**rules)
        return self.protections[branch]

    def person(self, login: str, level: str = "write") -> Person:
        """Somebody who can be told what to do (see `people.Person`); the first call says the permission."""
        from .people import Person

        self.members.setdefault(login, level)
        return Person(self, self.user(login))

    def user(self, login: str) -> User:
        return self.world.user(login)
