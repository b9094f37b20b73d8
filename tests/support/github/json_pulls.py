"""Pull requests as REST spells them."""

from __future__ import annotations

from typing import Any

from . import bare
from .json_issues import html, label, milestone
from .json_repository import api, maybe_user, repository, user
from .repository import Repository
from .state import iso
from .state_pulls import Pull, Review
from .verdicts import look


def simple(pull: Pull, login: str) -> dict[str, Any]:
    """A row of a list."""
    home = pull.repository
    return {
        **links(pull),
        "id": pull.id,
        "node_id": home.world.node_id("PR", pull),
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "user": maybe_user(home.world, pull.author),
        "body": pull.body,
        "labels": [pull_label(home, each) for each in pull.labels],
        "milestone": milestone(pull.milestone) if pull.milestone else None,
        "active_lock_reason": None,
        "created_at": iso(pull.created),
        "updated_at": iso(pull.updated),
        "closed_at": iso(pull.closed),
        "merged_at": iso(pull.merged),
        "merge_commit_sha": pull.merge_commit,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "head": end(pull.head_repository or home, pull.head, pull.head_sha, login),
        "base": end(home, pull.base, pull.base_sha, login),
        "_links": addresses(pull),
        "author_association": pull.association,
        "auto_merge": None,
        "draft": pull.draft,
    }


def pull_label(home: Repository, one: Any) -> dict[str, Any]:
    """As a label, without the fields of archived ones that rows of pull requests do not have."""
    return {key: value for key, value in label(home, one).items() if key != "archived_at"}


def full(pull: Pull, login: str) -> dict[str, Any]:
    """One pull request: with its merge state and its sizes."""
    state = look(pull)
    return {
        **simple(pull, login),
        "merged": pull.merged is not None,
        "mergeable": state.mergeable,
        "rebaseable": state.mergeable,
        "mergeable_state": state.state,
        "merged_by": maybe_user(pull.repository.world, pull.merged_by),
        "comments": len(pull.comments),
        "review_comments": sum(len(one.comments) for one in pull.threads),
        "maintainer_can_modify": False,
        **sizes(pull),
    }


def sizes(pull: Pull) -> dict[str, int]:
    path = pull.repository.path
    rows = bare.changes(path, pull.base_sha, pull.head_sha)
    return {
        "commits": len(bare.commits(path, pull.base_sha, pull.head_sha)),
        "additions": sum(row[0] for row in rows),
        "deletions": sum(row[1] for row in rows),
        "changed_files": len(rows),
    }


def end(home: Repository, branch: str, sha: str, login: str) -> dict[str, Any]:
    """Head or base."""
    return {
        "label": f"{home.owner}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": user(home.world, home.user(home.owner)),
        "repo": repository(home, login),
    }


def links(pull: Pull) -> dict[str, str]:
    home, page = api(pull.repository), html(pull)
    url = f"{home}/pulls/{pull.number}"
    return {
        "url": url,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": f"{home}/issues/{pull.number}",
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{home}/pulls/comments{{/number}}",
        "comments_url": f"{home}/issues/{pull.number}/comments",
        "statuses_url": f"{home}/statuses/{pull.head_sha}",
    }


def addresses(pull: Pull) -> dict[str, dict[str, str]]:
    rows = links(pull)
    named = {"self": rows["url"], "html": rows["html_url"], "issue": rows["issue_url"]}
    for name in ("comments", "review_comments", "review_comment", "commits", "statuses"):
        named[name] = rows[f"{name}_url"]
    return {name: {"href": url} for name, url in named.items()}


def review(pull: Pull, one: Review) -> dict[str, Any]:
    home = pull.repository
    page, url = f"{html(pull)}#pullrequestreview-{one.id}", f"{api(home)}/pulls/{pull.number}"
    return {
        "id": one.id,
        "node_id": home.world.node_id("PRR", one),
        "user": user(home.world, one.author),
        "body": one.body,
        "state": one.state,
        "html_url": page,
        "pull_request_url": url,
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "submitted_at": iso(one.submitted),
        "commit_id": one.commit,
        "author_association": home.association(one.author),
    }
