"""What is known of pull requests, asked of GitHub for all that are waited for in one query per tick."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from ..model import CheckRun, Pull
from ..stopping import Stop

RECENT = 5.0
"""Seconds for which what a tick saw is still an answer."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A pull request and all that keeps it from being merged, as of one moment. Words in capitals are GitHub's."""

    node: str
    pull: Pull
    merge_state: str = "UNKNOWN"
    review: str | None = None
    objectors: tuple[str, ...] = ()
    """Who asked for changes, and has not approved since."""
    needs_queue: bool = False
    queued: tuple[str, int] | None = None
    """(state, position) in the merge queue."""
    open_threads: int = 0
    runs: tuple[CheckRun, ...] = ()


Ask = Callable[[Collection[int]], Mapping[int, Seen]]
"""Asks for pull requests by number; one that is not there is left out."""

Pace = Callable[[float, int], float]
"""(seconds wanted, pull requests) -> seconds until the next tick: the budget may ask for more."""


class Watch:
    """Shared by all threads. Whoever's time is up first asks for all who wait; the others have their answer then."""

    def __init__(self, ask: Ask, pace: Pace, stop: Stop, clock: Callable[[], float] = time.monotonic) -> None:
        self._ask, self._pace, self._stop, self._clock = ask, pace, stop, clock
        self._seen: dict[int, tuple[float, Seen]] = {}
        self._waiting: Counter[int] = Counter()
        self._changed = threading.Condition()
        self._ticks, self._asking = 0, False

    @property
    def waiting(self) -> Collection[int]:
        """The pull requests that somebody waits for."""
        with self._changed:
            return list(self._waiting)

    def now(self, number: int) -> Seen | None:
        """As it is at this moment; None: there is none of this number."""
        return self.saw(self._ask([number])).get(number)

    def recent(self, number: int) -> Seen | None:
        """As the last tick saw it, or as it is now if that is too long ago."""
        with self._changed:
            at, seen = self._seen.get(number, (float("-inf"), None))
        return seen if seen and self._clock() - at <= RECENT else self.now(number)

    def saw(self, found: Mapping[int, Seen]) -> Mapping[int, Seen]:
        """Keep what was seen."""
        at = self._clock()
        with self._changed:
            self._seen.update({number: (at, seen) for number, seen in found.items()})
        return found

    def wait(self, number: int, seconds: float) -> None:
        """Until the next tick, which comes after `seconds` or earlier, when somebody else's time is up.

        Raises Stopped, and what asking raises.
        """
        with self._changed:
            self._waiting[number] += 1
            ticks = self._ticks
            until = self._clock() + self._pace(seconds, len(self._waiting))
        try:
            while self._is_to_wait(ticks, until):
                self._stop.check()
        finally:
            with self._changed:
                self._waiting[number] -= 1
                self._waiting += Counter()  # drops those that nobody waits for

    def _is_to_wait(self, ticks: int, until: float) -> bool:
        """Sleep a moment, or tick; False once there was a tick."""
        with self._changed:
            if self._ticks != ticks:
                return False
            left = until - self._clock()
            if left > 0 or self._asking:
                self._changed.wait(min(max(left, 0.05), 0.2))
                return True
            self._asking, wanted = True, list(self._waiting)
        try:
            self.saw(self._ask(wanted))
        finally:
            with self._changed:
                self._asking = False
        with self._changed:
            self._ticks += 1
            self._changed.notify_all()
        return False
