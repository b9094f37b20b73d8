"""One request to one answer: REST, GraphQL, git, or a download."""

from __future__ import annotations

import threading
import traceback
import uuid
from dataclasses import dataclass

from . import (  # noqa: F401
    git_http,
    rest_actions,
    rest_branches,
    rest_comments,
    rest_issues,
    rest_pulls,
    rest_repositories,
)
from .check import Checker
from .faults import Faults
from .graph import Graph
from .limits import Limits
from .log import Log
from .rest import Rest
from .rest_checks import download
from .web import Answer, Request
from .world import World

VERSION = "2022-11-28"


@dataclass
class Served:
    """An answer and what the log wants to know of it."""

    answer: Answer
    kind: str = "rest"
    write: bool = False
    points: int = 0
    operation: str = ""
    token: str = ""


class Service:
    def __init__(self, world: World) -> None:
        self.world = world
        self.log = Log()
        self.faults = Faults()
        self.limits = Limits()
        self.checker = Checker()
        self.stopping = threading.Event()
        self.rest = Rest(world, self.limits, self.checker)
        self.graph = Graph(world, self.limits, self.checker)

    def kind(self, request: Request) -> str:
        if request.path == "/api/graphql":
            return "graphql"
        return "git" if git_http.PATH.fullmatch(request.path) else "rest"

    def outline(self, request: Request) -> Served:
        """What the log says of a request that gets no true answer."""
        kind = self.kind(request)
        write, operation = "git-receive-pack" in request.path, ""
        if kind == "graphql":
            write, operation = self.graph.outline(request)
        return Served(Answer(0), kind, write, operation=operation)

    def serve(self, request: Request) -> Served:
        try:
            served = self.route(request)
        except Exception:
            self.checker.problems.append(traceback.format_exc())
            served = Served(Answer(500, {"message": "Server Error"}), self.kind(request))
        served.answer = self.dress(served.answer)
        return served

    def route(self, request: Request) -> Served:
        kind = self.kind(request)
        if kind == "git":
            answer, write, token = git_http.answer(self.world, request)
            return Served(answer, "git", write, token=token)
        if kind == "graphql":
            answer, points, token, write, operation = self.graph.answer(request)
            return Served(answer, kind, write, points, operation, token)
        if request.path.startswith("/downloads/"):
            return Served(download(self.world, request.path), "download")
        answer, points, token = self.rest.answer(request)
        return Served(answer, "rest", points=points, token=token)

    def dress(self, answer: Answer) -> Answer:
        """The headers that every answer has."""
        usual = {
            "Content-Type": "application/json; charset=utf-8",
            "X-GitHub-Request-Id": uuid.uuid4().hex[:20].upper(),
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Api-Version-Selected": VERSION,
            "X-GitHub-Enterprise-Version": "3.21.0",
        }
        return Answer(answer.status, answer.data, {**usual, **answer.headers})
