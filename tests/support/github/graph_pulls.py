"""GraphQL: pull requests, their reviews and threads, the merge queue."""

from __future__ import annotations

from typing import Any

from . import bare
from .closing import references
from .graph_fields import Look, connection, connects, resolves, simple
from .graph_repository import Branch, Commit
from .json_issues import html
from .json_pulls import sizes
from .protection import Queue
from .repository import Repository
from .state import iso
from .state_pulls import Pull, QueueEntry
from .verdicts import decision, look, merge_state, opinions

MERGEABLE = {True: "MERGEABLE", False: "CONFLICTING", None: "UNKNOWN"}


def queue_of(repository: Repository, branch: str) -> Queue | None:
    rules = repository.protections.get(branch)
    return rules.queue if rules else None


def branch(home: Repository | None, name: str) -> Branch | None:
    return Branch(home, name) if home and name in home.branches() else None


simple(
    "PullRequest",
    fullDatabaseId=lambda pull: str(pull.id),
    state=lambda pull: "MERGED" if pull.merged else pull.state.upper(),
    isDraft=lambda pull: pull.draft,
    merged=lambda pull: pull.merged is not None,
    mergedAt=lambda pull: iso(pull.merged),
    mergedBy=lambda pull: pull.merged_by,
    baseRefName=lambda pull: pull.base,
    baseRefOid=lambda pull: pull.base_sha,
    baseRef=lambda pull: branch(pull.repository, pull.base),
    headRefName=lambda pull: pull.head,
    headRefOid=lambda pull: seen_head(pull),
    headRef=lambda pull: branch(pull.head_repository, pull.head),
    headRepository=lambda pull: pull.head_repository,
    headRepositoryOwner=lambda pull: pull.repository.user((pull.head_repository or pull.repository).owner),
    isCrossRepository=lambda pull: pull.head_repository is not pull.repository,
    mergeable=lambda pull: MERGEABLE[look(pull).mergeable],
    mergeStateStatus=lambda pull: merge_status(pull),
    canBeRebased=lambda pull: bool(merge_state(pull).mergeable),
    reviewDecision=decision,
    mergeCommit=lambda pull: Commit(pull.repository, pull.merge_commit) if pull.merge_commit else None,
    potentialMergeCommit=lambda pull: None,
    isInMergeQueue=lambda pull: pull.entry is not None,
    isMergeQueueEnabled=lambda pull: queue_of(pull.repository, pull.base) is not None,
    mergeQueueEntry=lambda pull: pull.entry,
    mergeQueue=lambda pull: merge_queue(pull.repository, None, pull.base),
    additions=lambda pull: sizes(pull)["additions"],
    deletions=lambda pull: sizes(pull)["deletions"],
    changedFiles=lambda pull: sizes(pull)["changed_files"],
    autoMergeRequest=lambda pull: None,
    maintainerCanModify=lambda pull: False,
    viewerCanUpdate=lambda pull: True,
)
connects("PullRequest", "closingIssuesReferences", references)
connects("PullRequest", "reviewRequests", lambda pull: ())
connects("PullRequest", "reviewThreads", lambda pull: pull.threads)
connects(
    "PullRequest", "latestReviews", lambda pull: list({one.author: one for one in pull.reviews}.values())
)


def seen_head(pull: Pull) -> str:
    left, old = pull.late
    pull.late = (max(left - 1, 0), old)
    return old if left else pull.head_sha


def merge_status(pull: Pull) -> str:
    """mergeStateStatus; reading it does not count as a read of `mergeable`."""
    return "UNKNOWN" if pull.unknown_reads else merge_state(pull).state.upper()


@resolves("PullRequest", "latestOpinionatedReviews")
def latest_opinionated(pull: Pull, look: Look, writersOnly: bool = False, **wish: Any) -> dict[str, Any]:
    rows = opinions(pull, writers_only=writersOnly)
    return connection("latestOpinionatedReviews", rows, wish)


@resolves("PullRequest", "reviews")
def reviews(
    pull: Pull, look: Look, author: str | None = None, states: Any = None, **wish: Any
) -> dict[str, Any]:
    rows = [
        one
        for one in pull.reviews
        if author in (None, one.author.login) and (not states or one.state in states)
    ]
    return connection("reviews", rows, wish)


@resolves("PullRequest", "commits")
def commits(pull: Pull, look: Look, **wish: Any) -> dict[str, Any]:
    home = pull.repository
    rows = bare.commits(home.path, pull.base_sha, pull.head_sha)
    things = [{"id": f"PRC_{pull.id}_{sha}", "commit": Commit(home, sha)} for sha in rows]
    return connection("commits", things, wish)


simple(
    "PullRequestReview",
    databaseId=lambda one: one.id,
    authorAssociation=lambda one: one.pull.repository.association(one.author),
    includesCreatedEdit=lambda one: False,
    submittedAt=lambda one: iso(one.submitted),
    commit=lambda one: Commit(one.pull.repository, one.commit),
    url=lambda one: f"{html(one.pull)}#pullrequestreview-{one.id}",
)
simple(
    "PullRequestReviewThread",
    isResolved=lambda one: one.resolved_by is not None,
    resolvedBy=lambda one: one.resolved_by,
    isOutdated=lambda one: one.outdated,
    line=lambda one: None if one.outdated else one.line,
)
connects("PullRequestReviewThread", "comments", lambda one: one.comments)
simple(
    "PullRequestReviewComment",
    databaseId=lambda one: one.id,
    path=lambda one: one.thread.path,
    line=lambda one: None if one.thread.outdated else one.thread.line,
    outdated=lambda one: one.thread.outdated,
    url=lambda one: f"{html(one.thread.pull)}#discussion_r{one.id}",
    authorAssociation=lambda one: one.thread.pull.repository.association(one.author),
    createdAt=lambda one: iso(one.created),
    updatedAt=lambda one: iso(one.created),
    pullRequestReview=lambda one: one.review,
)


@resolves("Repository", "mergeQueue")
def merge_queue(one: Repository, look: Look | None, branch: str | None = None) -> dict[str, Any] | None:
    name = branch or one.default_branch
    if queue_of(one, name) is None:
        return None
    url = f"{one.world.url}/{one.full_name}/queue/{name}"
    entries = [entry for entry in one.queue if entry.pull.base == name]
    return {"id": f"MQ_{one.id}_{name}", "url": url, "repository": one, "rows": entries, "kind": "MergeQueue"}


connects("MergeQueue", "entries", lambda queue: queue["rows"])
simple(
    "MergeQueueEntry",
    state=lambda entry: "AWAITING_CHECKS" if position(entry) == 1 else "QUEUED",
    position=lambda entry: position(entry),
    enqueuedAt=lambda entry: iso(entry.entered),
    enqueuer=lambda entry: entry.by,
    pullRequest=lambda entry: entry.pull,
    mergeQueue=lambda entry: merge_queue(entry.pull.repository, None, entry.pull.base),
    estimatedTimeToMerge=lambda entry: int(entry.seconds),
)


def position(entry: QueueEntry) -> int:
    """From 1; of an entry that left the queue, 0."""
    rows = entry.pull.repository.queue
    return rows.index(entry) + 1 if entry in rows else 0
