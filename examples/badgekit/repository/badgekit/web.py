"""Just enough HTTP for badgekit: requests, responses, routes, and a WSGI application."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from badgekit.errors import BadgekitError, BadRequestError, PayloadTooLargeError

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


@dataclass(frozen=True, slots=True)
class Settings:
    """What the deployment decides: the keys, whom to trust, the limits, and the time."""

    keys: Mapping[str, bytes] = field(default_factory=dict)
    trusted_issuers: frozenset[str] = frozenset()
    max_body: int = 2 * 1024 * 1024
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, its body already read."""

    method: str
    path: str
    body: bytes = b""

    def json(self) -> dict[str, Any]:
        """Read the body as a JSON object."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise BadRequestError(f"the body is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise BadRequestError("the body must be a JSON object")
        return value


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response."""

    body: bytes
    content_type: str
    status: int = HTTPStatus.OK
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_json(cls, value: object, status: int = HTTPStatus.OK) -> Response:
        """Make a JSON response of *value*."""
        return cls(json.dumps(value).encode(), "application/json", status)

    @classmethod
    def from_error(cls, error: BadgekitError) -> Response:
        """Make the JSON response that tells *error*."""
        return cls.from_json({"error": error.code, "message": str(error)}, error.status)


Handler = Callable[[Request, Settings], Response]


class Route(NamedTuple):
    """A method and a path, and what answers them."""

    method: str
    path: str
    handler: Handler


class App:
    """A WSGI application over a set of routes."""

    def __init__(self, routes: Iterable[Route], settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.routes = {(route.method, route.path): route.handler for route in routes}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            response = self.dispatch(self._request(environ))
        except BadgekitError as error:
            response = Response.from_error(error)
        status = HTTPStatus(response.status)
        start_response(
            f"{status.value} {status.phrase}",
            [
                ("Content-Type", response.content_type),
                ("Content-Length", str(len(response.body))),
                *response.headers,
            ],
        )
        return [response.body]

    def dispatch(self, request: Request) -> Response:
        """Answer *request*, an error that badgekit knows included."""
        handler = self.routes.get((request.method, request.path))
        if handler is None:
            return self._no_handler(request)
        try:
            return handler(request, self.settings)
        except BadgekitError as error:
            return Response.from_error(error)

    def _no_handler(self, request: Request) -> Response:
        allowed = sorted(method for method, path in self.routes if path == request.path)
        if not allowed:
            body = {"error": "not_found", "message": f"there is nothing at {request.path}"}
            return Response.from_json(body, HTTPStatus.NOT_FOUND)
        body = {"error": "method_not_allowed", "message": f"use {' or '.join(allowed)}"}
        plain = Response.from_json(body, HTTPStatus.METHOD_NOT_ALLOWED)
        allow = (("Allow", ", ".join(allowed)),)
        return Response(plain.body, plain.content_type, plain.status, allow)

    def _request(self, environ: WSGIEnvironment) -> Request:
        declared = environ.get("CONTENT_LENGTH") or "0"
        if not declared.isdecimal():
            raise BadRequestError("Content-Length must be a number")
        if int(declared) > self.settings.max_body:
            raise PayloadTooLargeError(f"the body may have {self.settings.max_body} bytes")
        return Request(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO") or "/",
            body=environ["wsgi.input"].read(int(declared)),
        )
