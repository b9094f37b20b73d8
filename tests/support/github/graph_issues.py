"""GraphQL: issues, and what issues and pull requests share."""

from __future__ import annotations

from typing import Any

from .graph_fields import Look, connection, connects, resolves, simple
from .graph_repository import Commit
from .json_issues import dependencies, html
from .state import Issue, iso

for kind in ("Issue", "PullRequest"):
    simple(
        kind,
        databaseId=lambda one: one.id,
        body=lambda one: one.body or "",
        url=html,
        closed=lambda one: one.state == "closed",
        closedAt=lambda one: iso(one.closed),
        createdAt=lambda one: iso(one.created),
        updatedAt=lambda one: iso(one.updated),
        lastEditedAt=lambda one: iso(one.edited),
        authorAssociation=lambda one: one.association,
    )
    connects(kind, "labels", lambda one: one.labels)
    connects(kind, "comments", lambda one: one.comments)
    connects(kind, "assignees", lambda one: ())

simple(
    "Issue",
    state=lambda one: one.state.upper(),
    stateReason=lambda one: one.state_reason and one.state_reason.upper(),
)
connects("Issue", "subIssues", lambda one: one.children)
connects("Issue", "blockedBy", lambda one: one.blocked_by)
connects("Issue", "blocking", lambda one: one.blocking)


@resolves("Issue", "issueDependenciesSummary")
def dependencies_summary(one: Issue, look: Look) -> dict[str, int]:
    counts = dependencies(one)
    words = {
        "blocked_by": "blockedBy",
        "total_blocked_by": "totalBlockedBy",
        "total_blocking": "totalBlocking",
    }
    return {words.get(name, name): count for name, count in counts.items()}


@resolves("Issue", "timelineItems")
@resolves("PullRequest", "timelineItems")
def timeline(one: Issue, look: Look, itemTypes: list[str] | None = None, **wish: Any) -> dict[str, Any]:
    wanted = {camel(name) for name in itemTypes or ()}
    rows = [each for each in one.events if not wanted or each.kind in wanted]
    return connection("timelineItems", rows, wish, filteredCount=len(rows))


def camel(name: str) -> str:
    """LABELED_EVENT as LabeledEvent."""
    return "".join(word.title() for word in name.split("_"))


def detail(name: str) -> Any:
    return lambda event: event.details[name]


def commit(name: str) -> Any:
    """A commit that an event names."""
    return lambda event: Commit(event.item.repository, event.details[name])


EVENTS = {
    "LabeledEvent": {"label": detail("label")},
    "UnlabeledEvent": {"label": detail("label")},
    "RenamedTitleEvent": {"previousTitle": detail("previous_title"), "currentTitle": detail("current_title")},
    "ClosedEvent": {"stateReason": lambda event: upper(event.details.get("state_reason"))},
    "ReopenedEvent": {},
    "MergedEvent": {"commit": commit("commit"), "mergeRefName": lambda event: event.item.base},
    "RemovedFromMergeQueueEvent": {"reason": detail("reason"), "enqueuer": detail("enqueuer")},
    "AddedToMergeQueueEvent": {"enqueuer": detail("enqueuer")},
    "HeadRefForcePushedEvent": {"beforeCommit": commit("before"), "afterCommit": commit("after")},
    "BaseRefChangedEvent": {"previousRefName": detail("previous"), "currentRefName": detail("current")},
}
for kind, resolvers in EVENTS.items():
    simple(kind, createdAt=lambda event: iso(event.created), **resolvers)


def upper(word: object) -> str | None:
    return str(word).upper() if word else None


simple(
    "Milestone",
    state=lambda one: one.state.upper(),
    dueOn=lambda one: None,
    url=lambda one: f"{one.repository.world.url}/{one.repository.full_name}/milestone/{one.number}",
)
simple(
    "IssueComment",
    databaseId=lambda one: one.id,
    url=lambda one: f"{html(one.item)}#issuecomment-{one.id}",
    authorAssociation=lambda one: one.item.repository.association(one.author),
    createdAt=lambda one: iso(one.created),
    updatedAt=lambda one: iso(one.updated),
    lastEditedAt=lambda one: iso(one.updated) if one.updated != one.created else None,
    includesCreatedEdit=lambda one: one.updated != one.created,
    isMinimized=lambda one: False,
    minimizedReason=lambda one: None,
)
connects("Repository", "labels", lambda one: list(one.labels.values()))
for kind in ("Issue", "PullRequest", "IssueComment", "PullRequestReview"):
    simple(kind, reactionGroups=lambda one: [])


@resolves("IssueComment", "viewerDidAuthor")
@resolves("PullRequestReview", "viewerDidAuthor")
def viewer_did_author(one: Any, look: Look) -> bool:
    return one.author is look.user
