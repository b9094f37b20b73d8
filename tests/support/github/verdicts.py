"""What stands between a pull request and its base: checks, reviews, rules, conflicts."""

from __future__ import annotations

from dataclasses import dataclass

from . import bare
from .protection import Protection
from .repository import Repository
from .state import User, now
from .state_pulls import CheckRun, Pull, Review, Status

PASSING = ("success", "neutral", "skipped")


def checks_of(repository: Repository, sha: str) -> list[CheckRun]:
    """The newest run of each name that has appeared on this commit, by app."""
    newest: dict[tuple[str, str], CheckRun] = {}
    for one in repository.checks:
        if one.sha == sha and now() >= one.start:
            newest[one.app, one.name] = one
    return list(newest.values())


def statuses_of(repository: Repository, sha: str) -> list[Status]:
    """The newest status of each context on this commit."""
    newest: dict[str, Status] = {}
    for one in sorted(repository.statuses, key=lambda row: row.start):
        if one.sha == sha and now() >= one.start:
            newest[one.context] = one
    return list(newest.values())


def results(repository: Repository, sha: str) -> dict[str, str]:
    """Name -> success, failure or pending, of checks and statuses alike."""
    found = {}
    for run in checks_of(repository, sha):
        ended = "success" if run.conclusion in PASSING else "failure"
        found[run.name] = ended if run.done() else "pending"
    for row in statuses_of(repository, sha):
        found[row.context] = "failure" if row.state == "error" else row.state
    return found


def opinions(pull: Pull, writers_only: bool = True) -> list[Review]:
    """The latest opinionated review of each person (with write access)."""
    latest: dict[str, Review] = {}
    for one in pull.reviews:
        writes = pull.repository.can(one.author.login, "write")
        if one.state != "COMMENTED" and (writes or not writers_only):
            latest[one.author.login] = one
    return list(latest.values())


def decision(pull: Pull) -> str | None:
    """The GraphQL reviewDecision."""
    rules = pull.repository.protections.get(pull.base)
    states = [one.state for one in opinions(pull)]
    needed = rules.reviews if rules else 0
    if "CHANGES_REQUESTED" in states:
        return "CHANGES_REQUESTED"
    approvals = states.count("APPROVED")
    if approvals >= max(needed, 1):
        return "APPROVED"
    return "REVIEW_REQUIRED" if needed else None


def conflicts(pull: Pull) -> bool:
    tip = pull.repository.branches().get(pull.base, pull.base_sha)
    return bare.merged_tree(pull.repository.path, tip, pull.head_sha) is None


def is_behind(pull: Pull) -> bool:
    tip = pull.repository.branches().get(pull.base, pull.base_sha)
    return not bare.is_ancestor(pull.repository.path, tip, pull.head_sha)


def held(rules: Protection | None, repository: Repository, user: User) -> Protection | None:
    """The rules that this person is held to."""
    free = rules and not rules.admins and repository.can(user.login, "admin")
    return None if free else rules


def unmet(pull: Pull, rules: Protection) -> list[str]:
    """Rules that are not met, each as GitHub says it; being behind is not one of them."""
    found = []
    if rules.reviews and decision(pull) != "APPROVED":
        found.append(review_words(pull, rules.reviews))
    if rules.conversations and any(not one.resolved_by for one in pull.threads):
        found.append("A conversation must be resolved before this pull request can be merged.")
    return [*found, *check_words(pull, rules)]


def review_words(pull: Pull, needed: int) -> str:
    asked = [one.author.login for one in opinions(pull) if one.state == "CHANGES_REQUESTED"]
    if asked:
        return f"Changes have been requested by {', '.join(asked)}."
    plural = "reviews are" if needed > 1 else "review is"
    return f"At least {needed} approving {plural} required by reviewers with write access."


def check_words(pull: Pull, rules: Protection) -> list[str]:
    there = results(pull.repository, pull.head_sha)
    words = {"failure": "failing", "pending": "in progress", "": "expected"}
    states = {name: there.get(name, "") for name in rules.checks}
    open_ones = [(name, words[state]) for name, state in states.items() if state != "success"]
    return [f'Required status check "{name}" is {word}.' for name, word in open_ones]


@dataclass(frozen=True)
class MergeState:
    """`mergeable` None: not computed yet; `state` as in REST's mergeable_state."""

    mergeable: bool | None
    state: str


def look(pull: Pull) -> MergeState:
    """The merge state as a reader sees it; a read may find it not computed yet."""
    if pull.state == "open" and pull.unknown_reads:
        pull.unknown_reads -= 1
        return MergeState(None, "unknown")
    return merge_state(pull)


def merge_state(pull: Pull) -> MergeState:
    if pull.state != "open":
        return MergeState(None, "unknown")
    if conflicts(pull):
        return MergeState(False, "dirty")
    return MergeState(True, passing_state(pull))


def passing_state(pull: Pull) -> str:
    """The state of one that has no conflict."""
    rules = pull.repository.protections.get(pull.base)
    if pull.draft:
        return "draft"
    if rules and unmet(pull, rules):
        return "blocked"
    if rules and rules.strict and is_behind(pull):
        return "behind"
    there = results(pull.repository, pull.head_sha).values()
    return "unstable" if any(one != "success" for one in there) else "clean"


def rollup(repository: Repository, sha: str) -> str | None:
    """The GraphQL state of everything on a commit; None: nothing is there."""
    there = list(results(repository, sha).values())
    if not there:
        return None
    if "failure" in there:
        return "FAILURE"
    return "PENDING" if "pending" in there else "SUCCESS"
