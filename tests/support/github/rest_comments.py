"""Comments of issues and pull requests."""

from __future__ import annotations

from . import changes
from .json_issues import comment
from .rest_issues import ISSUE, ISSUES, find
from .routes import route
from .state import Comment
from .web import Answer, Ask, invalid, not_found, paged


@route("GET", ISSUE + "/comments", needs="issues:read", model="list[IssueComment]")
def list_comments(ask: Ask) -> Answer:
    page, headers = paged(ask, find(ask).comments)
    return Answer(200, [comment(one) for one in page], headers)


@route("POST", ISSUE + "/comments", needs="issues:write", model="IssueComment")
def add_comment(ask: Ask) -> Answer:
    one = find(ask)
    ask.writable()
    made = changes.add_comment(one, ask.user, text(ask))
    return Answer(201, comment(made), {"Location": comment(made)["url"]})


def text(ask: Ask) -> str:
    body = ask.json().get("body")
    if not isinstance(body, str) or not body.strip():
        raise invalid("IssueComment", code="missing_field", field="body")
    return body


def find_comment(ask: Ask) -> Comment:
    for item in ask.repo.items():
        for one in item.comments:
            if one.id == ask.number("id"):
                return one
    raise not_found()


@route("GET", ISSUES + "/comments/{id}", needs="issues:read", model="IssueComment")
def get_comment(ask: Ask) -> Answer:
    return Answer(200, comment(find_comment(ask)))


@route("PATCH", ISSUES + "/comments/{id}", needs="issues:write", model="IssueComment")
def edit_comment(ask: Ask) -> Answer:
    one = find_comment(ask)
    ask.writable()
    if one.author is not ask.user:
        ask.need("write")
    changes.edit_comment(one, text(ask))
    return Answer(200, comment(one))


@route("DELETE", ISSUES + "/comments/{id}", needs="issues:write")
def delete_comment(ask: Ask) -> Answer:
    one = find_comment(ask)
    if one.author is not ask.user:
        ask.need("write")
    one.item.comments.remove(one)
    changes.touch(one.item)
    return Answer(204)
