"""One request to GitHub and its answer, whatever that is. PyGithub does the talking.

Its own retries are off: they repeat writes, and cannot be stopped.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import Empty, LifoQueue
from typing import Any

import requests
from github import Github, set_log_level
from github.Requester import Requester
from urllib3.exceptions import HTTPError

from ..errors import ForgeError, Unreachable
from .place import Place
from .problems import Answer

PER_PAGE = 100

BROKEN = (requests.RequestException, HTTPError, ValueError, OverflowError)
"""What requests lets through beside its own: names that cannot be looked up, headers that nobody can read."""


# It writes to standard error by itself otherwise.
set_log_level(logging.CRITICAL)


class Connection:
    """Used by all threads; `patience` in seconds for each answer."""

    def __init__(self, place: Place, patience: int) -> None:
        self._place, self._patience = place, patience
        self._idle: LifoQueue[Requester] = LifoQueue()

    def exchange(self, verb: str, url: str, headers: Mapping[str, str], body: Any, secret: str) -> Answer:
        """The answer to a request made with the token `secret`; `url` "" is GraphQL.

        Raises Unreachable where none came that could be read, ForgeError for a redirect to another server.
        """
        what = f"{verb} {url.partition('?')[0] or 'GraphQL'}"
        given = {**headers, "Authorization": f"token {secret}"}
        with self._requester() as requester:
            try:
                status, got, text = requester.requestJson(
                    verb, url or requester.graphql_url, headers=given, input=body
                )
            except BROKEN as error:
                raise Unreachable(f"{self._place.host}: {reason(error)} ({what})") from error
            except RuntimeError as error:  # how PyGithub tells of a redirect to another server
                raise ForgeError(f"{self._place.host}: {error}; mend `forge.base_url`") from error
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
            base_url=self._place.api,
            timeout=self._patience,
            user_agent="auto-milestone",
            per_page=PER_PAGE,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
        ).requester


def reason(error: Exception) -> str:
    """Why no answer came, in a few words."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.ConnectionError):
        return "it cannot be reached"
    if isinstance(error, requests.RequestException) and not isinstance(error, ValueError):
        return "the answer was cut off"
    return "its name or its answer cannot be read"
