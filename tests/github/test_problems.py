"""What GitHub's refusals mean to a person."""

import json
from typing import Any

import pytest
from auto_milestone.errors import Unreachable
from auto_milestone.github.problems import Answer, Refused, limit_reached, refusal
from auto_milestone.github.token import Token

TOKEN = Token("ghp_made_up", "GITHUB_TOKEN")


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    text = body if isinstance(body, str) else json.dumps(body or {})
    return Answer(status, named, text, "POST /repos/o/r/pulls")


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            answer(401, {"message": "Bad credentials"}),
            "github.com refuses the token from GITHUB_TOKEN: it is wrong or has expired; make a new one",
        ),
        (
            answer(
                403,
                {"message": "Resource protected"},
                x_github_sso="required; url=https://github.com/sso?a=b",
            ),
            "the token from GITHUB_TOKEN is not yet authorized for single sign-on: open https://github.com/sso?a=b",
        ),
        (
            answer(
                403,
                {"message": "Resource not accessible by personal access token"},
                x_accepted_github_permissions="pull_requests=write",
            ),
            "the token from GITHUB_TOKEN may not POST /repos/o/r/pulls: "
            "give it the permission pull_requests: write",
        ),
        (
            answer(307, {"message": "Moved"}),
            "github.com: POST /repos/o/r/pulls has moved; was the repository renamed? Mend `forge.repository`",
        ),
        (
            answer(
                422,
                {
                    "message": "Validation Failed",
                    "errors": [
                        {"message": "No commits between main and feat/x"},
                        {"field": "head", "code": "invalid"},
                    ],
                },
            ),
            "github.com answered 422 to POST /repos/o/r/pulls: "
            "Validation Failed; No commits between main and feat/x; head invalid",
        ),
    ],
)
def test_refusal_is_one_line_that_says_what_to_do(given: Answer, line: str) -> None:
    error = refusal(given, "github.com", TOKEN)
    assert isinstance(error, Refused) and str(error) == line


@pytest.mark.parametrize("body", ["<html>Unicorn!</html>", {"message": "Server Error"}, ""])
def test_server_that_fails_may_answer_later(body: Any) -> None:
    assert isinstance(refusal(answer(502, body), "github.com", TOKEN), Unreachable)


def test_words_of_the_server_cannot_move_a_cursor() -> None:
    assert "\x1b" not in str(refusal(answer(422, {"message": "a\x1b[2Jb\nc"}), "github.com", TOKEN))


@pytest.mark.parametrize(
    ("given", "retry_at"),
    [
        (
            answer(
                403,
                {"message": "API rate limit exceeded"},
                x_ratelimit_remaining="0",
                x_ratelimit_reset="1900",
            ),
            1900.0,
        ),
        (answer(403, {}, x_ratelimit_remaining="0", x_ratelimit_reset="900"), 1001.0),
        (answer(403, {}, x_ratelimit_remaining="0"), 1300.0),
        (answer(429, {}, retry_after="7"), 1007.0),
        (answer(429, {}), 1060.0),
        (answer(429, {}, retry_after="Sat, 21 Nov 2026 21:30:09 GMT"), 1060.0),
        (answer(429, {}, retry_after="inf"), 1060.0),
        (answer(429, {}, retry_after="1e300"), 87400.0),
        (answer(403, {}, x_ratelimit_remaining="0", x_ratelimit_reset="1900000000000"), 87400.0),
        (answer(403, {"message": "You have exceeded a secondary rate limit."}), 1060.0),
        (answer(403, {"message": "You have exceeded a secondary rate limit."}, retry_after="30"), 1030.0),
        (answer(403, {"message": "Must have admin rights"}, x_ratelimit_remaining="12"), None),
        (answer(404, {"message": "Not Found"}), None),
    ],
)
def test_limit(given: Answer, retry_at: float | None) -> None:
    assert limit_reached(given, now=1000.0) == retry_at
