"""The table of GraphQL fields: each module adds its own; what is no entry is read from the thing itself."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

if TYPE_CHECKING:
    from .limits import Bucket
    from .repository import Repository
    from .state import User
    from .tokens import Token
    from .world import World

PAGING = ("first", "last", "after", "before")
Resolver = Callable[..., Any]
FIELDS: dict[tuple[str, str], Resolver] = {}
"""(type, field) -> a function of the thing, the Look and the arguments."""


@dataclass
class Look:
    """Who asks, and what the query costs."""

    world: World
    token: Token
    user: User
    bucket: Bucket
    cost: int = 1
    nodes: int = 0
    failed: list[Exception] = field(default_factory=list)
    """Bugs of this server."""


def simple(kind: str, **resolvers: Callable[[Any], Any]) -> None:
    """Fields of a type that follow from the thing alone."""
    for name, resolver in resolvers.items():
        FIELDS[kind, name] = alone(resolver)


def alone(resolver: Callable[[Any], Any]) -> Resolver:
    return lambda thing, look, **arguments: resolver(thing)


def resolves(kind: str, name: str) -> Callable[[Resolver], Resolver]:
    """A field that needs the Look or its arguments."""

    def add(resolver: Resolver) -> Resolver:
        FIELDS[kind, name] = resolver
        return resolver

    return add


def problem(kind: str, message: str) -> GraphQLError:
    """An error of that type (NOT_FOUND, FORBIDDEN, UNPROCESSABLE) in an answer that is 200."""
    return GraphQLError(message, extensions={"type": kind})


def visible(look: Look, repository: Repository | None) -> bool:
    return repository is not None and look.world.level(look.token, repository) != "none"


def forbidden() -> GraphQLError:
    """What a token is told of a field that it may not see."""
    return problem("FORBIDDEN", "Resource not accessible by personal access token")


def need(look: Look, needs: str) -> None:
    """FORBIDDEN unless the token has the permission."""
    if not look.token.may(needs):
        raise forbidden()


def cursor(index: int) -> str:
    return base64.b64encode(b"cursor:%d" % index).decode()


def index_of(text: str) -> int:
    return int(base64.b64decode(text).decode().partition(":")[2])


def connection(name: str, rows: Sequence[Any], arguments: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A page of rows by `first` or `last`, one of which must be given."""
    start = index_of(arguments["after"]) if arguments.get("after") else 0
    end = index_of(arguments["before"]) - 1 if arguments.get("before") else len(rows)
    first, last = arguments.get("first"), arguments.get("last")
    check_bounds(name, first, last)
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    return {**page(rows, start, end), **more}


def page(rows: Sequence[Any], start: int, end: int) -> dict[str, Any]:
    chosen = rows[start:end]
    return {
        "nodes": chosen,
        "edges": [{"cursor": cursor(start + n), "node": one} for n, one in enumerate(chosen, 1)],
        "totalCount": len(rows),
        "pageInfo": {
            "hasNextPage": end < len(rows),
            "hasPreviousPage": start > 0,
            "startCursor": cursor(start + 1) if chosen else None,
            "endCursor": cursor(start + len(chosen)) if chosen else None,
        },
    }


def check_bounds(name: str, first: int | None, last: int | None) -> None:
    if first is None and last is None:
        message = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
        raise problem("MISSING_PAGINATION_BOUNDARIES", message)
    for word, count in (("first", first), ("last", last)):
        if count is not None and not 0 <= count <= 100:
            words = (
                f"Requesting {count} records on the `{name}` connection exceeds the `{word}` limit of 100."
            )
            raise problem("EXCESSIVE_PAGINATION", words)


def connects(kind: str, name: str, rows: Callable[[Any], Sequence[Any]]) -> None:
    """A connection over the rows of a thing."""
    FIELDS[kind, name] = lambda thing, look, **arguments: connection(name, rows(thing), arguments)
