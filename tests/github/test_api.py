"""Requests: reads are tried again, writes never are, limits are kept, every refusal is one line."""

import threading
from pathlib import Path
from typing import Any

import pytest
from auto_milestone.errors import ConfigError, ForgeError, Stopped, Unreachable
from auto_milestone.github.api import Api, NotFound, Uncertain
from auto_milestone.github.limits import Limits
from auto_milestone.github.place import place
from auto_milestone.github.problems import Refused
from auto_milestone.github.remembered import Remembered
from auto_milestone.github.rules import find_repository
from auto_milestone.github.token import Token
from auto_milestone.stopping import Stop
from support.api import make_api
from support.github import GitHub, Repository

REPO = "/repos/acme/app"
PASSING: list[tuple[str, dict[str, Any]]] = [
    ("500", {}),
    ("502", {}),
    ("503", {}),
    ("reset", {}),
    ("truncated", {}),
    ("hang", {"seconds": 5.0}),
    ("429", {"retry_after": 0}),
    ("secondary", {"retry_after": 0}),
]
"""Faults that pass, with their details."""


@pytest.mark.parametrize(("kind", "details"), PASSING, ids=[kind for kind, _ in PASSING])
def test_read_is_tried_again(kind: str, details: dict[str, Any], api: Api, github: GitHub) -> None:
    github.fault("GET", "/repos/", kind, times=2, **details)
    assert api.get(REPO)["full_name"] == "acme/app"
    assert github.log.count("GET", "/repos/acme/app$") == 3


@pytest.mark.parametrize("kind", ["500", "502", "reset", "truncated"])
def test_read_is_given_up_after_four_tries(kind: str, api: Api, github: GitHub) -> None:
    github.fault("GET", "/repos/", kind, times=None)
    with pytest.raises(Unreachable) as caught:
        api.get(REPO)
    assert github.log.count("GET", "/repos/acme/app$") == 4
    assert "\n" not in str(caught.value) and str(caught.value).startswith(api.place.host)


def test_server_that_is_away(api: Api, github: GitHub) -> None:
    with github.down(), pytest.raises(Unreachable, match="cannot be reached"):
        api.get(REPO)
    assert api.get(REPO)["full_name"] == "acme/app"


@pytest.mark.parametrize("kind", ["500", "502", "reset", "truncated"])
def test_write_is_never_repeated(kind: str, api: Api, github: GitHub, repo: Repository) -> None:
    repo.issue("First")
    github.fault("POST", "/comments$", kind, times=1)
    with pytest.raises(Uncertain):
        api.write("POST", f"{REPO}/issues/1/comments", {"body": "Hello"})
    assert github.log.count("POST", "/comments$") == 1


@pytest.mark.parametrize(("effect", "posts"), [(True, 1), (False, 2)])
def test_write_that_may_have_happened_is_looked_for(
    effect: bool, posts: int, api: Api, github: GitHub, repo: Repository
) -> None:
    repo.issue("First")
    github.fault("POST", "/comments$", "reset", effect=effect)
    path = f"{REPO}/issues/1/comments"
    made = api.settle(lambda: api.write("POST", path, {"body": "Hello"}), lambda: next(api.rows(path), None))
    assert made["body"] == "Hello"
    assert [row["body"] for row in api.rows(path)] == ["Hello"]
    assert github.log.count("POST", "/comments$") == posts


def test_write_at_a_limit_was_not_done(api: Api, github: GitHub, repo: Repository) -> None:
    repo.issue("First")
    github.fault("POST", "/comments$", "secondary", retry_after=90)
    with pytest.raises(Unreachable) as caught:
        api.write("POST", f"{REPO}/issues/1/comments", {"body": "Hello"})
    assert not isinstance(caught.value, Uncertain) and caught.value.retry_at is not None


def test_used_up_budget_is_told_with_its_end(api: Api, github: GitHub) -> None:
    api.get(REPO)
    github.limits.spend(remaining=0)
    with pytest.raises(
        Unreachable, match="its limit of requests is reached; it lets us in again at "
    ) as caught:
        api.get(REPO)
    assert caught.value.retry_at is not None


