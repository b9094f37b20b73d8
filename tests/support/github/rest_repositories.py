"""The repository itself, its milestones, and the account that asks."""

from __future__ import annotations

from .json_issues import milestone
from .json_repository import full, permissions, user
from .routes import route
from .state import Milestone, iso, now
from .web import Answer, Ask, Refusal, not_found, paged

REPOSITORY = "/repos/{owner}/{name}"


@route("GET", REPOSITORY, model="FullRepository")
def get_repository(ask: Ask) -> Answer:
    return Answer(200, full(ask.repo, ask.user.login))


COARSE = {"triage": "read", "maintain": "write"}
"""What `permission` says of the roles between; `role_name` names them."""


@route("GET", REPOSITORY + "/collaborators/{login}/permission", model="RepositoryCollaboratorPermission")
def get_permission(ask: Ask) -> Answer:
    one = ask.world.users.get(ask.parts["login"])
    if one is None or one.kind == "Bot":
        raise not_found()
    level = ask.repo.level(one.login)
    may = {**dict.fromkeys(("email", "name")), "permissions": permissions(ask.repo, one.login)}
    found = {**user(ask.world, one), **may, "role_name": level}
    return Answer(200, {"permission": COARSE.get(level, level), "role_name": level, "user": found})


@route("GET", REPOSITORY + "/milestones", needs="issues:read", model="list[Milestone]")
def list_milestones(ask: Ask) -> Answer:
    state = ask.request.query.get("state", "open")
    rows = [one for one in ask.repo.milestones if state in ("all", one.state)]
    page, headers = paged(ask, rows)
    return Answer(200, [milestone(one) for one in page], headers)


@route("GET", REPOSITORY + "/milestones/{number}", needs="issues:read", model="Milestone")
def get_milestone(ask: Ask) -> Answer:
    return Answer(200, milestone(find(ask)))


def find(ask: Ask) -> Milestone:
    for one in ask.repo.milestones:
        if one.number == ask.number():
            return one
    raise not_found()


@route("GET", "/user", needs="", model="PublicUser")
def get_user(ask: Ask) -> Answer:
    facts = dict.fromkeys(
        ("name", "company", "blog", "location", "email", "hireable", "bio", "twitter_username")
    )
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    moment = iso(now().replace(month=1, day=1, hour=0, minute=0, second=0))
    return Answer(
        200, {**user(ask.world, ask.user), **facts, **counts, "created_at": moment, "updated_at": moment}
    )


@route("GET", "/rate_limit", needs="", model="RateLimitOverview")
def get_rate_limit(ask: Ask) -> Answer:
    if not ask.limits.enabled:
        raise Refusal(404, "Rate limiting is not enabled.")
    names = ("core", "search", "graphql")
    rows = {name: ask.limits.bucket(ask.token.digest, name).json() for name in names}
    return Answer(200, {"resources": rows, "rate": rows["core"]})


@route("GET", "/", needs="")
def get_root(ask: Ask) -> Answer:
    """Where `gh auth status` looks for the scopes of a token."""
    base = f"{ask.world.url}/api/v3"
    return Answer(200, {"current_user_url": f"{base}/user", "rate_limit_url": f"{base}/rate_limit"})
