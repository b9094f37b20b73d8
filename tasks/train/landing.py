"""The train: the one place where branches land on the base branch, one landing at a time.

A candidate is made without touching any worktree, is validated on its exact tree, and lands only if base
is still where it was made: what lands is the tree that was validated.
"""

import threading
from dataclasses import dataclass
from pathlib import Path

from ..checks import CheckResult, Checks, failures, named
from ..errors import Conflict, MilestoneError, PhaseStop
from ..forge.base import Forge, Landing
from ..git.mirror import Mirror
from ..model import Pull


@dataclass(frozen=True, slots=True)
class Candidate:
    """A head on top of a base: `commit` is what would land."""

    base_sha: str
    head: str
    commit: str
    tree: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a candidate does not land: `conflict` (with files) or `checks` (with their results)."""

    kind: str
    candidate_base: str
    files: tuple[str, ...] = ()
    checks: tuple[CheckResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Landed:
    """What is on base. `as_validated`: it is the tree of the candidate, and not one with others' changes in it."""

    commit: str
    as_validated: bool = True


class AlreadyThere(MilestoneError):
    """Base holds the change, and the pull request is open all the same."""


class Train:
    """One per run. `scratch` is a folder for the worktrees of the rebase method."""

    def __init__(
        self, forge: Forge, mirror: Mirror, checks: Checks, base: str, method: str, scratch: Path
    ) -> None:
        self._forge, self._mirror, self._checks = forge, mirror, checks
        self._base, self._method, self._scratch = base, method, scratch
        self._lock = threading.Lock()
        self._rebases: dict[tuple[str, str], str] = {}
        """(base, head) -> head rebased; made once, so that what was approved and checked is what lands."""
        self._validated: dict[int, str] = {}
        """Pull request -> the tree that it was asked to be landed with."""

    def content(self, head: str) -> str:
        """The patch-id of what would land if `head` landed now: what a person approves of. Raises Conflict."""
        base_sha = self._fresh_base()
        return self._mirror.patch_id(base_sha, self._tree(base_sha, head))

    def _fresh_base(self) -> str:
        self._mirror.fetch(self._base)
        base_sha = self._mirror.remote_tip(self._base)
        if base_sha is None:
            raise MilestoneError(f"base branch {self._base} is gone from {self._mirror.url}: push it again")
        return base_sha

    def _tree(self, base_sha: str, head: str) -> str:
        """The tree that lands: `head` on top of `base_sha`. Raises Conflict."""
        if self._method == "rebase":
            return self._mirror.tree(self._rebased(base_sha, head))
        return self._mirror.merged_tree(base_sha, head)

    def _commit(self, base_sha: str, head: str, message: str) -> str:
        """The commit that lands."""
        if self._method == "rebase":
            return self._rebased(base_sha, head)
        parents = (base_sha, head) if self._method == "merge" else (base_sha,)
        author = head if self._method == "squash" else None
        return self._mirror.make_commit(self._tree(base_sha, head), parents, message, author_of=author)

    def _rebased(self, base_sha: str, head: str) -> str:
        if (base_sha, head) not in self._rebases:
            self._rebases[base_sha, head] = self._rebase(base_sha, head)
        return self._rebases[base_sha, head]

    def _rebase(self, base_sha: str, head: str) -> str:
        if self._mirror.is_ancestor(base_sha, head):
            return head
        folder = self._scratch / f"rebase-{head[:12]}"
        self._mirror.remove_worktree(folder)
        worktree = self._mirror.add_scratch(folder, head)
        try:
            if not worktree.rebase(base_sha):
                raise Conflict("the commits do not rebase onto base")
            return worktree.head()
        finally:
            self._mirror.remove_worktree(folder)

    def land(
        self, pull: Pull, issue: int, approved: str, head: str, message: str, log: Path
    ) -> Landed | Rejected | None:
        """Validate `head` on base and land it.

        None: the change is no longer the one that was approved (its patch-id is not `approved`).
        Rejected: it conflicts, or its checks fail on the tree that would land.
        Raises Moved, Behind and NotYet as the forge does, AlreadyThere when base holds it, and PhaseStop when
        what landed is red.
        """
        with self._lock:
            base_sha = self._fresh_base()
            try:
                tree = self._tree(base_sha, head)
            except Conflict as conflict:
                return Rejected("conflict", base_sha, files=conflict.files)
            if tree == self._mirror.tree(base_sha):
                raise AlreadyThere(f"{self._base} holds this change already")
            if self._mirror.patch_id(base_sha, tree) != approved:
                return None
            candidate = Candidate(base_sha, head, self._commit(base_sha, head, message), tree)
            failed = failures(self._checks.on_commit(self._mirror, candidate.commit, log))
            if failed:
                return Rejected("checks", candidate.base_sha, checks=tuple(failed))
            self._validated[pull.number] = tree
            try:
                merged = self._land(pull, issue, candidate, message)
            except Conflict as conflict:
                return Rejected("conflict", base_sha, files=conflict.files)
            return self._accept(pull.number, merged, log)

    def accept(self, number: int, merged: str, log: Path) -> Landed:
        """See that what the forge landed by itself, or a person did, is on base and good.

        Raises PhaseStop when checks fail on it, and on base as it is today.
        """
        with self._lock:
            return self._accept(number, merged, log)

    def caught_up(self, head: str) -> str | Rejected:
        """`head` with base as it is now below it, in no branch yet; merged where it cannot be rebased."""
        with self._lock:
            base_sha = self._fresh_base()
            try:
                return self._rebased(base_sha, head)
            except Conflict as conflict:
                if self._method == "rebase":
                    return Rejected("conflict", base_sha, files=conflict.files)
            try:
                tree = self._mirror.merged_tree(base_sha, head)
            except Conflict as conflict:
                return Rejected("conflict", base_sha, files=conflict.files)
            return self._mirror.make_commit(tree, (head, base_sha), f"Merge {self._base}\n")

    def _land(self, pull: Pull, issue: int, candidate: Candidate, message: str) -> str:
        return self._forge.land(
            Landing(
                pull=pull.number,
                issue=issue,
                base=self._base,
                base_sha=candidate.base_sha,
                head=candidate.head,
                candidate=candidate.commit,
                tree=candidate.tree,
                method=self._method,
                message=message,
            ),
            self._mirror,
        )

    def _accept(self, number: int, merged: str, log: Path) -> Landed:
        """Is it on base? A tree that was not validated is checked now, and it or base of today must be green."""
        self._mirror.fetch(self._base)
        landed, tip = self._mirror.commit(merged), self._mirror.remote_tip(self._base)
        if landed is None or tip is None or not self._mirror.is_ancestor(landed, tip):
            raise MilestoneError(
                f"{merged[:10]} was reported as merged but is not on {self._base}: compare with `git log` there"
            )
        if self._mirror.tree(landed) == self._validated.get(number):
            return Landed(landed)
        failed = failures(self._checks.on_commit(self._mirror, landed, log))
        if failed and (tip == landed or failures(self._checks.on_commit(self._mirror, tip, log))):
            raise PhaseStop(
                "failed",
                f"{landed[:10]} is on {self._base}, and checks fail on it: {named(failed)}; mend {self._base}, "
                "then run the same command again",
            )
        return Landed(landed, as_validated=False)
