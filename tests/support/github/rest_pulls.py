"""Pull requests: list, open, edit, merge."""

from __future__ import annotations

from . import bare, pulls
from .json_pulls import full, review, simple
from .repository import Repository
from .rest_issues import apply
from .rest_merge import merge_or_refuse
from .rest_repositories import REPOSITORY
from .routes import route
from .state_pulls import Pull
from .web import Answer, Ask, invalid, not_found, paged

PULLS = REPOSITORY + "/pulls"
PULL = PULLS + "/{number}"


@route("GET", PULLS, needs="pull_requests:read", model="list[PullRequestSimple]")
def list_pulls(ask: Ask) -> Answer:
    query = ask.request.query
    state, head, base = query.get("state", "open"), query.get("head", ""), query.get("base", "")
    rows = [
        one
        for one in ask.repo.pulls()
        if state in ("all", one.state)
        and (":" not in head or head == f"{(one.head_repository or ask.repo).owner}:{one.head}")
        and base in ("", one.base)
    ]
    page, headers = paged(ask, rows)
    return Answer(200, [simple(one, ask.user.login) for one in page], headers)


@route("POST", PULLS, needs="pull_requests:write", model="PullRequest")
def open_pull(ask: Ask) -> Answer:
    wish = ask.json()
    ask.writable()
    title, base, draft = wish.get("title"), wish.get("base", ""), bool(wish.get("draft"))
    if not title:
        raise invalid("PullRequest", code="missing_field", field="title")
    if base not in ask.repo.branches():
        raise invalid("PullRequest", code="invalid", field="base")
    home, branch = head_of(ask, wish.get("head", ""))
    check_new(ask.repo, home, branch, base)
    made = pulls.open_pull(ask.repo, ask.user, title, wish.get("body"), (home, branch), base, draft)
    data = full(made, ask.user.login)
    return Answer(201, data, {"Location": data["url"]})


def head_of(ask: Ask, head: str) -> tuple[Repository, str]:
    """The repository and branch of `branch` or `owner:branch`."""
    owner, _, branch = head.rpartition(":")
    for home in ask.world.repositories.values() if owner not in ("", ask.repo.owner) else [ask.repo]:
        if (
            home.name == ask.repo.name
            and home.owner == (owner or ask.repo.owner)
            and branch in home.branches()
        ):
            return home, branch
    raise invalid("PullRequest", code="invalid", field="head")


def check_new(repository: Repository, home: Repository, branch: str, base: str) -> None:
    """One open pull request for head and base, and something to merge."""
    for one in repository.pulls():
        if one.state == "open" and (one.head_repository, one.head, one.base) == (home, branch, base):
            message = f"A pull request already exists for {home.owner}:{branch}."
            raise invalid("PullRequest", message)
    if home is repository and bare.is_ancestor(home.path, home.tip(branch), repository.tip(base)):
        raise invalid("PullRequest", f"No commits between {base} and {branch}")


def find_pull(ask: Ask) -> Pull:
    one = ask.repo.numbered.get(ask.number())
    if not isinstance(one, Pull):
        raise not_found()
    return one


@route("GET", PULL, needs="pull_requests:read", model="PullRequest")
def get_pull(ask: Ask) -> Answer:
    return Answer(200, full(find_pull(ask), ask.user.login))


@route("PATCH", PULL, needs="pull_requests:write", model="PullRequest")
def edit_pull(ask: Ask) -> Answer:
    pull, wish = find_pull(ask), ask.json()
    ask.writable()
    if pull.author is not ask.user:
        ask.need("write")
    if "base" in wish and wish["base"] != pull.base:
        retarget(ask, pull, wish["base"])
    if wish.get("state") == "open" and pull.state == "closed":
        check_reopen(pull)
        pulls.reopen(pull, ask.user)
    if wish.get("state") == "closed":
        pulls.close(pull, ask.user)
    apply(ask, pull, {key: wish[key] for key in ("title", "body") if key in wish})
    return Answer(200, full(pull, ask.user.login))


def retarget(ask: Ask, pull: Pull, base: str) -> None:
    if base not in ask.repo.branches():
        raise invalid("PullRequest", "Proposed base branch was not found", code="invalid", field="base")
    if pull.state == "closed":
        raise invalid("PullRequest", "Cannot change the base branch of a closed pull request.", field="base")
    pulls.retarget(pull, ask.user, base)


def check_reopen(pull: Pull) -> None:
    home = pull.head_repository
    tip = home.branches().get(pull.head) if home else None
    if pull.merged:
        raise invalid("PullRequest", "state cannot be changed. The pull request was merged.", field="state")
    if tip is None:
        words = f"state cannot be changed. The {pull.head} branch has been deleted."
        raise invalid("PullRequest", words, field="state")
    if not bare.is_ancestor(pull.repository.path, pull.head_sha, tip):
        words = f"state cannot be changed. The {pull.head} branch was force-pushed or recreated."
        raise invalid("PullRequest", words, field="state")


@route("GET", PULL + "/reviews", needs="pull_requests:read", model="list[PullRequestReview]")
def list_reviews(ask: Ask) -> Answer:
    pull = find_pull(ask)
    page, headers = paged(ask, pull.reviews)
    return Answer(200, [review(pull, one) for one in page], headers)


@route("GET", PULL + "/merge", needs="contents:read")
def is_merged(ask: Ask) -> Answer:
    return Answer(204 if find_pull(ask).merged else 404)


@route("PUT", PULL + "/merge", needs="contents:write", model="PullRequestMergeResult")
def merge(ask: Ask) -> Answer:
    pull, wish = find_pull(ask), ask.json()
    ask.writable()
    ask.need("write")
    method = wish.get("merge_method", "merge")
    if method not in ("merge", "squash", "rebase"):
        raise invalid("PullRequest", code="invalid", field="merge_method")
    commit = merge_or_refuse(pull, ask.user, method, wish)
    return Answer(200, {"sha": commit, "merged": True, "message": "Pull Request successfully merged"})
