"""REST: who asks, what it costs, which endpoint, and the conditional answer."""

from __future__ import annotations

import hashlib
import re

from .check import Checker
from .doors import let_in, reachable
from .limits import Limits, exhausted
from .rest_issues import moved
from .routes import Route, match
from .ticks import tick
from .tokens import Token
from .web import Answer, Ask, Refusal, Request, not_found
from .world import World

CONTENT = re.compile(r"/(comments|labels|pulls|issues|reviews)$")


class Rest:
    def __init__(self, world: World, limits: Limits, checker: Checker) -> None:
        self.world = world
        self.limits = limits
        self.checker = checker

    def answer(self, request: Request) -> tuple[Answer, int, str]:
        """The answer, what it took from the primary limit, and the digest of the token."""
        digest, token = "", None
        try:
            token = let_in(self.world, request)
            digest = token.digest
            bucket = self.limits.bucket(digest, "core")
            free = request.path == "/rate_limit"
            if not bucket.remaining and not free:
                return exhausted(bucket, self.world.user(token.login).id).answer, 0, digest
            self.limits.check_secondary(1 if request.method == "GET" else 5, is_content(request))
            answer, model = self.handle(request, token)
        except Refusal as refusal:
            answer, model, free = refusal.answer, "", not digest
        answer = conditional(request, answer)
        cost = 0 if answer.status == 304 or free else 1
        if digest:
            bucket = self.limits.bucket(digest, "core")
            self.limits.take(bucket, cost)
            answer.headers = {**bucket.headers(), **scopes(token), **answer.headers}
        self.checker.check(described(answer, model), f"{request.method} {request.path}", answer.data)
        return answer, cost, digest

    def handle(self, request: Request, token: Token) -> tuple[Answer, str]:
        """The answer of the endpoint, and the name of its model."""
        with self.world.lock:
            tick(self.world)
            found = match(request.method, by_name(self.world, request.path))
            if found is None:
                raise not_found()
            one, parts = found
            ask = Ask(self.world, request, token, self.world.user(token.login), parts, self.limits)
            self.enter(one, ask)
            return one.handler(ask), one.model

    def enter(self, one: Route, ask: Ask) -> None:
        """The repository of the path, where the token reaches it with the permission that is needed."""
        if "owner" in ask.parts:
            ask.repository, renamed = self.world.find(ask.parts["owner"], ask.parts["name"])
            if renamed and ask.repository:
                old = f"/repos/{ask.parts['owner']}/{ask.parts['name']}"
                raise moved(ask, f"/repositories/{ask.repository.id}{ask.request.path[len(old) :]}")
        reachable(one, ask)


def described(answer: Answer, model: str) -> str:
    """The name of the model that an answer must fit: errors have theirs; redirects and 304 have none."""
    if answer.status < 300:
        return model
    if not isinstance(answer.data, dict) or answer.status < 400:
        return ""
    return "ValidationError" if "errors" in answer.data else "BasicError"


def scopes(token: Token | None) -> dict[str, str]:
    """What a classic token may do; others do not tell."""
    if token is None or token.permissions is not None:
        return {}
    return {"X-OAuth-Scopes": ", ".join(token.scopes)}


def by_name(world: World, path: str) -> str:
    """`/repositories/ID/...` as the path of the repository that has this id."""
    found = re.match(r"/repositories/(\d+)(/.*|$)", path)
    for one in world.repositories.values() if found else ():
        if found and one.id == int(found[1]):
            return f"/repos/{one.full_name}{found[2]}"
    return path


def is_content(request: Request) -> bool:
    return request.method != "GET" and bool(CONTENT.search(request.path))


def conditional(request: Request, answer: Answer) -> Answer:
    """The ETag of a read; 304 when the client has this very answer."""
    if request.method != "GET" or answer.status != 200:
        return answer
    tag = f'W/"{hashlib.sha256(answer.encoded()).hexdigest()}"'
    headers = {**answer.headers, "ETag": tag, "Cache-Control": "private, max-age=60, s-maxage=60"}
    asked = request.headers.get("If-None-Match", "")
    if tag.removeprefix("W/") in asked:
        return Answer(304, None, headers)
    return Answer(200, answer.data, headers)
