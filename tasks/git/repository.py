"""Repositories on this disk that are not ours: the forge's, and what a folder is made into."""

import shutil
from functools import cached_property
from pathlib import Path

from ..errors import MilestoneError
from .command import FETCH, git, identity, require_git
from .history import History


def is_repository(path: Path) -> bool:
    """Is `path` itself the top of a working repository, or a bare one?"""
    if (path / ".git").exists():
        return True
    return (path / "HEAD").is_file() and (path / "objects").is_dir()


def import_folder(folder: Path, repository: Path, branch: str) -> None:
    """Make `repository`, a bare one, with one commit on `branch` that holds the files of a plain folder.

    Made aside and renamed, so that a crash leaves nothing half-made.
    """
    aside = repository.with_name(f"{repository.name}.making")
    if aside.exists():
        shutil.rmtree(aside)
    git("init", "--quiet", "--bare", f"--initial-branch={branch}", str(aside))
    worktree = ("-C", str(folder), "--git-dir", str(aside.absolute()), "--work-tree", str(folder.absolute()))
    git(*worktree, "add", "--all", ".")
    git(*worktree, "commit", "--quiet", "--no-verify", "-m", f"Import {folder.name}", env=identity(aside))
    (aside / "index").unlink(missing_ok=True)
    aside.rename(repository)


class Repository:
    """A repository at `path`: a bare one, or one that a person works in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def _history(self) -> History:
        require_git()
        # One further up is not meant: where this one is broken, git would look there.
        here = {"GIT_CEILING_DIRECTORIES": str(self.path.resolve().parent)}
        done = git("-C", str(self.path), "rev-parse", "--absolute-git-dir", env=here, check=False)
        if done.code:
            raise MilestoneError(f"{self.path}: git finds no repository there: mend it, or name another one")
        return History(Path(done.stdout.strip()))

    def _here(self, *args: str, check: bool = True) -> str:
        return git("-C", str(self.path), *args, check=check).stdout

    def tip(self, branch: str) -> str | None:
        """The commit that `branch` is at; None: no such branch."""
        return self._history.tip(branch)

    def origin(self) -> str | None:
        """The URL of the remote `origin`; None: there is none."""
        return self._here("config", "--get", "remote.origin.url", check=False).strip() or None

    def files(self, commit: str) -> list[str]:
        """Paths of all files of a commit."""
        return self._history.files(commit)

    def contains(self, branch: str, commit: str) -> bool:
        """Is `commit` in `branch`? A commit that is not there at all is not."""
        return self._history.is_ancestor(commit, f"refs/heads/{branch}")

    def delete_branch(self, branch: str, expected: str) -> None:
        """Delete `branch` if it is at `expected` and nobody has it checked out."""
        if self.tip(branch) == expected:
            self._here("branch", "--quiet", "-D", branch, check=False)

    def checkout(self, branch: str) -> "Repository | None":
        """Where a person has `branch` checked out: here, or in another worktree of this repository."""
        if not ((self.path / ".git").exists() or (self.path / "worktrees").exists()):
            return None
        for entry in self._here("worktree", "list", "--porcelain", "-z").split("\0\0"):
            fields = entry.split("\0")
            folder = Path(fields[0].removeprefix("worktree "))
            if f"branch refs/heads/{branch}" in fields and folder.is_dir():
                return Repository(folder)
        return None

    def changed_files(self) -> list[str]:
        """Tracked files that are changed."""
        out = self._here("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no")
        return [entry[3:] for entry in out.split("\0") if entry]

    def fast_forward(self, source: Path, commit: str) -> None:
        """Advance the branch that is checked out, and its files, to a commit of another repository.

        Raises CommandError when that is no fast-forward, or would overwrite files.
        """
        self._here(*FETCH, str(source), commit)
        self._here("merge", "--quiet", "--ff-only", "--no-stat", commit)
