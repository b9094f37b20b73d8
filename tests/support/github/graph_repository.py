"""GraphQL: the query's own fields, accounts, repositories, refs and commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import bare
from .graph_fields import Look, connection, connects, need, problem, resolves, simple, visible
from .repository import Repository
from .state import Issue, User, iso
from .state_pulls import Pull


@dataclass(frozen=True)
class Branch:
    repository: Repository
    name: str


@dataclass(frozen=True)
class Commit:
    repository: Repository
    sha: str

    def field(self, index: int) -> str:
        return bare.fields(self.repository.path, self.sha)[index]


@resolves("Query", "rateLimit")
def rate_limit(thing: None, look: Look, dryRun: bool = False) -> dict[str, Any]:
    bucket = look.bucket
    used = min(bucket.used + look.cost, bucket.limit)
    return {
        "cost": look.cost,
        "limit": bucket.limit,
        "nodeCount": look.nodes,
        "remaining": bucket.limit - used,
        "resetAt": iso(datetime.fromtimestamp(bucket.reset, UTC)),
        "used": used,
    }


@resolves("Query", "repository")
def repository(thing: None, look: Look, owner: str, name: str, followRenames: bool = True) -> Repository:
    found, renamed = look.world.find(owner, name)
    if found is None or not visible(look, found) or (renamed and not followRenames):
        message = f"Could not resolve to a Repository with the name '{owner}/{name}'."
        raise problem("NOT_FOUND", message)
    return found


@resolves("Query", "node")
def node(thing: None, look: Look, id: str) -> Any:
    found = look.world.nodes.get(id)
    if found is None:
        raise problem("NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'")
    return found


@resolves("Query", "nodes")
def nodes(thing: None, look: Look, ids: list[str]) -> list[Any]:
    return [node(None, look, one) for one in ids]


@resolves("Query", "viewer")
def viewer(thing: None, look: Look) -> User:
    return look.user


for kind in ("User", "Bot", "Organization"):
    simple(
        kind,
        databaseId=lambda user: user.id,
        name=lambda user: None,
        resourcePath=lambda user: f"/{user.login}",
    )

simple(
    "Repository",
    databaseId=lambda one: one.id,
    nameWithOwner=lambda one: one.full_name,
    owner=lambda one: one.user(one.owner),
    url=lambda one: f"{one.world.url}/{one.full_name}",
    description=lambda one: None,
    isArchived=lambda one: one.archived,
    isPrivate=lambda one: one.private,
    isFork=lambda one: False,
    isEmpty=lambda one: False,
    viewerDefaultMergeMethod=lambda one: "MERGE",
    mergeCommitAllowed=lambda one: one.merge_commits,
    squashMergeAllowed=lambda one: one.squashes,
    rebaseMergeAllowed=lambda one: one.rebases,
    deleteBranchOnMerge=lambda one: one.delete_on_merge,
    hasIssuesEnabled=lambda one: True,
    hasWikiEnabled=lambda one: True,
    hasProjectsEnabled=lambda one: True,
    defaultBranchRef=lambda one: Branch(one, one.default_branch),
    parent=lambda one: None,
)


@resolves("User", "url")
@resolves("Bot", "url")
@resolves("Organization", "url")
def account_url(user: User, look: Look) -> str:
    return f"{look.world.url}/{user.login}"


@resolves("Repository", "viewerPermission")
def viewer_permission(one: Repository, look: Look) -> str | None:
    level = look.world.level(look.token, one)
    return None if level == "none" else level.upper()


@resolves("Repository", "viewerCanAdminister")
def viewer_can_administer(one: Repository, look: Look) -> bool:
    return look.world.level(look.token, one) == "admin"


@resolves("Repository", "ref")
def ref(one: Repository, look: Look, qualifiedName: str) -> Branch | None:
    name = qualifiedName.removeprefix("refs/heads/")
    return Branch(one, name) if name in one.branches() else None


@resolves("Repository", "issue")
def issue(one: Repository, look: Look, number: int) -> Issue:
    need(look, "issues:read")
    found = one.numbered.get(number)
    if found is None or isinstance(found, Pull) or found.deleted or found.transferred:
        raise problem("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
    return found


@resolves("Repository", "issueOrPullRequest")
def issue_or_pull(one: Repository, look: Look, number: int) -> Issue:
    found = one.numbered.get(number)
    if found is None or found.deleted:
        raise problem(
            "NOT_FOUND", f"Could not resolve to an issue or pull request with the number of {number}."
        )
    return found


@resolves("Repository", "pullRequest")
def pull_request(one: Repository, look: Look, number: int) -> Pull:
    need(look, "pull_requests:read")
    found = one.numbered.get(number)
    if not isinstance(found, Pull):
        raise problem("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
    return found


@resolves("Repository", "issues")
def issues(one: Repository, look: Look, **wish: Any) -> dict[str, Any]:
    need(look, "issues:read")
    states, labels = wish.get("states"), set(wish.get("labels") or ())
    rows = [
        each
        for each in one.items()
        if not isinstance(each, Pull)
        and (not states or each.state.upper() in states)
        and (not labels or labels & {label.name for label in each.labels})
    ]
    return connection("issues", ordered(rows, wish), wish)


@resolves("Repository", "pullRequests")
def pull_requests(one: Repository, look: Look, **wish: Any) -> dict[str, Any]:
    need(look, "pull_requests:read")
    states = wish.get("states")
    rows = [
        each
        for each in one.pulls()
        if (not states or ("MERGED" if each.merged else each.state.upper()) in states)
        and wish.get("headRefName") in (None, each.head)
        and wish.get("baseRefName") in (None, each.base)
    ]
    return connection("pullRequests", ordered(rows, wish), wish)


def ordered(rows: list[Any], wish: dict[str, Any]) -> list[Any]:
    """By number, which is the order of creation; the oldest first unless asked otherwise."""
    order = wish.get("orderBy") or {"direction": "ASC"}
    return sorted(rows, key=lambda each: each.number, reverse=order["direction"] == "DESC")


simple(
    "Ref",
    id=lambda one: f"REF_{one.repository.id}_{one.name}",
    prefix=lambda one: "refs/heads/",
    target=lambda one: Commit(one.repository, one.repository.tip(one.name)),
)
simple(
    "Commit",
    id=lambda one: f"C_{one.repository.id}_{one.sha}",
    oid=lambda one: one.sha,
    message=lambda one: one.field(6).strip(),
    messageHeadline=lambda one: one.field(6).partition("\n")[0],
    messageBody=lambda one: one.field(6).partition("\n")[2].strip(),
    committedDate=lambda one: one.field(3),
    authoredDate=lambda one: one.field(1),
    url=lambda one: f"{one.repository.world.url}/{one.repository.full_name}/commit/{one.sha}",
    author=lambda one: author(one),
)
connects("Commit", "authors", lambda one: [author(one)])


def author(one: Commit) -> dict[str, Any]:
    name, _, address = one.field(0).rpartition(" <")
    return {"name": name, "email": address.rstrip(">"), "date": one.field(1), "user": None}
