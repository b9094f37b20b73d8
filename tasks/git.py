"""Git as named questions and a few named deeds. Nobody else in the project spells a git command.

The runner's git never runs hooks, file-system monitors or anything else that a repository's configuration
could start: agents work in worktrees that are linked to the mirror and can write there (`Mirror.guard`).
"""

import os
import re
import shutil
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import CommandError, Conflict, MilestoneError
from .files import write_atomic
from .process import Completed, run

SAFE = (
    *("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false"),
    *(
        "-c",
        "gc.auto=0",
        "-c",
        "maintenance.auto=false",
        "-c",
        "commit.gpgSign=false",
        "-c",
        "advice.detachedHead=false",
    ),
)
KEPT = (
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_EXEC_PATH",
)
IDENTITY = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
FALLBACK = ("auto-milestone", "auto-milestone@localhost")
BRANCH = re.compile(r"[a-z0-9][a-z0-9._/-]{0,80}")
"""Branches that we make; `git check-ref-format` alone lets `$(id)` and `a;b` pass."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment for git: inherited GIT_* would point it at another repository, so most are dropped."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in KEPT or name in IDENTITY
    }
    return {**kept, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **(extra or {})}


def git(*args: str, env: Mapping[str, str] | None = None, stdin: str = "", check: bool = True) -> Completed:
    """Run git. Raises CommandError unless `check` is False."""
    return run(("git", *SAFE, *args), env=environment(env), stdin=stdin, check=check)


def require_git() -> None:
    """Raises MilestoneError if git is missing or older than 2.38 (`merge-tree --write-tree`)."""
    found = re.search(r"(\d+)\.(\d+)", git("--version").stdout)
    if not found or (int(found[1]), int(found[2])) < (2, 38):
        raise MilestoneError(
            f"git 2.38 or newer is needed, found {found[0] if found else 'none'}: update git"
        )


def check_branch(name: str) -> str:
    """`name`, if it is one that we may use as a branch. Raises MilestoneError."""
    if not BRANCH.fullmatch(name) or ".." in name or name.endswith((".lock", "/", ".")) or "//" in name:
        raise MilestoneError(f"{name!r} cannot be used as a branch name")
    return name


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
        remove_tree(aside)
    git("init", "--quiet", "--bare", f"--initial-branch={branch}", str(aside))
    worktree = ("-C", str(folder), "--git-dir", str(aside.absolute()), "--work-tree", str(folder.absolute()))
    git(*worktree, "add", "--all", ".")
    git(*worktree, "commit", "--quiet", "--no-verify", "-m", f"Import {folder.name}", env=identity(aside))
    (aside / "index").unlink(missing_ok=True)
    aside.rename(repository)


def remove_tree(path: Path) -> None:
    """Remove a folder of ours, read-only files included."""
    shutil.rmtree(path)


def identity(repository: Path) -> dict[str, str]:
    """Who commits: the person as git knows them, or the tool itself where git knows nobody."""
    if git("--git-dir", str(repository), "var", "GIT_COMMITTER_IDENT", check=False).code == 0:
        return {}
    return dict(zip(IDENTITY, FALLBACK * 2, strict=True))


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


class Mirror:
    """The tool's own bare repository. Base and branches of the forge are in refs/remotes/origin/*; the
    branches that agents work on are in refs/heads/*. No remote is configured: an agent cannot push by name.
    """

    def __init__(self, folder: Path, url: str, env: Mapping[str, str] | None = None) -> None:
        self.folder, self.url, self._env = folder, url, env or {}
        self._lock = threading.RLock()
        self._identity: dict[str, str] | None = None

    # -- the repository itself

    def ensure(self) -> None:
        """Make the mirror on first use; later only see that its configuration is still ours."""
        with self._lock:
            if not (self.folder / "HEAD").is_file():
                self.folder.parent.mkdir(parents=True, exist_ok=True)
                git("init", "--quiet", "--bare", str(self.folder))
                self._git("config", "gc.auto", "0")
                write_atomic(self._trusted, (self.folder / "config").read_bytes())
            self.guard()

    @property
    def _trusted(self) -> Path:
        return self.folder.with_name("repo.config")

    def guard(self) -> bool:
        """Put our configuration back if somebody changed it (an agent in a linked worktree can); True if so."""
        try:
            trusted = self._trusted.read_bytes()
        except FileNotFoundError:
            return False
        config = self.folder / "config"
        if config.exists() and config.read_bytes() == trusted:
            return False
        write_atomic(config, trusted)
        return True

    def _git(
        self, *args: str, stdin: str = "", check: bool = True, env: Mapping[str, str] | None = None
    ) -> Completed:
        return git(
            "--git-dir", str(self.folder), *args, stdin=stdin, check=check, env={**self._env, **(env or {})}
        )

    def _line(self, *args: str) -> str:
        return self._git(*args).stdout.strip()

    def _who(self) -> dict[str, str]:
        if self._identity is None:
            self._identity = identity(self.folder)
        return self._identity

    # -- questions

    def commit(self, name: str) -> str | None:
        """The full id of a commit, branch or ref; None: there is none."""
        found = self._git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", check=False)
        return found.stdout.strip() or None

    def base_tip(self, branch: str) -> str | None:
        """Tip of a branch of the forge, as of the last fetch."""
        return self.commit(f"refs/remotes/origin/{branch}")

    def branch_tip(self, branch: str) -> str | None:
        """Tip of the branch that an agent works on."""
        return self.commit(f"refs/heads/{branch}")

    def tree(self, commit: str) -> str:
        return self._line("rev-parse", f"{commit}^{{tree}}")

    def is_ancestor(self, older: str, newer: str) -> bool:
        return self._git("merge-base", "--is-ancestor", older, newer, check=False).code == 0

    def merge_base(self, one: str, other: str) -> str | None:
        return self._git("merge-base", one, other, check=False).stdout.strip() or None

    def count_commits(self, since: str, until: str) -> int:
        return int(self._line("rev-list", "--count", f"{since}..{until}"))

    def subjects(self, since: str, until: str) -> list[str]:
        """Subjects of the commits after `since`, oldest first."""
        return self._line("log", "--reverse", "--format=%s", f"{since}..{until}").splitlines()

    def patch_id(self, since: str, until: str) -> str:
        """`git patch-id --stable` of a difference: the same for the same change on another base."""
        patch = self._git("diff-tree", "-p", "--full-index", "--binary", since, until).stdout
        out = git("patch-id", "--stable", stdin=patch).stdout.split()
        return out[0] if out else "empty"

    def size(self, since: str, until: str) -> tuple[int, int, int]:
        """(files, lines added, lines deleted) between two commits; a binary file counts no lines."""
        rows = [line.split("\t") for line in self._line("diff", "--numstat", since, until).splitlines()]
        added, deleted = (sum(int(row[at]) for row in rows if row[at] != "-") for at in (0, 1))
        return len(rows), added, deleted

    def files(self, commit: str) -> list[str]:
        """Paths of all files of a commit."""
        return self._git("ls-tree", "-r", "-z", "--name-only", commit).stdout.split("\0")[:-1]

    # -- base and candidates

    def fetch(self, *branches: str) -> None:
        """Bring refs/remotes/origin/* of these branches up to date; one that is gone there is removed here.

        Raises CommandError when the forge cannot be reached.
        """
        with self._lock:
            self.guard()
            wanted = {f"refs/heads/{branch}": branch for branch in branches}
            listed = git("ls-remote", self.url, *wanted, env=self._env).stdout.splitlines()
            there = {ref: commit for commit, ref in (line.split("\t") for line in listed)}
            specs = []
            for ref, branch in wanted.items():
                mine = self.base_tip(branch)
                if ref not in there and mine:
                    self._git("update-ref", "-d", f"refs/remotes/origin/{branch}")
                elif ref in there and there[ref] != mine:
                    specs.append(f"+{ref}:refs/remotes/origin/{branch}")
            if specs:
                self._git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", self.url, *specs)

    def merged_tree(self, base: str, head: str) -> str:
        """The tree of `head` merged into `base`, made without a worktree. Raises Conflict with the files."""
        done = self._git("merge-tree", "--write-tree", "--name-only", "-z", base, head, check=False)
        fields = done.stdout.split("\0")
        if done.code == 0:
            return fields[0].strip()
        if done.code != 1:
            raise CommandError(("git", "merge-tree"), done.code, done.stderr)
        files = tuple(dict.fromkeys(fields[1 : fields.index("", 1)]))
        raise Conflict(f"conflicts with base in {', '.join(files)}", files)

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
        receive = "--receive-pack=git -c receive.denyCurrentBranch=updateInstead receive-pack"
        done = self._git(
            "push", "--quiet", receive, lease, self.url, f"{commit}:refs/heads/{branch}", check=False
        )
        if done.code == 0:
            self._git("update-ref", f"refs/remotes/origin/{branch}", commit)
            return
        if "stale info" in done.stderr or "fetch first" in done.stderr or "cannot lock ref" in done.stderr:
            raise Conflict(f"{branch} was moved by somebody else")
        raise CommandError(("git", "push", branch), done.code, done.stderr)

    # -- marks: what we know to have pushed, kept as refs so that they survive anything

    def mark(self, issue: int, name: str, commit: str) -> None:
        self._git("update-ref", f"refs/milestone/{issue}/{name}", commit)

    def marked(self, issue: int, name: str) -> str | None:
        return self.commit(f"refs/milestone/{issue}/{name}")

    def clear_marks(self, issue: int) -> None:
        listed = self._line("for-each-ref", "--format=delete %(refname)", f"refs/milestone/{issue}/")
        if listed:
            self._git("update-ref", "--stdin", stdin=listed + "\n")

    # -- worktrees

    def set_branch(self, branch: str, commit: str) -> None:
        self._git("update-ref", f"refs/heads/{check_branch(branch)}", commit)

    def delete_branch(self, branch: str) -> None:
        self._git("update-ref", "-d", f"refs/heads/{branch}")

    def add_worktree(self, path: Path, branch: str) -> "Worktree":
        """Check an existing branch out at `path`; a worktree that was removed by hand is forgotten first."""
        with self._lock:
            self._git("worktree", "prune")
            path.parent.mkdir(parents=True, exist_ok=True)
            self._git("worktree", "add", "--quiet", "--force", str(path), branch)
        return self.worktree(path)

    def add_scratch(self, path: Path, commit: str) -> "Worktree":
        """A clean, detached checkout of `commit`."""
        with self._lock:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._git("worktree", "add", "--quiet", "--force", "--detach", str(path), commit)
        return self.worktree(path)

    def worktree(self, path: Path) -> "Worktree":
        """The worktree at `path`, which must be there."""
        return Worktree(path, self._worktree_folder(path), self._who())

    def _worktree_folder(self, path: Path) -> Path:
        """git's own folder of the worktree, looked up from our side: the `.git` file is in the agent's reach."""
        wanted = str((path / ".git").resolve())
        for folder in (self.folder / "worktrees").glob("*/gitdir"):
            if str(Path(folder.read_text().strip()).resolve()) == wanted:
                return folder.parent
        raise MilestoneError(f"{path} is no worktree of {self.folder}")

    def has_worktree(self, path: Path) -> bool:
        try:
            return path.is_dir() and self._worktree_folder(path).is_dir()
        except MilestoneError:
            return False

    def remove_worktree(self, path: Path) -> None:
        """Remove a worktree and what git knows of it; one that is gone already is forgotten."""
        with self._lock:
            if path.exists():
                remove_tree(path)
            self._git("worktree", "prune")

    def move_worktree(self, path: Path, target: Path) -> None:
        """Move a worktree, its branch and changes included."""
        with self._lock:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._git("worktree", "move", str(path), str(target))


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
        done = self._git("symbolic-ref", "--quiet", "--short", "HEAD", check=False)
        return done.stdout.strip() or None

    def unlock(self) -> None:
        """Remove an index.lock that a killed process left; call only when nobody works here."""
        (self._folder / "index.lock").unlink(missing_ok=True)

    def in_the_middle_of(self) -> str | None:
        """`merge`, `rebase` or `cherry-pick` if one was begun and not finished."""
        marks = {
            "MERGE_HEAD": "merge",
            "rebase-merge": "rebase",
            "rebase-apply": "rebase",
            "CHERRY_PICK_HEAD": "cherry-pick",
        }
        return next((name for mark, name in marks.items() if (self._folder / mark).exists()), None)

    def changes(self) -> list[str]:
        """Paths that are changed, staged, unmerged or untracked (ignored ones are not counted)."""
        out = self._git("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all").stdout
        return [entry[3:] for entry in out.split("\0") if entry]

    def commit_all(self, message: str) -> None:
        """Commit whatever is changed; nothing changed is no error."""
        self._git("add", "--all")
        if self._git("diff", "--cached", "--quiet", check=False).code:
            self._git("commit", "--quiet", "--no-verify", "-m", message)

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
