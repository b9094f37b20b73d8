"""One git command at a time, as the runner runs it.

It never runs hooks, file-system monitors or anything else that a repository's configuration could start:
agents work in worktrees that are linked to the mirror and can write there (`Mirror.guard`).
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..environment import without_secrets
from ..errors import CommandError, MilestoneError
from ..process.command import Completed, run
from ..stopping import Stop

NEUTRAL = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.quotePath": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "commit.gpgSign": "false",
    "commit.cleanup": "whitespace",
    "push.gpgSign": "false",
    "push.pushOption": "",
    "log.showSignature": "false",
    "advice.detachedHead": "false",
}
"""Settings that win over the person's and the repository's: nothing is started, nothing is asked."""

SAFE = tuple(part for name, value in NEUTRAL.items() for part in ("-c", f"{name}={value}"))
FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--update-shallow")
"""How we fetch; without the last flag git would pass over the branches of a shallow clone in silence."""

PATIENT = ("-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60")
"""A server that sends less than that many bytes a second for so many seconds is given up."""

KEPT = frozenset(
    [
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_EXEC_PATH",
        "GIT_SSL_CAINFO",
        "GIT_SSL_CAPATH",
    ]
)
FIXED = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1", "LC_ALL": "C"}
"""A replaced object would show us another tree than the one that is pushed."""

IDENTITY = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
FALLBACK = ("auto-milestone", "auto-milestone@localhost")
BRANCH = re.compile(r"[a-z0-9][a-z0-9._/-]{0,80}")
"""Branches that we make; `git check-ref-format` alone lets `$(id)` and `a;b` pass."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment for git, without tokens: a repository's configuration could make git start something.

    Inherited GIT_* would point it at another repository, so most are dropped.
    """
    kept = {
        name: value
        for name, value in without_secrets().items()
        if not name.startswith("GIT_") or name in KEPT or name in IDENTITY
    }
    return {**kept, **FIXED, **(extra or {})}


def git_argv(*args: str) -> tuple[str, ...]:
    """The whole command line of a git command."""
    return ("git", *SAFE, *args)


def git(
    *args: str,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
    check: bool = True,
    stop: Stop | None = None,
    timeout: float | None = None,
) -> Completed:
    """Run git. Raises CommandError unless `check` is False, MilestoneError after `timeout` s, Stopped."""
    done = run(git_argv(*args), env=environment(env), stdin=stdin, check=False, stop=stop, timeout=timeout)
    if check and done.code:
        raise CommandError(("git", *_without_places(args)), done.code, done.stderr + done.stdout)
    return done


def _without_places(args: Sequence[str]) -> Sequence[str]:
    """The command without where it runs: what a person would have typed there."""
    while args and args[0] in ("-C", "--git-dir", "--work-tree"):
        args = args[2:]
    return args


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


def identity(git_folder: Path, fallback: tuple[str, str] = FALLBACK) -> dict[str, str]:
    """Who commits: the person as git knows them, or the tool itself where git knows nobody."""
    if git("--git-dir", str(git_folder), "var", "GIT_COMMITTER_IDENT", check=False).code == 0:
        return {}
    return dict(zip(IDENTITY, fallback * 2, strict=True))
