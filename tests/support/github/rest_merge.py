"""PUT /pulls/N/merge: the refusals that GitHub documents, then a real merge."""

from __future__ import annotations

from typing import Any

from . import bare
from .merging import Conflict, merge
from .protection import Protection
from .repository import Repository
from .state import User
from .state_pulls import Pull
from .verdicts import conflicts, held, is_behind, unmet
from .web import Refusal

NOT_MERGEABLE = "Pull Request is not mergeable"
OUT_OF_DATE = "Head branch is out of date. Review and try the merge again."
QUEUE = "Changes must be made through the merge queue"
NOT_ALLOWED = {
    "merge": "Merge commits are not allowed on this repository.",
    "squash": "Squash merges are not allowed on this repository.",
    "rebase": "Rebase merges are not allowed on this repository.",
}


def merge_or_refuse(pull: Pull, actor: User, method: str, wish: dict[str, Any]) -> str:
    """The commit that landed; 405 or 409 with GitHub's words when nothing may land."""
    check_open(pull)
    if wish.get("sha", pull.head_sha) != pull.head_sha:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    check_method(pull.repository, method)
    rules = held(pull.repository.protections.get(pull.base), pull.repository, actor)
    if rules:
        check_rules(pull, rules, method)
    if conflicts(pull):
        raise Refusal(405, NOT_MERGEABLE)
    return attempt(pull, actor, method, wish)


def attempt(pull: Pull, actor: User, method: str, wish: dict[str, Any]) -> str:
    try:
        return merge(pull, actor, method, wish.get("commit_title"), wish.get("commit_message"))
    except Conflict:
        raise Refusal(405, "This branch can't be rebased") from None
    except bare.GitRefused:
        raise Refusal(405, "Base branch was modified. Review and try the merge again.") from None


def check_open(pull: Pull) -> None:
    if pull.state != "open":
        raise Refusal(405, NOT_MERGEABLE)
    if pull.draft:
        raise Refusal(405, "Pull Request is still a draft")


def check_method(repository: Repository, method: str) -> None:
    allowed = {
        "merge": repository.merge_commits,
        "squash": repository.squashes,
        "rebase": repository.rebases,
    }
    if not allowed[method]:
        raise Refusal(405, NOT_ALLOWED[method])


def check_rules(pull: Pull, rules: Protection, method: str) -> None:
    words = unmet(pull, rules)
    if rules.queue:
        words.append(QUEUE)
    if method not in rules.methods:
        words.append(f"Merge method {method} merging is not allowed on this repository")
    if rules.linear and method == "merge":
        words.append("This branch must not contain merge commits.")
    if words and rules.ruleset:
        raise Refusal(405, "Repository rule violations found\n\n" + "\n\n".join(words) + "\n\n")
    if words:
        raise Refusal(405, words[0])
    if rules.strict and is_behind(pull):
        raise Refusal(405, OUT_OF_DATE)
