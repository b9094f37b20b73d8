"""Requests, answers and the refusals that GitHub documents."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from .limits import Limits
    from .repository import Repository
    from .state import User
    from .tokens import Token
    from .world import World

DOCS = "https://docs.github.com/rest"


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    def any_json(self) -> Any:
        try:
            return json.loads(self.body or b"{}")
        except ValueError:
            raise Refusal(400, "Problems parsing JSON") from None

    def json(self) -> dict[str, Any]:
        found = self.any_json()
        if not isinstance(found, dict):
            raise Refusal(400, "Body should be a JSON object")
        return found


@dataclass
class Answer:
    status: int = 200
    data: Any = None
    """Encoded as JSON, unless it is bytes; None: no body."""
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        if isinstance(self.data, bytes):
            return self.data
        return b"" if self.data is None else json.dumps(self.data, separators=(",", ":")).encode()


class Refusal(Exception):
    """An answer that is an error, as GitHub words it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: list[Any] | None = None,
        headers: dict[str, str] | None = None,
        docs: str = DOCS,
    ) -> None:
        super().__init__(message)
        data: dict[str, Any] = {"message": message, "documentation_url": docs, "status": str(status)}
        if errors:
            data["errors"] = errors
        self.answer = Answer(status, data, headers or {})


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def invalid(resource: str, message: str = "", code: str = "custom", **more: str) -> Refusal:
    """422 with one error of the documented form."""
    error = {"resource": resource, "code": code, **more, **({"message": message} if message else {})}
    return Refusal(422, "Validation Failed", errors=[error])


@dataclass
class Ask:
    """A request that was let in: who asks, of which repository, with what in the path."""

    world: World
    request: Request
    token: Token
    user: User
    parts: dict[str, str]
    limits: Limits
    repository: Repository | None = None

    @property
    def repo(self) -> Repository:
        assert self.repository is not None
        return self.repository

    def number(self, name: str = "number") -> int:
        return int(self.parts[name])

    def json(self) -> dict[str, Any]:
        return self.request.json()

    def need(self, level: str) -> None:
        """403 unless the person has that level in the repository."""
        if not self.repo.can(self.user.login, level):
            raise Refusal(403, f"Must have {level} access to Repository.")

    def writable(self) -> None:
        if self.repo.archived:
            raise Refusal(403, "Repository was archived so is read-only.")


def count_of(text: str | None, usual: int) -> int:
    """A number from 1; what is none counts as the usual one."""
    return int(text) if text and text.isdigit() and int(text) else usual


def paged(ask: Ask, rows: list[Any], per_page: int = 30) -> tuple[list[Any], dict[str, str]]:
    """One page of rows, and the Link header that leads to the others."""
    query = ask.request.query
    size = min(count_of(query.get("per_page"), per_page), 100)
    page = count_of(query.get("page"), 1)
    last = max(-(-len(rows) // size), 1)
    links = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page >= last:
        del links["next"], links["last"]
    if page == 1:
        del links["prev"], links["first"]
    base = f"{ask.world.url}/api/v3{ask.request.path}"
    spelled = [f'<{base}?{urlencode({**query, "page": n})}>; rel="{rel}"' for rel, n in links.items()]
    return rows[(page - 1) * size : page * size], {"Link": ", ".join(spelled)} if spelled else {}
