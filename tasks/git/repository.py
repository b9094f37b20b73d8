"""Repositories on this disk that are not ours: the forge's, and what a folder is made into."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from .command import git, identity


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


def remote_tip(url: str, branch: str, env: Mapping[str, str] | None = None) -> str | None:
    """The commit that `branch` of the repository at `url` is at; None: no such branch."""
    out = git("ls-remote", "--heads", url, f"refs/heads/{branch}", env=env).stdout
    return out.split()[0] if out.strip() else None


def contains(repository: Path, branch: str, commit: str) -> bool:
    """Is `commit` in `branch` of a repository on this disk? A commit that is not there at all is not."""
    git_dir = ("--git-dir", str(git_folder(repository)))
    return git(*git_dir, "merge-base", "--is-ancestor", commit, f"refs/heads/{branch}", check=False).code == 0


def delete_branch_at(repository: Path, branch: str, expected: str) -> None:
    """Delete `branch` of a repository on this disk if it is at `expected` and nobody has it checked out."""
    if remote_tip(str(repository), branch) == expected:
        git("--git-dir", str(git_folder(repository)), "branch", "--quiet", "-D", branch, check=False)


def git_folder(repository: Path) -> Path:
    """Where git keeps its data: the folder itself if bare, its .git otherwise."""
    found = git("-C", str(repository), "rev-parse", "--absolute-git-dir").stdout.strip()
    return Path(found)


def is_checked_out(repository: Path, branch: str) -> bool:
    """Does a person have `branch` checked out in this working repository? A bare one has no checkout."""
    if not (repository / ".git").exists():
        return False
    head = git("-C", str(repository), "symbolic-ref", "--quiet", "HEAD", check=False).stdout.strip()
    return head == f"refs/heads/{branch}"


def changed_files(repository: Path) -> list[str]:
    """Tracked files that are changed in a working repository."""
    out = git(
        "-C", str(repository), "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no"
    ).stdout
    return [entry[3:] for entry in out.split("\0") if entry]


def fast_forward(repository: Path, source: Path, commit: str) -> None:
    """Advance the branch that is checked out, and its files, to a commit of another repository.

    Raises CommandError when that is no fast-forward, or would overwrite files.
    """
    git("-C", str(repository), "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", str(source), commit)
    git("-C", str(repository), "merge", "--quiet", "--ff-only", "--no-stat", commit)
