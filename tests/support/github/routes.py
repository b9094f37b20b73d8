"""The table of REST endpoints: each module adds its own with `route`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .web import Answer, Ask

Handler = Callable[[Ask], Answer]


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    handler: Handler
    needs: str
    """Permission of the token, as `issues:write`."""
    model: str
    """Name of githubkit's model of a 2xx answer; `list[...]` for rows; empty: no JSON."""


ROUTES: list[Route] = []
PIECES = {"owner": r"[\w.-]+", "name": r"[\w.-]+", "number": r"\d+", "id": r"\d+", "rest": r".+"}


def route(
    method: str, path: str, *, needs: str = "metadata:read", model: str = ""
) -> Callable[[Handler], Handler]:
    """`{owner}` and other names in braces match one piece of the path; `{rest}` matches all of it."""
    pattern = re.sub(r"\{(\w+)\}", lambda found: f"(?P<{found[1]}>{PIECES.get(found[1], '[^/]+')})", path)

    def add(handler: Handler) -> Handler:
        ROUTES.append(Route(method, re.compile(pattern), handler, needs, model))
        return handler

    return add


def match(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The endpoint and the pieces of its path; HEAD is answered as GET."""
    method = "GET" if method == "HEAD" else method
    for one in ROUTES:
        found = one.pattern.fullmatch(path) if one.method == method else None
        if found:
            return one, found.groupdict()
    return None
