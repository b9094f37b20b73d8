"""Rate limits: the primary ones with their headers, the secondary ones where a test asks for them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Lock
from time import monotonic, time

from .web import Refusal

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
SECONDARY_DOCS = (
    "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"
)


@dataclass
class Bucket:
    resource: str
    limit: int
    reset: int
    used: int = 0
    shown: bool = True

    @property
    def remaining(self) -> int:
        return max(self.limit - self.used, 0)

    def headers(self) -> dict[str, str]:
        if not self.shown:
            return {}
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Used": str(self.used),
            "X-RateLimit-Reset": str(self.reset),
            "X-RateLimit-Resource": self.resource,
        }

    def json(self) -> dict[str, int]:
        return {"limit": self.limit, "used": self.used, "remaining": self.remaining, "reset": self.reset}


class Limits:
    """The limits of each token. The numbers may be changed by a test at any time."""

    def __init__(self) -> None:
        self.enabled = True
        """False: an Enterprise server without rate limits, which answers 404 for /rate_limit and has no headers."""
        self.core = 5000
        """REST requests in a window."""
        self.graphql = 5000
        """GraphQL points in a window."""
        self.window = 3600.0
        """Seconds until a limit is full again."""
        self.points_per_minute: int | None = None
        """Secondary: GitHub has 900 for REST; None: not enforced."""
        self.content_per_minute: int | None = None
        """Secondary: GitHub has 80 requests that make content; None: not enforced."""
        self.retry_after: int | None = 60
        """Seconds in the Retry-After of a secondary limit; None: no such header."""
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._recent: deque[tuple[float, int, bool]] = deque()
        self._lock = Lock()

    def bucket(self, token: str, resource: str) -> Bucket:
        """The limit of a token for `core` or `graphql` in the window of now."""
        limit = int(getattr(self, resource, 60))
        found = self._buckets.get((token, resource))
        if found is None or time() >= found.reset:
            found = Bucket(resource, limit, int(time() + self.window) + 1)
            self._buckets[token, resource] = found
        found.limit, found.shown = limit if self.enabled else 10**9, self.enabled
        return found

    def take(self, bucket: Bucket, points: int) -> None:
        with self._lock:
            bucket.used += points

    def spend(self, remaining: int) -> None:
        """Leave each token that was seen this much of every limit."""
        for one in self._buckets.values():
            one.used = one.limit - remaining

    def check_secondary(self, points: int, content: bool) -> None:
        """Count a request; a refusal when a secondary limit is over."""
        with self._lock:
            self._recent.append((monotonic(), points, content))
            while self._recent[0][0] < monotonic() - 60:
                self._recent.popleft()
            recent = list(self._recent)
        if over(self.points_per_minute, sum(row[1] for row in recent)):
            raise secondary(self.retry_after)
        if content and over(self.content_per_minute, sum(row[2] for row in recent)):
            raise secondary(self.retry_after)


def over(limit: int | None, count: int) -> bool:
    return limit is not None and count > limit


def secondary(retry_after: int | None, status: int = 403) -> Refusal:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Refusal(status, SECONDARY, headers=headers, docs=SECONDARY_DOCS)


def exhausted(bucket: Bucket, user: int) -> Refusal:
    """The primary limit is used up."""
    message = f"API rate limit exceeded for user ID {user}."
    return Refusal(403, message, headers=bucket.headers())
