"""People and repositories as REST spells them."""

from __future__ import annotations

from typing import Any

from .repository import Repository
from .state import LEVELS, User, iso
from .world import World

USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
ZEROS = [
    "forks_count",
    "stargazers_count",
    "watchers_count",
    "size",
    "open_issues_count",
    "forks",
    "open_issues",
    "watchers",
]


def api(repository: Repository) -> str:
    return f"{repository.world.url}/api/v3/repos/{repository.full_name}"


def user(world: World, one: User) -> dict[str, Any]:
    """A simple user."""
    url = f"{world.url}/api/v3/users/{one.login}"
    return {
        "login": one.login,
        "id": one.id,
        "node_id": world.node_id("U", one),
        "avatar_url": f"{world.url}/avatars/u/{one.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{world.url}/{one.login}",
        **{key: url + tail for key, tail in USER_LINKS.items()},
        "type": one.kind,
        "site_admin": False,
    }


def maybe_user(world: World, one: User | None) -> dict[str, Any] | None:
    return user(world, one) if one else None


def minimal(one: Repository) -> dict[str, Any]:
    """A minimal repository."""
    return {
        "id": one.id,
        "node_id": one.world.node_id("R", one),
        "name": one.name,
        "full_name": one.full_name,
        "owner": user(one.world, one.user(one.owner)),
        "private": one.private,
        "html_url": f"{one.world.url}/{one.full_name}",
        "description": None,
        "fork": False,
        "url": api(one),
        **{key: api(one) + tail for key, tail in LINKS.items()},
    }


def repository(one: Repository, login: str) -> dict[str, Any]:
    """A repository as it stands in pull requests."""
    return {
        **minimal(one),
        **addresses(one),
        **dict.fromkeys(ZEROS, 0),
        **features(one),
        **merging(one),
        "license": None,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "default_branch": one.default_branch,
        "archived": one.archived,
        "disabled": False,
        "visibility": "private" if one.private else "public",
        "pushed_at": iso(one.created),
        "created_at": iso(one.created),
        "updated_at": iso(one.created),
        "permissions": permissions(one, login),
    }


def full(one: Repository, login: str) -> dict[str, Any]:
    """A full repository."""
    return {**repository(one, login), "subscribers_count": 0, "network_count": 0}


def addresses(one: Repository) -> dict[str, str]:
    host = one.world.url.partition("//")[2]
    return {
        "clone_url": one.clone_url,
        "git_url": f"git://{host}/{one.full_name}.git",
        "ssh_url": f"git@{host}:{one.full_name}.git",
        "svn_url": f"{one.world.url}/{one.full_name}",
    }


def features(one: Repository) -> dict[str, bool]:
    there = dict.fromkeys(("has_issues", "has_projects", "has_wiki"), True)
    return {
        **there,
        "has_pages": False,
        "has_discussions": False,
        "is_template": False,
        "allow_forking": True,
    }


def merging(one: Repository) -> dict[str, Any]:
    return {
        "allow_squash_merge": one.squashes,
        "allow_merge_commit": one.merge_commits,
        "allow_rebase_merge": one.rebases,
        "allow_auto_merge": False,
        "allow_update_branch": False,
        "delete_branch_on_merge": one.delete_on_merge,
        "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
        "squash_merge_commit_message": "COMMIT_MESSAGES",
        "merge_commit_title": "MERGE_MESSAGE",
        "merge_commit_message": "PR_TITLE",
    }


def permissions(one: Repository, login: str) -> dict[str, bool]:
    """Of an app nothing is told: all false, whatever it may do."""
    names = {"pull": "read", "triage": "triage", "push": "write", "maintain": "maintain", "admin": "admin"}
    rank = LEVELS.index(one.level(login)) if not login.endswith("[bot]") else 0
    return {name: rank >= LEVELS.index(level) for name, level in names.items()}
