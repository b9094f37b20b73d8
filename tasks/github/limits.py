"""What GitHub lets us ask, and how we stay well inside of it.

Every answer says what is left of the hour's budget (headers `x-ratelimit-*`); an Enterprise server without limits
says nothing. Writes keep a second's distance, as GitHub's guide for integrators asks.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..stopping import Stop

RESERVE = 0.1
"""The part of the budget that looking at pull requests leaves to everything else."""

BETWEEN_WRITES = 1.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Left:
    """Of one resource (`core`, `graphql`): requests or points; `reset` in seconds since the epoch."""

    remaining: int
    limit: int
    reset: float


class Limits:
    """Kept up to date by all threads; `clock` gives seconds since the epoch."""

    def __init__(self, stop: Stop, clock: Callable[[], float] = time.time) -> None:
        self._stop, self._clock = stop, clock
        self._left: dict[str, Left] = {}
        self._shut: dict[str | None, float] = {}
        self._lock = threading.Lock()
        self._next_write = 0.0

    def seen(self, headers: Mapping[str, str]) -> None:
        """Take in the headers of an answer, with small letters."""
        try:
            left = Left(
                int(float(headers["x-ratelimit-remaining"])),
                int(float(headers["x-ratelimit-limit"])),
                float(headers["x-ratelimit-reset"]),
            )
        except (KeyError, ValueError, OverflowError):
            return
        with self._lock:
            self._left[headers.get("x-ratelimit-resource", "core")] = left

    def left(self, resource: str) -> Left | None:
        """What is left until the reset; None: no limit, or a fresh budget that nobody has touched."""
        with self._lock:
            left = self._left.get(resource)
        return left if left and left.reset > self._clock() else None

    def shut(self, resource: str | None, until: float) -> None:
        """Nothing of `resource` is to be asked for before `until` (seconds since the epoch); None: nothing at all."""
        with self._lock:
            self._shut[resource] = max(until, self._shut.get(resource, 0.0))

    def opens(self, resource: str) -> float | None:
        """When it may be asked for again; None: now."""
        with self._lock:
            until = max(self._shut.get(resource, 0.0), self._shut.get(None, 0.0))
        return until if until > self._clock() else None

    def before_write(self) -> None:
        """Wait for this write's turn. Raises Stopped."""
        with self._lock:
            limited, now = bool(self._left), self._clock()
            turn = max(now, self._next_write) if limited else now
            self._next_write = turn + BETWEEN_WRITES
        if turn > now:
            self._stop.sleep(turn - now)


def pace(left: Left | None, wanted: float, cost: float, now: float) -> float:
    """Seconds until the next look, so that looks of `cost` points last until the reset; `wanted` at least."""
    if left is None or left.reset <= now:
        return wanted
    spare = left.remaining - RESERVE * left.limit
    until = left.reset - now
    if spare < cost:
        return max(wanted, until)
    return max(wanted, until * cost / spare)
