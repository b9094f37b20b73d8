"""One checked-out worktree."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..process.command import Completed
from .command import git, identity


def worktree_here(fallback: tuple[str, str]) -> "Worktree":
    """The worktree that is the current folder; `fallback` (name, mail) commits where git knows nobody."""
    folder = Path(git("rev-parse", "--absolute-git-dir").stdout.strip())
    return Worktree(Path.cwd(), folder, identity(folder, fallback))


UNMERGED = frozenset(["DD", "AU", "UD", "UA", "DU", "AA", "UU"])
"""Codes of `git status --porcelain` for conflicts that nobody resolved, whatever made them."""

BEGUN = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
}
"""File in git's folder of a worktree -> what was begun there and not finished."""


@dataclass(frozen=True, slots=True)
class WorktreeState:
    """`changes`: paths that are changed, staged, unmerged or untracked; `unfinished`: a merge, rebase,
    cherry-pick or revert that was begun, or conflicts that nobody resolved.
    """

    changes: tuple[str, ...]
    unfinished: str | None

    @property
    def settled(self) -> bool:
        return not self.changes and not self.unfinished


class Worktree:
    """One checked-out worktree, addressed through git's own folder, never through the `.git` file in it."""

    def __init__(self, path: Path, folder: Path, who: Mapping[str, str]) -> None:
        self.path, self._folder, self._who = path, folder, who

    def _git(self, *args: str, check: bool = True) -> Completed:
        where = ("--git-dir", str(self._folder), "--work-tree", str(self.path))
        return git("-C", str(self.path), *where, *args, env=self._who, check=check)

    def head(self) -> str:
        return self._git("rev-parse", "HEAD").stdout.strip()

    def branch(self) -> str | None:
        """The branch that is checked out; None: detached."""
        head = (self._folder / "HEAD").read_text("utf-8", "replace").strip()
        return head.removeprefix("ref: refs/heads/") if head.startswith("ref: refs/heads/") else None

    def unlock(self) -> None:
        """Remove the locks that a killed process left; call only when nobody works here."""
        branch, common = self.branch(), self._common()
        for lock in (self._folder / "index.lock", self._folder / "HEAD.lock"):
            lock.unlink(missing_ok=True)
        if branch:
            (common / "refs" / "heads" / f"{branch}.lock").unlink(missing_ok=True)

    def _common(self) -> Path:
        """The folder of the repository that this worktree belongs to: git notes it in `commondir`."""
        note = self._folder / "commondir"
        return self._folder / note.read_text().strip() if note.exists() else self._folder

    def state(self) -> "WorktreeState":
        """What git sees; neither ignored files nor what is changed inside of a submodule, which no commit here
        can hold.
        """
        flags = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=dirty")
        entries = [entry for entry in self._git("status", *flags).stdout.split("\0") if entry]
        unmerged = any(entry[:2] in UNMERGED for entry in entries)
        begun = next((name for mark, name in BEGUN.items() if (self._folder / mark).exists()), None)
        return WorktreeState(tuple(entry[3:] for entry in entries), "merge" if unmerged else begun)

    def commit_all(self, message: str) -> bool:
        """Commit whatever is changed; False: there was nothing that git takes into a commit."""
        self._git("add", "--all")
        if not self._git("diff", "--cached", "--quiet", check=False).code:
            return False
        self._git("commit", "--quiet", "--no-verify", "-m", message)
        return True

    def switch(self, branch: str) -> None:
        """Check `branch` out, which must be at HEAD: no file changes."""
        self._git("symbolic-ref", "HEAD", f"refs/heads/{branch}")

    def reset(self, commit: str) -> None:
        """Make branch, index and files those of `commit`; changes are lost."""
        self._git("reset", "--quiet", "--hard", commit)

    def rebase(self, onto: str) -> bool:
        """Rebase the branch onto a commit; False (and as before) when it conflicts."""
        if self._git("rebase", "--quiet", onto, check=False).code == 0:
            return True
        self._git("rebase", "--abort", check=False)
        return False

    def discard_changes(self) -> None:
        """Bring index and files back to HEAD; untracked files go, ignored ones stay."""
        self._git("reset", "--quiet", "--hard")
        self._git("clean", "--quiet", "-d", "--force")

    def holds_patch(self, patch: Path) -> bool:
        """Is the patch in the index already? Asked of a clean tree."""
        return self._git("apply", "--cached", "--reverse", "--check", str(patch), check=False).code == 0

    def apply(self, patch: Path) -> None:
        """Apply a patch to index and files. Raises CommandError when it does not fit."""
        self._git("apply", "--index", "--whitespace=nowarn", str(patch))
