"""Requests: reads are tried again, writes never are, limits are kept, every refusal is one line."""

import re
import threading
import time
from collections.abc import Callable
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
from support.github.web import Answer

REPO = "/repos/acme/app"
PASSING: list[tuple[str, dict[str, Any]]] = [
    ("500", {}),
    ("502", {}),
    ("503", {}),
    ("raw", {"status": 504, "message": "<html>504 Gateway Time-out</html>"}),
    ("raw", {"status": 200, "message": "<html>Log in to the network</html>"}),
    ("raw", {"status": 200, "message": ""}),
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


LOST: list[tuple[str, dict[str, Any]]] = [
    ("500", {}),
    ("502", {}),
    ("reset", {}),
    ("truncated", {}),
    ("raw", {"status": 200, "message": "<html>Log in to the network</html>"}),
    ("raw", {"status": 201, "message": ""}),
]


@pytest.mark.parametrize(("kind", "details"), LOST)
def test_write_is_never_repeated(
    kind: str, details: dict[str, Any], api: Api, github: GitHub, repo: Repository
) -> None:
    repo.issue("First")
    github.fault("POST", "/comments$", kind, times=1, **details)
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


@pytest.mark.parametrize("kind", ["429", "secondary"])
def test_all_heed_the_limit_that_one_met(kind: str, api: Api, github: GitHub, repo: Repository) -> None:
    repo.issue("First")
    github.fault("GET", "/issues/1$", kind, retry_after=90)
    asks: list[Callable[[], Any]] = [
        lambda: api.get(f"{REPO}/issues/1"),
        lambda: api.get(REPO),
        lambda: api.write("POST", f"{REPO}/issues/1/comments", {"body": "Hello"}),
        lambda: api.query("{ viewer { login } }"),
    ]
    for ask in asks:
        with pytest.raises(Unreachable, match="its limit of requests is reached") as caught:
            ask()
        assert caught.value.retry_at == pytest.approx(time.time() + 90, abs=10)
    assert github.log.count() == 1


def test_used_up_budget_is_that_of_one_resource(api: Api, github: GitHub) -> None:
    api.get(REPO)
    github.limits.spend(remaining=0)
    for _ in range(3):
        with pytest.raises(Unreachable):
            api.get(REPO)
    assert github.log.count("GET") == 2
    assert api.query("{ viewer { login } }") == {"viewer": {"login": "acme"}}


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
    [file] = (tmp_path / "answers").iterdir()
    for text in ("{", re.sub(r'"etag": ".*?[^\\]"', '"etag": "\\\\u2028"', file.read_text())):
        file.write_text(text)
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


def test_token_that_expires_is_replaced_by_its_successor(
    github: GitHub, repo: Repository, tmp_path: Path
) -> None:
    first, second = github.token(), github.token()
    api = make_api(github, tmp_path, Token(first, "`gh auth token`", lambda: second))
    api.get(REPO)
    github.world.tokens.expire(first)
    repo.issue("First")
    api.write("POST", f"{REPO}/issues/1/comments", {"body": "Hello"})
    assert api.get(REPO)["full_name"] == "acme/app" and github.log.count(status=401) == 1
    github.world.tokens.expire(second)
    with pytest.raises(Refused, match="refuses the token from `gh auth token`: it is wrong or has expired"):
        api.get(REPO)


@pytest.mark.parametrize("host", ["127.0.0.1.:1", f"{'a' * 64}.example", "a..example", "xn--a.example"])
def test_host_that_nobody_can_look_up_is_one_line(host: str, tmp_path: Path) -> None:
    stop = Stop()
    token = Token("ghp_made_up", "GH_ENTERPRISE_TOKEN")
    made = Api(place(f"https://{host}"), token, Limits(stop), Remembered(tmp_path), stop, 1, 0.01)
    with pytest.raises(Unreachable, match="GET /repos/acme/app"):
        made.get(REPO)


def test_headers_that_say_nothing_of_use_are_passed_over(
    api: Api, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of something between us and GitHub."""
    odd = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "many", "X-RateLimit-Reset": "inf"}
    real = github.service.dress
    monkeypatch.setattr(github.service, "dress", lambda one: dressed(real(one), odd))
    with pytest.raises(Unreachable, match="its answer cannot be read"):
        api.get(REPO)


def dressed(answer: Answer, headers: dict[str, str]) -> Answer:
    return Answer(answer.status, answer.data, {**answer.headers, **headers})


@pytest.mark.parametrize("status", [302, 304])
def test_redirect_that_nobody_asked_for(status: int, api: Api, github: GitHub) -> None:
    github.fault("GET", "/repos/", "raw", status=status, message="")
    with pytest.raises(Refused, match="has moved"):
        api.get(REPO)


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
