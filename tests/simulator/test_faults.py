"""Faults that a test orders, on every kind of endpoint."""

import threading
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from support.github import GitHub
from support.github_client import Client

COMMENTS = "/repos/octo/app/issues/1/comments"


@pytest.fixture
def issue(github: GitHub) -> None:
    github["octo/app"].issue("One")


def bodies(client: Client) -> list[str]:
    return [row["body"] for row in client.get(COMMENTS)]


@pytest.mark.parametrize(
    "kind, options, status, header",
    [
        ("500", {}, 500, ("Content-Type", "application/json; charset=utf-8")),
        ("502", {}, 502, ("Content-Type", "text/html")),
        ("429", {}, 429, ("Retry-After", None)),
        ("429", {"retry_after": 7}, 429, ("Retry-After", "7")),
        ("secondary", {}, 403, ("Retry-After", None)),
        ("secondary", {"retry_after": 60}, 403, ("Retry-After", "60")),
        ("refusal", {"status": 410, "message": "Gone for now"}, 410, ("Retry-After", None)),
        ("redirect", {"to": "http://127.0.0.1:9/"}, 302, ("Location", "http://127.0.0.1:9/")),
    ],
)
def test_an_answer_instead_of_the_effect(
    github: GitHub,
    client: Client,
    issue: None,
    kind: str,
    options: dict[str, object],
    status: int,
    header: tuple[str, str | None],
) -> None:
    github.fault("POST", "/comments$", kind, **options)  # type: ignore[arg-type]
    answer = client.ask("POST", COMMENTS, {"body": "hello"})
    assert (answer.status_code, answer.headers.get(header[0])) == (status, header[1])
    assert bodies(client) == []
    assert client.ask("POST", COMMENTS, {"body": "hello"}).status_code == 201, "only once"


@pytest.mark.parametrize("kind", ["500", "502", "reset", "truncated", "hang"])
def test_the_answer_is_lost_after_the_effect(github: GitHub, client: Client, issue: None, kind: str) -> None:
    github.fault("POST", "/comments$", kind, effect=True, seconds=0)
    with suppress(requests.RequestException):
        client.ask("POST", COMMENTS, {"body": "hello"}).json()
    assert bodies(client) == ["hello"]


@pytest.mark.parametrize("kind", ["reset", "hang"])
def test_the_connection_breaks_before_the_effect(
    github: GitHub, client: Client, issue: None, kind: str
) -> None:
    order = github.fault("POST", "/comments$", kind, seconds=0, after=1, times=2)
    assert client.ask("POST", COMMENTS, {"body": "first"}).status_code == 201
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            client.ask("POST", COMMENTS, {"body": "lost"})
    assert client.ask("POST", COMMENTS, {"body": "last"}).status_code == 201
    assert (bodies(client), order.done) == (["first", "last"], 2)
    assert [one.status for one in github.log.writes()] == [201, 0, 0, 201]


def test_graphql_is_hit_by_its_field(github: GitHub, client: Client) -> None:
    github.fault("POST", "/api/graphql$", "502", body="viewer")
    assert client.query("{ rateLimit { cost } }")["data"]["rateLimit"] == {"cost": 1}
    sent = {"query": "{ viewer { login } }"}
    assert requests.post(github.graphql_url, json=sent, auth=("x", client.token)).status_code == 502


def test_git_is_hit_too(github: GitHub, client: Client, tmp_path: Path) -> None:
    github.fault("GET", "info/refs$", "502")
    repo = github["octo/app"]
    code, text = client.git(tmp_path, "ls-remote", repo.clone_url)
    assert code == 128 and "502" in text
    assert client.git(tmp_path, "ls-remote", repo.clone_url)[0] == 0


def test_a_hang_ends_when_the_server_stops(tmp_path: Path) -> None:
    with GitHub(tmp_path / "github") as github:
        github.repository("octo/app")
        client = Client(github, github.token())
        order = github.fault("GET", "/user$", "hang", seconds=600)
        seen: list[BaseException] = []

        def ask() -> None:
            try:
                client.ask("GET", "/user")
            except requests.RequestException as error:
                seen.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        while not order.done:
            thread.join(timeout=0.01)
    thread.join(timeout=30)
    assert len(seen) == 1


def test_a_server_that_is_away_for_a_while(github: GitHub, client: Client, issue: None) -> None:
    timer = github.down_for(0.05)
    with pytest.raises(requests.ConnectionError):
        client.ask("GET", "/user")
    timer.join()
    assert client.get("/repos/octo/app/issues/1")["title"] == "One"


def test_a_server_that_is_away_comes_back_where_it_was(github: GitHub, client: Client, issue: None) -> None:
    with github.down(), pytest.raises(requests.ConnectionError):
        client.ask("GET", "/user")
    assert client.get("/repos/octo/app/issues/1")["title"] == "One"
