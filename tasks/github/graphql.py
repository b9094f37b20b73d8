"""What an answer of GraphQL says: its errors come with status 200, beside what could be found out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import ForgeError, Unreachable
from .problems import Answer, Refused

USED_UP = frozenset(["RATE_LIMIT", "RATE_LIMITED"])
"""Types of the error that tells of the hourly limit; the second one is that of older servers."""

Error = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """`data` None: nothing could be found out."""

    answer: Answer
    host: str
    data: dict[str, Any] | None
    errors: Sequence[Error]

    @property
    def is_used_up(self) -> bool:
        """The hourly limit is reached."""
        return any(
            error.get("type") in USED_UP or error.get("code") == "graphql_rate_limit" for error in self.errors
        )

    @property
    def is_too_fast(self) -> bool:
        """A secondary limit is reached."""
        return any("secondary rate limit" in str(error.get("message")).lower() for error in self.errors)

    def whole(self, passing: Sequence[Error] = ()) -> dict[str, Any]:
        """The data, if there is no other error than the `passing` ones.

        Raises Unreachable where the server failed, Refused for all else.
        """
        errors = [error for error in self.errors if error not in passing]
        if self.data is None or errors:
            raise self._failure(errors)
        return self.data

    def hidden(self, optional: str) -> list[Error]:
        """Errors about fields named `optional`, which this token may not see."""
        return [
            error
            for error in self.errors
            if error.get("type") == "FORBIDDEN" and optional in (error.get("path") or ())
        ]

    def missing(self) -> list[Error]:
        """Errors about what is not there."""
        return [error for error in self.errors if error.get("type") == "NOT_FOUND"]

    def _failure(self, errors: Sequence[Error]) -> ForgeError:
        line = f"{self.host} answered {self.answer.what} with: {self.answer.message or 'nothing'}"
        if all(self._is_fault(error) for error in errors):
            return Unreachable(line)
        return Refused(line, self.answer)

    def _is_fault(self, error: Error) -> bool:
        """Of the server, such as a timeout: it has no type. Neither has a mistake in the query, of which GitHub
        tells where it is, and for which it looks up nothing at all.
        """
        if error.get("type"):
            return False
        return "data" in self.answer.json() or not (error.get("locations") or error.get("extensions"))


def read(answer: Answer, host: str) -> Reply:
    """Raises Unreachable for something that is no answer of GraphQL."""
    body = answer.json()
    errors = body.get("errors") or () if isinstance(body, dict) else None
    if not isinstance(body, dict) or not all(isinstance(error, dict) for error in errors or ()):
        raise Unreachable(f"{host}: the answer to {answer.what} is none of GraphQL")
    return Reply(answer, host, body.get("data"), tuple(errors or ()))
