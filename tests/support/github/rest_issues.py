"""Issues, their labels, sub-issues and dependencies."""

from __future__ import annotations

from typing import Any

from . import changes
from .json_issues import issue, issues, label
from .routes import route
from .state import Issue, Milestone
from .state_pulls import Pull
from .web import Answer, Ask, Refusal, invalid, not_found, paged

ISSUES = "/repos/{owner}/{name}/issues"
ISSUE = ISSUES + "/{number}"


@route("GET", ISSUES, needs="issues:read", model="list[Issue]")
def list_issues(ask: Ask) -> Answer:
    rows = [one for one in ask.repo.items() if wanted(ask, one)]
    if ask.request.query.get("direction") == "asc":
        rows.sort(key=lambda one: (one.created, one.number))
    page, headers = paged(ask, rows)
    return Answer(200, issues(page), headers)


def wanted(ask: Ask, one: Issue) -> bool:
    query = ask.request.query
    state, milestone = query.get("state", "open"), query.get("milestone", "")
    names = {each.name for each in one.labels}
    return (
        state in ("all", one.state)
        and in_milestone(ask, one.milestone, milestone)
        and set(filter(None, query.get("labels", "").split(","))) <= names
        and one.updated.isoformat() >= query.get("since", "").removesuffix("Z")
    )


def in_milestone(ask: Ask, milestone: Milestone | None, wish: str) -> bool:
    if wish in ("", "*", "none"):
        return wish == "" or (milestone is not None) == (wish == "*")
    if not wish.isdigit() or int(wish) > len(ask.repo.milestones):
        raise invalid("Issue", code="invalid", field="milestone", value=wish)
    return milestone is not None and milestone.number == int(wish)


def find(ask: Ask) -> Issue:
    """The issue of the path; 404, 410 or a redirect when it is not there any more."""
    one = ask.repo.numbered.get(ask.number())
    if one is None:
        raise not_found()
    if one.deleted:
        raise Refusal(410, "This issue was deleted")
    if one.transferred:
        there = one.transferred
        raise moved(ask, f"/repos/{there.repository.full_name}/issues/{there.number}")
    return one


def moved_to(url: str) -> Answer:
    """301, as git is sent on."""
    return Answer(301, b"", {"Location": url})


def moved(ask: Ask, path: str) -> Refusal:
    """301 for reads, 307 for everything else, to another path of the API."""
    status, words = (301, "Moved Permanently") if ask.request.method == "GET" else (307, "Temporary Redirect")
    url = f"{ask.world.url}/api/v3{path}"
    refusal = Refusal(status, words, headers={"Location": url})
    refusal.answer.data["url"] = url
    return refusal


@route("GET", ISSUE, needs="issues:read", model="Issue")
def get_issue(ask: Ask) -> Answer:
    return Answer(200, issue(find(ask)))


@route("PATCH", ISSUE, needs="issues:write", model="Issue")
def edit_issue(ask: Ask) -> Answer:
    one, wish = find(ask), ask.json()
    ask.writable()
    if one.author is not ask.user:
        ask.need("triage")
    apply(ask, one, wish)
    return Answer(200, issue(one))


def apply(ask: Ask, one: Issue, wish: dict[str, Any]) -> None:
    """The fields that an issue and a pull request share."""
    if "title" in wish:
        changes.rename(one, ask.user, wish["title"])
    if "body" in wish:
        changes.rewrite(one, wish["body"])
    if "labels" in wish:
        for each in [each.name for each in one.labels if each.name not in wish["labels"]]:
            changes.remove_label(one, ask.user, each)
        changes.add_labels(one, ask.user, wish["labels"])
    if wish.get("state") == "closed":
        changes.close(
            one, ask.user, None if isinstance(one, Pull) else wish.get("state_reason") or "completed"
        )
    elif wish.get("state") == "open":
        changes.reopen(one, ask.user, None if isinstance(one, Pull) else "reopened")


@route("GET", ISSUE + "/labels", needs="issues:read", model="list[Label]")
def list_labels(ask: Ask) -> Answer:
    page, headers = paged(ask, find(ask).labels)
    return Answer(200, [label(ask.repo, each) for each in page], headers)


@route("POST", ISSUE + "/labels", needs="issues:write", model="list[Label]")
def add_labels(ask: Ask) -> Answer:
    one = find(ask)
    ask.writable()
    ask.need("triage")
    wish = ask.request.any_json()
    changes.add_labels(one, ask.user, wish if isinstance(wish, list) else wish.get("labels", []))
    return Answer(200, [label(ask.repo, each) for each in one.labels])


@route("DELETE", ISSUE + "/labels/{label}", needs="issues:write", model="list[Label]")
def remove_label(ask: Ask) -> Answer:
    one, name = find(ask), ask.parts["label"]
    ask.need("triage")
    if name not in {each.name for each in one.labels}:
        raise Refusal(404, "Label does not exist")
    changes.remove_label(one, ask.user, name)
    return Answer(200, [label(ask.repo, each) for each in one.labels])


@route("GET", ISSUE + "/sub_issues", needs="issues:read", model="list[Issue]")
def list_sub_issues(ask: Ask) -> Answer:
    if not ask.repo.sub_issues:
        raise not_found()
    return related(ask, find(ask).children)


@route("GET", ISSUE + "/dependencies/{direction}", needs="issues:read", model="list[Issue]")
def list_dependencies(ask: Ask) -> Answer:
    if not ask.repo.dependencies or ask.parts["direction"] not in ("blocked_by", "blocking"):
        raise not_found()
    return related(ask, getattr(find(ask), ask.parts["direction"]))


def related(ask: Ask, rows: list[Issue]) -> Answer:
    """Those that the person may see."""
    seen = [one for one in rows if ask.world.level(ask.token, one.repository) != "none" and not one.deleted]
    page, headers = paged(ask, seen)
    return Answer(200, issues(page), headers)
