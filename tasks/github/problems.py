"""What GitHub's refusals mean, as one line that says what to do. From the documented status codes and headers."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import ForgeError, Unreachable
from ..printable import one_line
from .token import Token

SECONDARY_WAIT = 60.0
"""Seconds to wait at a secondary limit that says nothing else."""

USED_UP_WAIT = 300.0
"""Seconds to wait for an hourly budget of which nothing says when it is new."""

LONGEST_LIMIT = 86400.0
"""Seconds: a header that names a later moment is wrong."""

SHOWN = 300
"""Characters of GitHub's own words that a line quotes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` have small letters; `what` is the request as a person reads it: `GET /repos/o/r`."""

    status: int
    headers: Mapping[str, str]
    text: str
    what: str

    def json(self) -> Any:
        """The body; None where there is none. Raises ValueError for one that was cut off."""
        return json.loads(self.text) if self.text else None

    @property
    def is_used_up(self) -> bool:
        """Is nothing left of the hourly budget that this request belongs to?"""
        return self.headers.get("x-ratelimit-remaining") == "0"

    @property
    def message(self) -> str:
        """GitHub's own words: the message, and what it says of single fields."""
        try:
            body = self.json()
        except ValueError:
            return ""
        if not isinstance(body, dict):
            return ""
        errors = body.get("errors")
        details = [_detail(error) for error in errors] if isinstance(errors, list) else []
        return one_line("; ".join(part for part in (str(body.get("message") or ""), *details) if part))[
            :SHOWN
        ]


def _detail(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    return str(error.get("message") or " ".join(str(error.get(key, "")) for key in ("field", "code"))).strip()


class Refused(ForgeError):
    """GitHub said no; `answer` holds its words."""

    def __init__(self, line: str, answer: Answer) -> None:
        super().__init__(line)
        self.answer = answer

    @property
    def status(self) -> int:
        return self.answer.status


def limit_reached(answer: Answer, now: float) -> float | None:
    """When to ask again, in seconds since the epoch, if the answer is about a limit; None: it is not."""
    if answer.status not in (403, 429):
        return None
    wait = _wait(answer, now)
    return None if wait is None else now + min(wait, LONGEST_LIMIT)


def _wait(answer: Answer, now: float) -> float | None:
    """In seconds."""
    after = _number(answer.headers.get("retry-after"))
    if after is not None:
        return after
    if answer.is_used_up:
        reset = _number(answer.headers.get("x-ratelimit-reset"))
        return USED_UP_WAIT if reset is None else max(1.0, reset - now)
    if answer.status == 429 or "rate limit" in answer.message.lower() or "abuse" in answer.message.lower():
        return SECONDARY_WAIT
    return None


def _number(text: str | None) -> float | None:
    """None for what is no number, and for one below 0 or without end."""
    try:
        found = float(text) if text is not None else -1.0
    except ValueError:
        return None
    return found if 0.0 <= found < math.inf else None


def used_up(host: str, retry_at: float) -> Unreachable:
    clock = datetime.fromtimestamp(retry_at).strftime("%H:%M:%S")
    return Unreachable(f"{host}: its limit of requests is reached; it lets us in again at {clock}", retry_at)


def refusal(answer: Answer, host: str, token: Token) -> ForgeError:
    """The error for an answer of 300 and more, which is about no limit."""
    said = answer.message
    if answer.status >= 500:
        return Unreachable(f"{host} answered {answer.status} to {answer.what}")
    if answer.status == 401:
        line = f"{host} refuses the token from {token.source}: it is wrong or has expired; make a new one"
    elif "x-github-sso" in answer.headers and answer.status == 403:
        line = f"the token from {token.source} is not yet authorized for single sign-on: {_sso(answer)}"
    elif _lacks_permission(answer):
        line = f"the token from {token.source} may not {answer.what}: {_needed(answer)}"
    elif 300 <= answer.status < 400:
        line = f"{host}: {answer.what} has moved; was the repository renamed? Mend `forge.repository`"
    else:
        line = f"{host} answered {answer.status} to {answer.what}{f': {said}' if said else ''}"
    return Refused(line, answer)


def _sso(answer: Answer) -> str:
    found = re.search(r"url=(\S+)", answer.headers["x-github-sso"])
    return f"open {found[1]}" if found else "authorize it for the organization in your token settings"


def _lacks_permission(answer: Answer) -> bool:
    return answer.status == 403 and "not accessible by" in answer.message


def _needed(answer: Answer) -> str:
    """`x-accepted-github-permissions: pull_requests=write; contents=write,issues=read` in words."""
    names = answer.headers.get("x-accepted-github-permissions", "").replace("=", ": ")
    names = names.replace(",", " and ").replace(";", ", or")
    return (
        f"give it the permission {names}"
        if names
        else "give it the missing permission (README: token permissions)"
    )
