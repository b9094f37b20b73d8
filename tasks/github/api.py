"""Requests to one GitHub: reads are tried again, writes never are, limits are kept, every refusal is one line.

PyGithub does the talking. Its own retries are off: they repeat writes, and cannot be stopped.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from queue import Empty, LifoQueue
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import requests
from github import Auth, Github, set_log_level
from github.Requester import Requester

from ..errors import ForgeError, Unreachable
from ..stopping import Stop
from .limits import Limits
from .place import Place
from .problems import Answer, Refused, limit_reached, refusal, used_up
from .remembered import Kept, Remembered
from .token import Token

T = TypeVar("T")

TRIES = 4
FIRST_PAUSE = 1.0
"""Seconds before a read is tried again; doubled each time."""

PATIENCE = 30
"""Seconds that one answer may take."""

LONGEST_WAIT = 60.0
"""Seconds that a read itself waits at a limit; for more, its caller is told."""

PER_PAGE = 100


# It writes to standard error by itself otherwise.
set_log_level(logging.CRITICAL)


class Uncertain(Unreachable):
    """A write whose answer did not come, or says that the server failed: it may have happened."""


class NotFound(Refused):
    """404 or 410: it is not there, or the token may not see it."""


class Api:
    """Used by all threads; `patience` in seconds for each answer, `pause` before the second try."""

    def __init__(
        self,
        place: Place,
        token: Token,
        limits: Limits,
        remembered: Remembered,
        stop: Stop,
        patience: int = PATIENCE,
        pause: float = FIRST_PAUSE,
    ) -> None:
        self.place, self._token, self._limits = place, token, limits
        self._remembered, self._stop = remembered, stop
        self._patience, self._pause = patience, pause
        self._idle: LifoQueue[Requester] = LifoQueue()

    # -- reads

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON at `path`. Raises NotFound, Refused, Unreachable, Stopped."""
        return self._read(_url(path, parameters)).json()

    def find(self, path: str, **parameters: Any) -> Any | None:
        """The same; None where there is nothing that the token may see."""
        try:
            return self.get(path, **parameters)
        except NotFound:
            return None

    def rows(self, path: str, **parameters: Any) -> Iterator[Any]:
        """The rows of a list, page by page."""
        url: str | None = _url(path, {**parameters, "per_page": PER_PAGE})
        while url:
            answer = self._read(url)
            yield from answer.json()
            url = _next(answer)

    def known_rows(self, path: str, **parameters: Any) -> Iterator[Any]:
        """The same, asked conditionally: pages that have not changed cost nothing of the budget."""
        url: str | None = _url(path, {**parameters, "per_page": PER_PAGE})
        while url:
            kept = self._known(url)
            yield from kept.body
            url = kept.next

    def known(self, path: str, **parameters: Any) -> Any:
        """`get`, asked conditionally."""
        return self._known(_url(path, parameters)).body

    def _known(self, url: str) -> Kept:
        kept = self._remembered.read(url)
        answer = self._read(url, {"If-None-Match": kept.etag} if kept else {})
        if answer.status == 304 and kept:
            return kept
        new = Kept(url, answer.headers.get("etag", ""), answer.json(), _next(answer))
        if new.etag:
            self._remembered.keep(new)
        return new

    def download(self, path: str) -> str:
        """The text that the redirect at `path` leads to, wherever that is; the token stays here."""
        answer = self._read(path)
        try:
            return requests.get(answer.headers["location"], timeout=self._patience).text
        except requests.RequestException as error:
            raise Unreachable(f"{_reason(error)} while {path} was read") from error

    def query(self, text: str, **variables: Any) -> dict[str, Any]:
        """The data of a GraphQL query; what is not found is null in it. Raises Refused, Unreachable, Stopped."""
        return self.partial(text, "", **variables)[0]

    def partial(self, text: str, optional: str, **variables: Any) -> tuple[dict[str, Any], list[list[Any]]]:
        """The same; what lies in fields named `optional` may be refused: null then, and its path is told."""
        answer = self._read("", body={"query": text, "variables": variables})
        return self._data(answer, optional)

    def _data(self, answer: Answer, optional: str = "") -> tuple[dict[str, Any], list[list[Any]]]:
        body = answer.json()
        errors = [error for error in body.get("errors", ()) if error.get("type") != "NOT_FOUND"]
        if any(error.get("type") == "RATE_LIMITED" for error in errors):
            left = self._limits.left("graphql")
            raise used_up(self.place.host, left.reset if left else time.time() + LONGEST_WAIT)
        hidden = [error["path"] for error in errors if _is_hidden(error, optional)]
        if len(hidden) < len(errors) or body.get("data") is None:
            raise Refused(f"{self.place.host} answered {answer.what} with: {answer.message}", answer)
        return body["data"], hidden

    def _read(self, url: str, headers: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        """An answer below 400. `url` "" is GraphQL."""
        pause, tries = self._pause, 0
        while True:
            tries += 1
            try:
                return self._answer("POST" if body else "GET", url, headers or {}, body)
            except Unreachable as error:
                wait = pause if error.retry_at is None else error.retry_at - time.time()
                if tries >= TRIES or wait > LONGEST_WAIT:
                    raise
                self._stop.sleep(max(wait, 0.0))
                pause *= 2

    # -- writes

    def write(self, verb: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Do it once; the JSON of the answer. Raises Uncertain, Refused, Unreachable (it was not done), Stopped."""
        return self._write(verb, path, body or {}).json()

    def settle(self, write: Callable[[], T], look: Callable[[], T | None]) -> T:
        """Write; where that may have happened, look whether it did before it is tried again.

        `look` gives what `write` would have given, or None. Raises as they do; Uncertain in the end.
        """
        pause = self._pause
        for left in reversed(range(TRIES)):
            try:
                return write()
            except Uncertain:
                found = look()
                if found is not None:
                    return found
                if not left:
                    raise
            self._stop.sleep(pause)
            pause *= 2
        raise AssertionError("the last try returns or raises")

    def mutate(self, text: str, **variables: Any) -> dict[str, Any]:
        """A GraphQL mutation, once; its data. Raises as `write` does."""
        return self._data(self._write("POST", "", {"query": text, "variables": variables}))[0]

    def _write(self, verb: str, path: str, body: Mapping[str, Any]) -> Answer:
        self._limits.before_write()
        try:
            return self._answer(verb, path, {}, body)
        except Unreachable as error:
            if error.retry_at is not None:  # at a limit: nothing was done
                raise
            raise Uncertain(str(error)) from error

    # -- one request

    def _answer(self, verb: str, url: str, headers: Mapping[str, str], body: Any) -> Answer:
        self._stop.check()
        what = f"{verb} {url.partition('?')[0] or 'GraphQL'}"
        answer = self._exchange(verb, url, headers, body, what)
        self._limits.seen(answer.headers)
        if answer.status < 300 or answer.status in (302, 304):
            return self._whole(answer)
        now = time.time()
        retry_at = limit_reached(answer, now)
        if retry_at is not None:
            raise used_up(self.place.host, retry_at)
        error = refusal(answer, self.place.host, self._token)
        raise NotFound(str(error), answer) if answer.status in (404, 410) else error

    def _whole(self, answer: Answer) -> Answer:
        """Raises Unreachable for a body that was cut off, or comes from something between us and GitHub."""
        if answer.status < 300:
            try:
                answer.json()
            except ValueError as error:
                raise Unreachable(f"{self.place.host}: the answer to {answer.what} is no JSON") from error
        return answer

    def _exchange(self, verb: str, url: str, headers: Mapping[str, str], body: Any, what: str) -> Answer:
        with self._requester() as requester:
            try:
                status, got, text = requester.requestJson(
                    verb, url or requester.graphql_url, headers=dict(headers), input=body
                )
            except requests.RequestException as error:
                raise Unreachable(f"{self.place.host}: {_reason(error)} ({what})") from error
            except RuntimeError as error:  # how PyGithub tells of a redirect to another server
                raise ForgeError(f"{self.place.host}: {error}; mend `forge.base_url`") from error
        return Answer(status, got, text, what)

    @contextmanager
    def _requester(self) -> Iterator[Requester]:
        """One that no other thread uses meanwhile: PyGithub's connections hold the request that is under way."""
        try:
            requester = self._idle.get_nowait()
        except Empty:
            requester = self._make()
        try:
            yield requester
        finally:
            self._idle.put(requester)

    def _make(self) -> Requester:
        return Github(
            auth=Auth.Token(self._token.value),
            base_url=self.place.api,
            timeout=self._patience,
            user_agent="auto-milestone",
            per_page=PER_PAGE,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
        ).requester


def _is_hidden(error: Mapping[str, Any], optional: str) -> bool:
    """Is it about a field that may be missing, and that this token may not see?"""
    return error.get("type") == "FORBIDDEN" and optional in error.get("path", ())


def _url(path: str, parameters: Mapping[str, Any]) -> str:
    given = {key: value for key, value in parameters.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def part(text: str) -> str:
    """`text` as one part of a path; a slash in it stays one."""
    return quote(text, safe="/")


def _next(answer: Answer) -> str | None:
    """The next page, as the `link` header names it; its host is left out, which may be spelt in another way."""
    for link in answer.headers.get("link", "").split(","):
        url, _, relation = link.partition(";")
        if 'rel="next"' in relation:
            parts = urlsplit(url.strip().strip("<>"))
            return f"{parts.scheme}://{parts.netloc}{parts.path}?{parts.query}"
    return None


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    return "it cannot be reached" if isinstance(error, requests.ConnectionError) else "the answer was cut off"
