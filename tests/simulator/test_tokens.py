"""Tokens and limits: what a client is told, and what is never told."""

import requests
from support.github import ALL, GitHub
from support.github_client import Client


def test_each_token_is_refused_in_its_own_way(github: GitHub) -> None:
    github["octo/app"].issue("One")
    path = "/repos/octo/app/pulls"
    cases = {
        "absent": ("", 401, {}),
        "expired": (github.token(expired=True), 401, {}),
        "unknown": ("ghp_" + "0" * 36, 401, {}),
        "sso": (github.token(sso="acme"), 403, {"X-GitHub-SSO": f"required; url={github.url}/orgs/acme/sso"}),
        "weak": (
            github.token(permissions={**ALL, "pull_requests": "read"}),
            403,
            {"X-Accepted-GitHub-Permissions": "pull_requests=write"},
        ),
        "elsewhere": (github.token(permissions=ALL, repositories=("octo/other",)), 404, {}),
        "stranger": (github.token("eve"), 404, {}),
    }
    for name, (token, status, headers) in cases.items():
        answer = Client(github, token).ask("POST", path, {})
        assert answer.status_code == status, name
        assert all(answer.headers[key].startswith(value) for key, value in headers.items()), name


def test_a_token_is_never_in_the_log(github: GitHub, client: Client) -> None:
    client.get("/user")
    requests.get(f"{github.rest_url}/user", headers={"Authorization": f"token {client.token}"})
    assert client.token not in repr(github.log.entries)
    assert github.log.entries[0].token == github.log.entries[1].token != ""


def test_limits_are_told_and_end(github: GitHub, client: Client) -> None:
    github.limits.core = 3
    remaining = [client.ask("GET", "/user").headers["X-RateLimit-Remaining"] for _ in range(3)]
    over = client.ask("GET", "/user")
    assert remaining == ["2", "1", "0"]
    assert (over.status_code, over.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert "API rate limit exceeded" in over.json()["message"]
    rows = client.get("/rate_limit")["resources"]
    assert (rows["core"]["used"], rows["graphql"]["used"]) == (3, 0), "asking costs nothing"


def test_a_secondary_limit_counts_points(github: GitHub, client: Client) -> None:
    github["octo/app"].issue("One")
    github.limits.points_per_minute = 11
    codes = [
        client.ask("POST", "/repos/octo/app/issues/1/comments", {"body": "x"}).status_code for _ in range(3)
    ]
    assert codes == [201, 201, 403]


def test_an_enterprise_server_without_limits(github: GitHub, client: Client) -> None:
    github.limits.enabled = False
    assert client.ask("GET", "/rate_limit").status_code == 404
    assert "X-RateLimit-Limit" not in client.ask("GET", "/user").headers
