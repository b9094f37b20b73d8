"""What GitHub answers, as values of ours. REST rows and GraphQL nodes name the same things differently."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..model import CheckRun, Issue, MilestoneInfo, Pull, Ref

Row = Mapping[str, Any]

WRITERS = ("OWNER", "MEMBER", "COLLABORATOR")
"""Values of `author_association` of people whom somebody with rights has let in. Not all of them may write."""

_ISSUE_URL = re.compile(r"/repos/([^/]+/[^/]+)/issues/(\d+)$")


def issue(row: Row, blocked_by: Sequence[Ref] = ()) -> Issue:
    """From a REST row."""
    parent = _ISSUE_URL.search(row.get("parent_issue_url") or "")
    return Issue(
        number=row["number"],
        title=row["title"],
        body=row.get("body") or "",
        state=row["state"],
        state_reason=_reason(row["state"], row.get("state_reason")),
        milestone=(row.get("milestone") or {}).get("title"),
        labels=tuple(label if isinstance(label, str) else label["name"] for label in row["labels"]),
        blocked_by=tuple(blocked_by),
        parent=int(parent[2]) if parent and parent[1] == repository_of(row) else None,
        url=row["html_url"],
        author=login_of(row),
        author_writes=row.get("author_association") in WRITERS,
        is_pull=is_pull(row),
    )


def issue_node(node: Row) -> Issue:
    """From a GraphQL node."""
    state: Literal["open", "closed"] = "open" if node["state"] == "OPEN" else "closed"
    return Issue(
        number=node["number"],
        title=node["title"],
        body=node["body"] or "",
        state=state,
        state_reason=_reason(state, node["stateReason"]),
        milestone=(node["milestone"] or {}).get("title"),
        labels=tuple(label["name"] for label in node["labels"]["nodes"]),
        url=node["url"],
        author=(node["author"] or {}).get("login", ""),
        author_writes=node["authorAssociation"] in WRITERS,
    )


def _reason(state: str, reason: str | None) -> Literal["completed", "not_planned"] | None:
    """A duplicate was not done either."""
    if state == "open":
        return None
    return "not_planned" if (reason or "").lower() in ("not_planned", "duplicate") else "completed"


def login_of(row: Row) -> str:
    """The author of an issue or a comment; empty where the account is gone."""
    return str((row.get("user") or {}).get("login", ""))


def is_pull(row: Row) -> bool:
    """Lists of issues hold pull requests as well."""
    return "pull_request" in row


def repository_of(row: Row) -> str:
    """`owner/name`, of an issue's REST row."""
    return str(row["repository_url"]).partition("/repos/")[2]


def has_blockers(row: Row) -> bool:
    """Does the summary say that there are native dependencies? A server without them has no summary."""
    summary = row.get("issue_dependencies_summary") or {}
    return bool(summary.get("total_blocked_by") or summary.get("blocked_by"))


def has_sub_issues(row: Row) -> bool:
    return bool((row.get("sub_issues_summary") or {}).get("total"))


def milestone(row: Row, issues: Sequence[Issue] | None = None) -> MilestoneInfo:
    """GitHub counts pull requests in; `issues` are counted instead where they are at hand."""
    if issues is None:
        opened, closed = row["open_issues"], row["closed_issues"]
    else:
        opened = sum(issue.state == "open" for issue in issues)
        closed = len(issues) - opened
    return MilestoneInfo(row["title"], row["number"], opened + closed, opened, closed)


def pull(row: Row) -> Pull:
    """From a REST row, of a list or of its own."""
    merged = bool(row.get("merged_at"))
    return Pull(
        number=row["number"],
        branch=row["head"]["ref"],
        base=row["base"]["ref"],
        head=row["head"]["sha"],
        state="merged" if merged else row["state"],
        title=row["title"],
        url=row["html_url"],
        merge_commit=row["merge_commit_sha"] if merged else None,
        draft=bool(row.get("draft")),
    )


def pull_node(node: Row) -> Pull:
    """From a GraphQL node."""
    return Pull(
        number=node["number"],
        branch=node["headRefName"],
        base=node["baseRefName"],
        head=node["headRefOid"],
        state=node["state"].lower(),
        title=node["title"],
        url=node["url"],
        merge_commit=(node["mergeCommit"] or {}).get("oid"),
        draft=node["isDraft"],
    )


Conclusion = Literal["success", "failure", "cancelled", "action_required"]

CONCLUSIONS: Mapping[str, Conclusion] = {
    "SUCCESS": "success",
    "NEUTRAL": "success",
    "SKIPPED": "success",
    "FAILURE": "failure",
    "TIMED_OUT": "failure",
    "STARTUP_FAILURE": "failure",
    "CANCELLED": "cancelled",
    "STALE": "cancelled",
    "ACTION_REQUIRED": "action_required",
}
"""Neutral and skipped satisfy a required check, as GitHub's page on status checks says; stale ones never ended."""

STATES: Mapping[str, Conclusion] = {"SUCCESS": "success", "FAILURE": "failure", "ERROR": "failure"}
"""Commit statuses; `pending` and `expected` are no conclusion."""


def checks(nodes: Sequence[Row], head: str) -> tuple[CheckRun, ...]:
    """From the GraphQL nodes of a rollup: the newest of each check. A run that was started anew, or that another
    one replaced, no longer counts."""
    newest: dict[tuple[str, ...], Row] = {}
    for node in sorted(nodes, key=lambda node: node.get("startedAt") or ""):
        newest[_identity(node)] = node
    return tuple(_check(node, head) for node in newest.values())


def _identity(node: Row) -> tuple[str, ...]:
    if node["__typename"] == "StatusContext":
        return ("status", node["context"])
    suite = node["checkSuite"] or {}
    run = suite.get("workflowRun") or {}
    workflow, app = (run.get("workflow") or {}).get("name"), (suite.get("app") or {}).get("slug")
    return ("run", node["name"], app or "", workflow or "", run.get("event") or "")


def _check(node: Row, head: str) -> CheckRun:
    if node["__typename"] == "StatusContext":
        text = node["description"] or ""
        return CheckRun(node["context"], head, STATES.get(node["state"]), text, url=node["targetUrl"] or "")
    return CheckRun(
        name=node["name"],
        head=head,
        conclusion=CONCLUSIONS.get(node["conclusion"] or ""),
        id=str(node["databaseId"] or ""),
        url=node["detailsUrl"] or "",
    )


def job(row: Row, head: str) -> CheckRun:
    """From a REST row of a job of GitHub Actions, whose name is that of its check."""
    conclusion = CONCLUSIONS.get((row["conclusion"] or "").upper())
    return CheckRun(row["name"], head, conclusion, url=row["html_url"] or "")
