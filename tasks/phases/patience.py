"""How long to wait between looks at the forge, and how long for a forge that does not answer."""

import time
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. Pauses between looks are doubled from `first` to eight times that. A forge may be out of reach for
    `offline`; after `calm` without any failure the next one begins a new outage.
    """

    first: float = 15.0
    calm: float = 3600.0
    offline: float = 24 * 3600.0

    def pauses(self) -> Iterator[float]:
        """The pauses, without end."""
        pause = self.first
        while True:
            yield pause
            pause = min(pause * 2, self.first * 8)


class Outage:
    """For how long the forge has not been reached; times in seconds since the epoch."""

    def __init__(self, patience: Patience) -> None:
        self._patience, self._pauses = patience, patience.pauses()
        self._tried = self.began = float("-inf")

    def until(self, now: float, retry_at: float | None) -> float | None:
        """It failed `now`: when to try again; None: it is given up. `retry_at`: when the forge said."""
        if now - self._tried > self._patience.calm:
            self.began, self._pauses = now, self._patience.pauses()
        self._tried = retry_at if retry_at and retry_at > now else now + next(self._pauses)
        return self._tried if self._tried - self.began <= self._patience.offline else None


class Clocks:
    """Since when something is waited for, in seconds of the monotonic clock: a phase that is run again after an outage
    does not begin its deadlines anew. Used by all threads, each for its own issue.
    """

    def __init__(self) -> None:
        self._begun: dict[tuple[object, ...], float] = {}

    def begin(self, *what: object) -> float:
        """When `what` was begun; now, if it was not."""
        return self._begun.setdefault(what, time.monotonic())

    def end(self, *what: object) -> None:
        """It came about: the next time is another one."""
        self._begun.pop(what, None)
