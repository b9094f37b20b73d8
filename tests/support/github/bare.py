"""Git as GitHub uses it: questions to a bare repository, and merges without a worktree."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

ZERO = "0" * 40


def surroundings() -> dict[str, str]:
    """The environment of the server's own git: no configuration of the person, no GIT_ variable of a caller."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


class GitRefused(Exception):
    """Git said no; the text is what it wrote."""


def git(path: Path, *argv: str, text: str = "", env: Mapping[str, str] | None = None) -> str:
    """The output of git in that repository; GitRefused when it fails."""
    done = subprocess.run(
        ("git", "-C", str(path), *argv),
        input=text,
        capture_output=True,
        text=True,
        env={**surroundings(), **(env or {})},
    )
    if done.returncode:
        raise GitRefused(done.stderr or done.stdout)
    return done.stdout.strip()


def create(path: Path, files: Mapping[str, str]) -> Path:
    """A bare repository with main and one commit."""
    path.mkdir(parents=True)
    git(path, "init", "-q", "--bare", "-b", "main")
    configure(path)
    write(path, "main", files, "Begin", "Sam Owner <owner@example.org>", "")
    return path


def configure(path: Path) -> None:
    """What GitHub allows: fetching any object by name, pushing over HTTP."""
    for key in ("http.receivepack", "uploadpack.allowAnySHA1InWant", "uploadpack.allowFilter"):
        git(path, "config", key, "true")
    git(path, "config", "receive.hideRefs", "refs/pull")
    git(path, "config", "receive.autogc", "false")


def write(path: Path, branch: str, files: Mapping[str, str | None], message: str, who: str, old: str) -> str:
    """Commit files (None deletes one) on `old` (empty: a root) and put the branch there; the commit."""
    index = path / f"index-{branch.replace('/', '-')}"
    env = {"GIT_INDEX_FILE": str(index), **identity(who, "AUTHOR"), **identity(who, "COMMITTER")}
    git(path, "read-tree", *([old] if old else ["--empty"]), env=env)
    for name, text in files.items():
        stage(path, name, text, env)
    tree = git(path, "write-tree", env=env)
    index.unlink(missing_ok=True)
    commit = git(path, "commit-tree", tree, *(["-p", old] if old else []), "-m", message, env=env)
    git(path, "update-ref", f"refs/heads/{branch}", commit)
    return commit


def stage(path: Path, name: str, text: str | None, env: Mapping[str, str]) -> None:
    if text is None:
        git(path, "update-index", "--force-remove", name, env=env)
        return
    blob = git(path, "hash-object", "-w", "--stdin", text=text)
    git(path, "update-index", "--add", "--cacheinfo", f"100644,{blob},{name}", env=env)


def identity(who: str, role: str) -> dict[str, str]:
    """`Name <mail>` as the environment of git, for AUTHOR or COMMITTER."""
    name, _, mail = who.rpartition(" <")
    return {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": mail.rstrip(">")}


def branches(path: Path) -> dict[str, str]:
    """Branch -> commit, read without a process: packed refs first, loose ones over them."""
    prefix = "refs/heads/"
    found: dict[str, str] = {}
    packed = path / "packed-refs"
    if packed.exists():
        rows = (line.split() for line in packed.read_text().splitlines() if line[:1] not in "#^")
        found.update({name[len(prefix) :]: sha for sha, name in rows if name.startswith(prefix)})
    loose(str(path / "refs" / "heads"), "", found)
    return found


def loose(folder: str, prefix: str, found: dict[str, str]) -> None:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for one in entries:
            if one.is_dir():
                loose(one.path, f"{prefix}{one.name}/", found)
            elif not one.name.endswith(".lock"):
                with suppress(FileNotFoundError):
                    found[prefix + one.name] = Path(one.path).read_text().strip()


def resolve(path: Path, name: str) -> str | None:
    """The commit of a branch, tag or (abbreviated) SHA; None: there is none."""
    try:
        return git(path, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except GitRefused:
        return None


@lru_cache(maxsize=20_000)
def is_ancestor(path: Path, old: str, new: str) -> bool:
    try:
        git(path, "merge-base", "--is-ancestor", old, new)
    except GitRefused:
        return False
    return True


def merged_heads(path: Path, tip: str) -> frozenset[str]:
    """The heads of pull requests that this commit holds, in one question."""
    return frozenset(
        git(path, "for-each-ref", f"--merged={tip}", "--format=%(objectname)", "refs/pull").split()
    )


@lru_cache(maxsize=20_000)
def commits(path: Path, base: str, head: str) -> tuple[str, ...]:
    """The commits of head that base has not, the oldest first."""
    return tuple(git(path, "rev-list", "--reverse", "--topo-order", f"{base}..{head}").split())


@lru_cache(maxsize=20_000)
def tree_of(path: Path, commit: str) -> str:
    return git(path, "rev-parse", f"{commit}^{{tree}}")


@lru_cache(maxsize=20_000)
def merged_tree(path: Path, base: str, head: str) -> str | None:
    """The tree of both merged; None: they conflict."""
    try:
        return git(path, "merge-tree", "--write-tree", base, head).splitlines()[0]
    except GitRefused:
        return None


@lru_cache(maxsize=20_000)
def fields(path: Path, commit: str) -> tuple[str, ...]:
    """author, author's date, committer, committer's date, tree, parents, message of a commit."""
    form = "%an <%ae>%x00%aI%x00%cn <%ce>%x00%cI%x00%T%x00%P%x00%B"
    return tuple(git(path, "show", "-s", f"--format={form}", commit).split("\0"))


@lru_cache(maxsize=20_000)
def changes(path: Path, base: str, head: str) -> tuple[tuple[int, int, str], ...]:
    """What a pull request shows: added lines, deleted lines and path of each file that head changed."""
    rows = (line.split("\t") for line in git(path, "diff", "--numstat", f"{base}...{head}").splitlines())
    return tuple((int(a) if a != "-" else 0, int(d) if d != "-" else 0, name) for a, d, name in rows)