def test_answers_that_did_not_change_cost_nothing(api: Api, github: GitHub, repo: Repository) -> None:
    for number in range(1, 251):
        repo.issue(f"Issue {number}")
    first = list(api.known_rows(f"{REPO}/issues", state="all"))
    github.log.clear()
    assert list(api.known_rows(f"{REPO}/issues", state="all")) == first
    assert len(first) == 250 and github.log.points("rest") == 0 and github.log.count(status=304) == 3
    repo.issue("One more")
    assert len(list(api.known_rows(f"{REPO}/issues", state="all"))) == 251


def test_damaged_memory_of_answers_is_none(
    api: Api, github: GitHub, repo: Repository, tmp_path: Path
) -> None:
    api.known(REPO)
    for file in (tmp_path / "answers").iterdir():
        file.write_text("{")
    assert api.known(REPO)["full_name"] == "acme/app"


def test_links_to_the_next_page_may_spell_the_host_differently(tmp_path: Path) -> None:
    with GitHub(tmp_path / "github", host="localhost") as github:
        repo = github.repository("acme/app")
        for number in range(1, 102):
            repo.issue(f"Issue {number}")
        api = make_api(github, tmp_path, github.token())
        own = Api(
            place(github.rest_url.replace("localhost", "127.0.0.1")),
            Token(github.token(), "GH_ENTERPRISE_TOKEN"),
            Limits(Stop()),
            Remembered(tmp_path / "own"),
            Stop(),
        )
        assert len(list(api.rows(f"{REPO}/issues"))) == len(list(own.rows(f"{REPO}/issues"))) == 101


def test_what_is_not_there(api: Api) -> None:
    assert api.find(f"{REPO}/issues/99") is None
    with pytest.raises(NotFound):
        api.get(f"{REPO}/issues/99")


@pytest.mark.parametrize(
    ("details", "line"),
    [
        ({"expired": True}, "refuses the token from GH_ENTERPRISE_TOKEN: it is wrong or has expired"),
        ({"sso": "acme"}, "is not yet authorized for single sign-on: open http"),
        (
            {"permissions": {"metadata": "read", "issues": "read"}},
            "give it the permission issues: write",
        ),
    ],
)
def test_token_that_is_not_enough_is_one_line(
    details: dict[str, Any], line: str, github: GitHub, repo: Repository, tmp_path: Path
) -> None:
    repo.issue("First")
    api = make_api(github, tmp_path, github.token("acme", **details))
    with pytest.raises(Refused) as caught:
        api.write("POST", f"{REPO}/issues/1/comments", {"body": "Hello"})
    assert line in str(caught.value) and "\n" not in str(caught.value)


def test_repository_with_a_new_name(api: Api, github: GitHub, repo: Repository) -> None:
    github.rename(repo, "renamed")
    with pytest.raises(
        ConfigError, match="acme/app is called acme/renamed now: set `repository: acme/renamed`"
    ):
        find_repository(api, "acme/app")
    repo.issue("First")
    with pytest.raises(ForgeError, match=r"has moved; was the repository renamed\?"):
        api.write("POST", f"{REPO}/issues/1/comments", {"body": "Never"})


def test_repository_that_is_not_there(api: Api) -> None:
    with pytest.raises(ConfigError, match=r"acme/nothing is not on .* or the token may not see it"):
        find_repository(api, "acme/nothing")


def test_many_threads_get_their_own_answers(api: Api, repo: Repository) -> None:
    for number in range(1, 9):
        repo.issue(f"Issue {number}")
    wrong = []

    def read(number: int) -> None:
        for _ in range(20):
            if api.get(f"{REPO}/issues/{number}")["number"] != number:
                wrong.append(number)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_stop_ends_the_tries(github: GitHub, repo: Repository, tmp_path: Path) -> None:
    stop = Stop()
    token = Token(github.token(), "GH_ENTERPRISE_TOKEN")
    api = Api(place(github.rest_url), token, Limits(stop), Remembered(tmp_path / "a"), stop, pause=30.0)
    github.fault("GET", "/repos/", "500", times=None)
    threading.Timer(0.3, stop.ask).start()
    with pytest.raises(Stopped):
        api.get(REPO)
