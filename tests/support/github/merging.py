"""Merging for real, in the bare repository."""

from __future__ import annotations

from . import bare, pulls
from .repository import Repository
from .state import User
from .state_pulls import Pull

GITHUB = "GitHub <noreply@github.com>"


class Conflict(Exception):
    """Git cannot merge these."""


def mail(user: User) -> str:
    return f"{user.login} <{user.id}+{user.login}@users.noreply.github.com>"


def merge(pull: Pull, actor: User, method: str, title: str | None = None, message: str | None = None) -> str:
    """Land a pull request on its base; the commit. Conflict, or GitRefused when base moved meanwhile."""
    repository = pull.repository
    base = repository.tip(pull.base)
    heading, rest = words(pull, method, base)
    text = "\n\n".join(filter(None, (title or heading, rest if message is None else message)))
    commit = compose(pull, actor, method, base, text)
    bare.git(repository.path, "update-ref", f"refs/heads/{pull.base}", commit, base)
    pull.base_sha = base
    pulls.land(pull, actor, commit, "" if method == "rebase" else text)
    return commit


def compose(pull: Pull, actor: User, method: str, base: str, text: str) -> str:
    """The commit that base is to be moved to."""
    if method == "rebase":
        return replay(pull.repository, base, pull.head_sha)
    return join(pull, actor, method, base, text)


def join(pull: Pull, actor: User, method: str, base: str, text: str) -> str:
    """A squash commit, or a merge commit with two parents."""
    path = pull.repository.path
    tree = bare.merged_tree(path, base, pull.head_sha)
    if tree is None:
        raise Conflict
    parents = ["-p", base, *(["-p", pull.head_sha] if method == "merge" else [])]
    author = pull.author if method == "squash" and pull.author else actor
    env = {**bare.identity(mail(author), "AUTHOR"), **bare.identity(GITHUB, "COMMITTER")}
    return bare.git(path, "commit-tree", tree, *parents, "-F", "-", text=text + "\n", env=env)


def replay(repository: Repository, base: str, head: str) -> str:
    """Every commit of head again on base, each with its author; merges are left out."""
    path, tip = repository.path, base
    for commit in bare.commits(path, base, head):
        author, date, _, _, _, parents, message = bare.fields(path, commit)
        if " " in parents:
            continue
        env = {
            **bare.identity(author, "AUTHOR"),
            "GIT_AUTHOR_DATE": date,
            **bare.identity(GITHUB, "COMMITTER"),
        }
        tree = picked(repository, tip, commit, parents, env)
        tip = bare.git(path, "commit-tree", tree, "-p", tip, "-F", "-", text=message, env=env)
    return tip


def picked(repository: Repository, tip: str, commit: str, parent: str, env: dict[str, str]) -> str:
    """The tree of tip with the change of one commit: a stand-in for tip that forks off the commit's parent."""
    path = repository.path
    stand_in = bare.git(path, "commit-tree", bare.tree_of(path, tip), "-p", parent, "-m", "stand-in", env=env)
    tree = bare.merged_tree(path, stand_in, commit)
    if tree is None:
        raise Conflict
    return tree


def words(pull: Pull, method: str, base: str) -> tuple[str, str]:
    """The title and the text that GitHub writes when nobody else does."""
    if method == "merge":
        home = pull.head_repository or pull.repository
        return f"Merge pull request #{pull.number} from {home.owner}/{pull.head}", pull.title
    path = pull.repository.path
    messages = [bare.fields(path, one)[6].strip() for one in bare.commits(path, base, pull.head_sha)]
    if len(messages) == 1:
        title, _, rest = messages[0].partition("\n")
        return f"{title} (#{pull.number})", rest.strip()
    return f"{pull.title} (#{pull.number})", "\n\n".join(f"* {one}" for one in messages)
