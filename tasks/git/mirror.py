"""The tool's own bare repository, and what is asked of it."""

import shutil
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, get_args

from ..errors import Conflict, MilestoneError
from ..files import remove_folder, write_atomic
from ..process.command import Completed
from ..stopping import Stop
from .command import FETCH, check_branch, git, identity
from .distance import failure
from .history import History
from .remote import LetIn, Remote, nothing
from .worktree import Worktree

MADE = "auto-milestone-made"
"""File in git's own folder of a worktree: it was made whole."""

Mark = Literal["pushing", "pushed"]
MARKS: tuple[Mark, ...] = get_args(Mark)
"""What an issue's branch was about to be pushed as, and what it was pushed as."""


class Mirror(History):
    """The tool's own bare repository. Base and branches of the forge are in refs/remotes/origin/*; the
    branches that agents work on are in refs/heads/*. No remote is configured: an agent cannot push by name.
    """

    def __init__(self, folder: Path, url: str, let_in: LetIn = nothing, stop: Stop | None = None) -> None:
        super().__init__(folder)
        self.url = url
        self._far = Remote(url, let_in, stop)
        self._lock = threading.RLock()
        self._identity: dict[str, str] | None = None

    # -- the repository itself

    def ensure(self) -> None:
        """Make the mirror on first use; later only see that its configuration is still ours."""
        with self._lock:
            if not (self.folder / "HEAD").is_file() or not self._trusted.exists():
                aside = self.folder.with_name(f"{self.folder.name}.making")
                shutil.rmtree(aside, ignore_errors=True)
                aside.parent.mkdir(parents=True, exist_ok=True)
                git("init", "--quiet", "--bare", "--template=", str(aside))
                git("--git-dir", str(aside), "config", "gc.auto", "0")
                write_atomic(self._trusted, (aside / "config").read_bytes())
                if self.folder.exists() and not (self.folder / "HEAD").is_file():
                    self.folder.rename(self.folder.with_name(f"{self.folder.name}.damaged-{time.time_ns()}"))
                if not self.folder.exists():
                    aside.rename(self.folder)
            self.guard()

    def recover(self, scratch: Path) -> None:
        """Clear what a killed run left: locks of its git processes, half-made checkouts.

        Call it before any thread starts, and only as the one runner.
        """
        for lock in self.folder.rglob("*.lock"):
            lock.unlink(missing_ok=True)
        for folder in scratch.glob("*"):
            remove_folder(folder)
        self._prune()

    def _prune(self) -> None:
        """Forget worktrees that are gone; git keeps one that was being made when it was killed locked."""
        for lock in self.folder.glob("worktrees/*/locked"):
            lock.unlink(missing_ok=True)
        self._git("worktree", "prune")

    @property
    def _trusted(self) -> Path:
        return self.folder.with_name("repo.config")

    def guard(self) -> bool:
        """Put our configuration back if somebody changed it (an agent in a linked worktree can); True if so."""
        trusted, config = self._trusted.read_bytes(), self.folder / "config"
        for extra in ("attributes", "grafts", "sparse-checkout"):
            (self.folder / "info" / extra).unlink(missing_ok=True)
        if config.exists() and config.read_bytes() == trusted:
            return False
        write_atomic(config, trusted)
        return True

    def _who(self) -> dict[str, str]:
        if self._identity is None:
            self._identity = identity(self.folder)
        return self._identity

    # -- questions

    def remote_tip(self, branch: str) -> str | None:
        """Tip of a branch of the forge, as of the last fetch; `tip` is that of the branch agents work on."""
        return self.commit(f"refs/remotes/origin/{branch}")

    def branches(self) -> set[str]:
        """The branches that agents work on, or have worked on."""
        return set(self._line("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/").splitlines())

    # -- base and candidates

    def fetch(self, *branches: str) -> None:
        """Bring refs/remotes/origin/* of these branches up to date; one that is gone there is removed here.

        Raises CommandError when the forge cannot be reached.
        """
        with self._lock:
            self.guard()
            wanted = {f"refs/heads/{branch}": branch for branch in branches}
            listed = self._remote("ls-remote", self.url, *wanted).stdout.splitlines()
            there = {ref: commit for commit, ref in (line.split("\t") for line in listed)}
            specs = []
            for ref, branch in wanted.items():
                mine = self.remote_tip(branch)
                if ref not in there and mine:
                    self._git("update-ref", "-d", f"refs/remotes/origin/{branch}")
                elif ref in there and there[ref] != mine:
                    specs.append(f"+{ref}:refs/remotes/origin/{branch}")
            if specs:
                self._remote(*FETCH, self.url, *specs)
                if (self.folder / "shallow").exists():
                    # Where history ends has moved, and with it who is an ancestor.
                    self._remembered.clear()

    def make_commit(
        self, tree: str, parents: Sequence[str], message: str, author_of: str | None = None
    ) -> str:
        """A commit object with this tree; the author is taken from `author_of`. The id is not repeatable."""
        author = self._author(author_of) if author_of else {}
        flags = [flag for parent in parents for flag in ("-p", parent)]
        done = self._git("commit-tree", tree, *flags, "-F", "-", stdin=message, env={**self._who(), **author})
        return done.stdout.strip()

    def _author(self, commit: str) -> dict[str, str]:
        name, mail, date = self._line("log", "-1", "--format=%an%n%ae%n%ad", "--date=raw", commit).split("\n")
        return {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": mail, "GIT_AUTHOR_DATE": date}

    def push(self, commit: str, branch: str, expected: str | None) -> None:
        """Set `branch` of the forge to `commit` if it is at `expected` (None: if it is absent).

        Raises Conflict if it is elsewhere: somebody else pushed. Raises CommandError for all else.
        """
        self.guard()
        lease = f"--force-with-lease=refs/heads/{branch}:{expected or ''}"
        spec = f"{commit}:refs/heads/{branch}"
        done = self._remote("push", "--quiet", "--no-verify", lease, self.url, spec, check=False)
        there = commit if done.code == 0 else self._tip_there(branch)
        if there == commit:
            self._git("update-ref", f"refs/remotes/origin/{branch}", commit)
        elif there != expected:
            raise Conflict(f"{branch} was moved by somebody else")
        else:
            raise failure(("git", "push", branch), done, self.url)

    def _tip_there(self, branch: str) -> str | None:
        listed = self._remote("ls-remote", self.url, f"refs/heads/{branch}").stdout.split()
        return listed[0] if listed else None

    def _remote(self, *args: str, check: bool = True) -> Completed:
        return self._far.ask(self.folder, *args, check=check)

    # -- marks: what we know to have pushed, kept as refs so that they survive anything

    def mark(self, issue: int, name: Mark, commit: str) -> None:
        self._git("update-ref", f"refs/milestone/{issue}/{name}", commit)

    def marked(self, issue: int, name: Mark) -> str | None:
        return self.commit(f"refs/milestone/{issue}/{name}")

    def forget(self, issue: int, branch: str) -> None:
        """Delete an issue's branch, as it is here and as it was on the forge, and its marks."""
        marks = (f"refs/milestone/{issue}/{name}" for name in MARKS)
        refs = (*marks, f"refs/heads/{branch}", f"refs/remotes/origin/{branch}")
        there = [f"delete {ref}\n" for ref in refs if self.commit(ref)]
        if there:
            self._git("update-ref", "--stdin", stdin="".join(there))

    # -- worktrees

    def set_branch(self, branch: str, commit: str) -> None:
        self._git("update-ref", f"refs/heads/{check_branch(branch)}", commit)

    def add_worktree(self, path: Path, branch: str) -> Worktree:
        """Check an existing branch out at `path`, where nothing may be."""
        return self._add(path, branch)

    def add_scratch(self, path: Path, commit: str) -> Worktree:
        """A clean, detached checkout of `commit`."""
        return self._add(path, "--detach", commit)

    def _add(self, path: Path, *what: str) -> Worktree:
        """The mark is made last: a worktree without it was cut off in the making, and is no worktree."""
        with self._lock:
            self.guard()
            path.parent.mkdir(parents=True, exist_ok=True)
            *flags, start = what
            self._git("worktree", "add", "--quiet", "--force", "--force", *flags, str(path), start)
            (self._worktree_folder(path) / MADE).touch()
        return self.worktree(path)

    def worktree(self, path: Path) -> Worktree:
        """The worktree at `path`, which must be there."""
        return Worktree(path, self._worktree_folder(path), self._who())

    def _worktree_folder(self, path: Path) -> Path:
        """git's own folder of the worktree, looked up from our side: the `.git` file is in the agent's reach."""
        found = self._find_worktree(path)
        if found is None:
            raise MilestoneError(f"{path} is no worktree of {self.folder}")
        return found

    def _find_worktree(self, path: Path) -> Path | None:
        wanted = (path / ".git").resolve()
        for folder in (self.folder / "worktrees").glob("*/gitdir"):
            # Another thread may just be removing that of another issue.
            with suppress(FileNotFoundError):
                if Path(folder.read_text().strip()).resolve() == wanted:
                    return folder.parent
        return None

    def knows_worktree(self, path: Path) -> bool:
        """Did git make a worktree at `path`, whatever is there now?"""
        return self._find_worktree(path) is not None

    def has_worktree(self, path: Path) -> bool:
        """Is there a worktree at `path` that was made whole?"""
        known = self._find_worktree(path)
        return known is not None and (path / ".git").exists() and (known / MADE).exists()

    def remove_worktree(self, path: Path) -> None:
        """Remove a worktree and what git knows of it: its folder among ours, as `git worktree prune` would."""
        with self._lock:
            known = self._find_worktree(path)
            if path.exists():
                remove_folder(path)
            if known:
                remove_folder(known)

    def move_worktree(self, path: Path, target: Path) -> None:
        """Move a worktree, its branch and changes included (`git worktree move` refuses submodules)."""
        with self._lock:
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
            self._git("worktree", "repair", str(target))
