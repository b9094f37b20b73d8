"""Requests to one GitHub: reads are tried again, writes never are, limits are kept, every refusal is one line."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from ..errors import Unreachable
from ..stopping import Stop
from . import graphql
from .connection import PER_PAGE, Connection
from .download import tail
from .limits import Limits
from .place import Place
from .problems import SECONDARY_WAIT, USED_UP_WAIT, Answer, Refused, limit_reached, refusal, used_up
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
        self._connection = Connection(place, patience)

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
        if kept:
            answer = self._read(url, {"If-None-Match": kept.etag}, also=304)
            if answer.status == 304:
                return kept
        else:
            answer = self._read(url)
        new = Kept(url, answer.headers.get("etag", ""), answer.json(), _next(answer))
        if new.etag:
            self._remembered.keep(new)
        return new

    def download(self, path: str) -> str:
        """The end of the text that the redirect at `path` leads to."""
        link = self._read(path, also=302).headers.get("location")
        if not link:
            raise Unreachable(f"{self.place.host}: the answer to {path} leads nowhere")
        return tail(link, self._patience, self._stop)

    def query(self, text: str, **variables: Any) -> dict[str, Any]:
        """The data of a GraphQL query; what is not found is null in it. Raises Refused, Unreachable, Stopped."""
        return self.partial(text, "", **variables)[0]

    def partial(self, text: str, optional: str, **variables: Any) -> tuple[dict[str, Any], list[list[Any]]]:
        """The same; what lies in fields named `optional` may be refused: null then, and its path is told."""

        def ask() -> tuple[dict[str, Any], list[list[Any]]]:
            reply = self._reply(text, variables)
            hidden = reply.hidden(optional)
            return reply.whole([*reply.missing(), *hidden]), [error["path"] for error in hidden]

        return self._again(ask)

    def _reply(self, text: str, variables: Mapping[str, Any]) -> graphql.Reply:
        answer = self._answer("POST", "", {}, {"query": text, "variables": variables})
        reply = graphql.read(answer, self.place.host)
        if reply.is_used_up:
            left = self._limits.left("graphql")
            raise self._at_limit("graphql", left.reset if left else time.time() + USED_UP_WAIT)
        if reply.is_too_fast:
            raise self._at_limit(None, time.time() + SECONDARY_WAIT)
        return reply

    def _read(self, url: str, headers: Mapping[str, str] | None = None, also: int = 200) -> Answer:
        """An answer below 300, or of the status `also`."""
        return self._again(lambda: self._answer("GET", url, headers or {}, None, also))

    def _again(self, ask: Callable[[], T]) -> T:
        """`ask`, until there is an answer, or no sense in waiting for one."""
        pause, tries = self._pause, 0
        while True:
            tries += 1
            try:
                return ask()
            except Unreachable as error:
                wait = pause if error.retry_at is None else error.retry_at - time.time()
                if tries >= TRIES or wait > LONGEST_WAIT:
                    raise
                self._stop.sleep(max(wait, 0.0))
                pause *= 2

    # -- writes

    def write(self, verb: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Do it once; the JSON of the answer. Raises Uncertain, Refused, Unreachable (it was not done), Stopped."""
        return self._once(lambda: self._answer(verb, path, {}, body or {})).json()

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
        return self._once(lambda: self._reply(text, variables).whole())

    def _once(self, ask: Callable[[], T]) -> T:
        self._limits.before_write()
        try:
            return ask()
        except Unreachable as error:
            if error.retry_at is not None:  # at a limit: nothing was done
                raise
            raise Uncertain(str(error)) from error

    # -- one request

    def _answer(self, verb: str, url: str, headers: Mapping[str, str], body: Any, also: int = 200) -> Answer:
        """`url` "" is GraphQL."""
        self._stop.check()
        resource = "core" if url else "graphql"
        opens = self._limits.opens(resource)
        if opens is not None:
            raise used_up(self.place.host, opens)
        answer = self._exchange(verb, url, headers, body)
        self._limits.seen(answer.headers)
        if answer.status < 300 or answer.status == also:
            return self._whole(answer)
        retry_at = limit_reached(answer, time.time())
        if retry_at is not None:
            raise self._at_limit(resource if answer.is_used_up else None, retry_at)
        error = refusal(answer, self.place.host, self._token)
        raise NotFound(str(error), answer) if answer.status in (404, 410) else error

    def _exchange(self, verb: str, url: str, headers: Mapping[str, str], body: Any) -> Answer:
        """With the token as it is; a refused one may have a successor where it came from."""
        secret = self._token.value
        answer = self._connection.exchange(verb, url, headers, body, secret)
        if answer.status == 401 and self._token.renew(secret):
            return self._connection.exchange(verb, url, headers, body, self._token.value)
        return answer

    def _at_limit(self, resource: str | None, retry_at: float) -> Unreachable:
        """What to raise; other threads need not ask to learn of it."""
        self._limits.shut(resource, retry_at)
        return used_up(self.place.host, retry_at)

    def _whole(self, answer: Answer) -> Answer:
        """Raises Unreachable for a body that was cut off, or comes from something between us and GitHub."""
        if answer.status < 300:
            try:
                there = answer.json() is not None or answer.status not in (200, 201)
            except ValueError:
                there = False
            if not there:
                raise Unreachable(f"{self.place.host}: the answer to {answer.what} is no JSON")
        return answer


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
