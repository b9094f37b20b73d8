"""Milestones, issues, labels and comments as REST spells them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .json_repository import api, maybe_user
from .repository import Repository
from .state import Comment, Issue, Label, Milestone, iso
from .state_pulls import Pull


def label(repository: Repository, one: Label) -> dict[str, Any]:
    return {
        "id": one.id,
        "node_id": repository.world.node_id("LA", one),
        "url": f"{api(repository)}/labels/{one.name}",
        "name": one.name,
        "color": one.color,
        "default": False,
        "description": one.description or None,
        "archived_at": None,
        "archived_by": None,
    }


def milestone(one: Milestone) -> dict[str, Any]:
    home = one.repository
    return {
        "url": f"{api(home)}/milestones/{one.number}",
        "html_url": f"{home.world.url}/{home.full_name}/milestone/{one.number}",
        "labels_url": f"{api(home)}/milestones/{one.number}/labels",
        "id": one.id,
        "node_id": home.world.node_id("MI", one),
        "number": one.number,
        "title": one.title,
        "description": one.description,
        "creator": maybe_user(home.world, one.creator),
        "open_issues": one.count("open"),
        "closed_issues": one.count("closed"),
        "state": one.state,
        "created_at": iso(one.created),
        "updated_at": iso(one.updated),
        "due_on": None,
        "closed_at": None,
    }


def issues(rows: Iterable[Issue]) -> list[dict[str, Any]]:
    """Rows of a list; the milestone that many share is spelled once."""
    shared: dict[Milestone, dict[str, Any]] = {}
    return [issue(one, shared) for one in rows]


def issue(one: Issue, shared: dict[Milestone, dict[str, Any]] | None = None) -> dict[str, Any]:
    home = one.repository
    shared = {} if shared is None else shared
    if one.milestone and one.milestone not in shared:
        shared[one.milestone] = milestone(one.milestone)
    data = {
        **issue_links(one),
        "id": one.id,
        "node_id": home.world.node_id("PR" if isinstance(one, Pull) else "I", one),
        "number": one.number,
        "title": one.title,
        "user": maybe_user(home.world, one.author),
        "labels": [label(home, each) for each in one.labels],
        "state": one.state,
        "locked": False,
        "assignees": [],
        "milestone": shared[one.milestone] if one.milestone else None,
        "comments": len(one.comments),
        "created_at": iso(one.created),
        "updated_at": iso(one.updated),
        "closed_at": iso(one.closed),
        "author_association": one.association,
        "active_lock_reason": None,
        "body": one.body,
        "closed_by": maybe_user(home.world, one.closed_by),
        "reactions": reactions(f"{api(home)}/issues/{one.number}/reactions"),
        "timeline_url": f"{api(home)}/issues/{one.number}/timeline",
        "performed_via_github_app": None,
        "state_reason": one.state_reason,
    }
    return {**data, **kinship(one), **(pull_links(one) if isinstance(one, Pull) else {})}


def reactions(url: str) -> dict[str, Any]:
    kinds = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
    return {"url": url, "total_count": 0, **dict.fromkeys(kinds, 0)}


def issue_links(one: Issue) -> dict[str, str]:
    url = f"{api(one.repository)}/issues/{one.number}"
    return {
        "url": url,
        "repository_url": api(one.repository),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": html(one),
    }


def html(one: Issue) -> str:
    word = "pull" if isinstance(one, Pull) else "issues"
    return f"{one.repository.world.url}/{one.repository.full_name}/{word}/{one.number}"


def pull_links(one: Pull) -> dict[str, Any]:
    page = html(one)
    links = {
        "url": f"{api(one.repository)}/pulls/{one.number}",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "merged_at": iso(one.merged),
    }
    return {"draft": one.draft, "pull_request": links}


def kinship(one: Issue) -> dict[str, Any]:
    """Sub-issues and dependencies, where this server has them."""
    data: dict[str, Any] = {}
    if one.repository.sub_issues:
        data["sub_issues_summary"] = sub_issues(one)
        if one.parent:
            data["parent_issue_url"] = f"{api(one.parent.repository)}/issues/{one.parent.number}"
    if one.repository.dependencies:
        data["issue_dependencies_summary"] = dependencies(one)
    return data


def sub_issues(one: Issue) -> dict[str, int]:
    total = len(one.children)
    done = sum(each.state == "closed" for each in one.children)
    return {"total": total, "completed": done, "percent_completed": 100 * done // total if total else 0}


def dependencies(one: Issue) -> dict[str, int]:
    """The first two count open ones only."""
    return {
        "blocked_by": sum(each.state == "open" for each in one.blocked_by),
        "total_blocked_by": len(one.blocked_by),
        "blocking": sum(each.state == "open" for each in one.blocking),
        "total_blocking": len(one.blocking),
    }


def comment(one: Comment) -> dict[str, Any]:
    home = one.item.repository
    url = f"{api(home)}/issues/comments/{one.id}"
    return {
        "url": url,
        "html_url": f"{html(one.item)}#issuecomment-{one.id}",
        "issue_url": f"{api(home)}/issues/{one.item.number}",
        "id": one.id,
        "node_id": home.world.node_id("IC", one),
        "user": maybe_user(home.world, one.author),
        "created_at": iso(one.created),
        "updated_at": iso(one.updated),
        "author_association": home.association(one.author),
        "body": one.body,
        "reactions": reactions(f"{url}/reactions"),
        "performed_via_github_app": None,
    }
