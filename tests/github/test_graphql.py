"""What answers of GraphQL mean: their errors come with status 200."""

import json
from pathlib import Path
from typing import Any

import pytest
from auto_milestone.errors import Unreachable
from auto_milestone.github.api import Api, Uncertain
from auto_milestone.github.problems import Refused
from support.api import make_api
from support.github import GitHub, Repository
from support.github_world import Hurry

ASK = "query { viewer { login } }"
CHANGE = "mutation { markPullRequestReadyForReview(input: {pullRequestId: 1}) { clientMutationId } }"
LIMITS: dict[str, Any] = {
    "now": {"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": "API rate limit exceeded"},
    "older server": {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."},
    "secondary": {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."},
}
WRONG = {"message": "Something went wrong while executing your query."}
FAULTS: dict[str, Any] = {
    "nothing": {"data": None, "errors": [WRONG]},
    "errors alone": {"errors": [WRONG]},
    "a part": {"data": {"viewer": None}, "errors": [{**WRONG, "path": ["viewer"], "locations": []}]},
    "no data": {"data": None},
    "no object": [],
}
NO = {"data": {"viewer": None}, "errors": [{"type": "FORBIDDEN", "path": ["viewer"], "message": "no"}]}
MISTAKE = {"errors": [{"message": "Field 'x' doesn't exist", "locations": [{"line": 1, "column": 1}]}]}
GONE = {"data": {"viewer": None}, "errors": [{"type": "NOT_FOUND", "path": ["viewer"], "message": "none"}]}


def say(github: GitHub, body: Any, times: int | None = 1) -> None:
    github.fault("POST", "/graphql$", "raw", status=200, message=json.dumps(body), times=times)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("ask", [Api.query, Api.mutate])
def test_limit(ask: Any, limit: str, github: GitHub, repo: Repository, tmp_path: Path) -> None:
    hurried = make_api(github, tmp_path, github.token(), Hurry())
    say(github, {"errors": [LIMITS[limit]]}, times=None)
    for _ in range(2):
        with pytest.raises(Unreachable, match="its limit of requests is reached") as caught:
            ask(hurried, ASK)
        assert not isinstance(caught.value, Uncertain) and caught.value.retry_at is not None
    assert github.log.count(kind="graphql") == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_read_that_failed_is_tried_again(fault: str, api: Api, github: GitHub) -> None:
    say(github, FAULTS[fault])
    assert api.query(ASK) == {"viewer": {"login": "acme"}}


@pytest.mark.parametrize("fault", FAULTS)
def test_mutation_that_failed_may_have_happened(fault: str, api: Api, github: GitHub) -> None:
    say(github, FAULTS[fault])
    with pytest.raises(Uncertain):
        api.mutate(CHANGE)
    assert github.log.count(kind="graphql") == 1


@pytest.mark.parametrize("body", [NO, MISTAKE], ids=["forbidden", "mistake"])
def test_refusal_is_told_at_once(body: Any, api: Api, github: GitHub) -> None:
    say(github, body)
    with pytest.raises(Refused, match="answered POST GraphQL with: "):
        api.query(ASK)


def test_what_is_not_there_is_null_for_a_read_and_a_refusal_of_a_mutation(api: Api, github: GitHub) -> None:
    say(github, GONE, times=2)
    assert api.query(ASK) == {"viewer": None}
    with pytest.raises(Refused):
        api.mutate(CHANGE)


def test_what_may_be_hidden_is_told(api: Api, github: GitHub) -> None:
    say(github, NO)
    assert api.partial(ASK, "viewer") == ({"viewer": None}, [["viewer"]])
    say(github, {**NO, "errors": [*NO["errors"], WRONG]})
    assert api.partial(ASK, "viewer") == ({"viewer": {"login": "acme"}}, [])


def test_budget_that_is_used_up(api: Api, github: GitHub, repo: Repository) -> None:
    api.query(ASK)
    github.limits.spend(remaining=0)
    with pytest.raises(Unreachable) as caught:
        api.query(ASK)
    assert caught.value.retry_at is not None and api.get("/repos/acme/app")["full_name"] == "acme/app"
