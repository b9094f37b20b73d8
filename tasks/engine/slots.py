"""Slots: leave to run agents. `-n N` gives N; waiting for CI or a person holds none."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..stopping import Stop


class Slots:
    """Held per issue, re-entrant: the runner starts agent work with a slot, fix rounds take one later.

    Fix rounds go before new issues: their work is further on. `freed` is called after a slot came back.
    """

    def __init__(self, count: int, stop: Stop, freed: Callable[[], None]) -> None:
        self._free, self._stop, self._freed = count, stop, freed
        self._holders: dict[int, int] = {}
        self._waiting = 0
        self._changed = threading.Condition()

    def try_take(self, issue: int) -> bool:
        """A slot for new work, if one is free and no fix round waits for it."""
        with self._changed:
            if self._free <= 0 or self._waiting:
                return False
            self._free -= 1
            self._holders[issue] = 1
            return True

    def release(self, issue: int) -> None:
        """Give back what `try_take` took."""
        with self._changed:
            self._leave(issue)
        self._freed()

    @contextmanager
    def take(self, issue: int) -> Iterator[None]:
        """Hold a slot; waits for a free one. Raises Stopped."""
        with self._changed:
            if issue in self._holders:
                self._holders[issue] += 1
            else:
                self._wait_for_one()
                self._holders[issue] = 1
        try:
            yield
        finally:
            self.release(issue)

    @contextmanager
    def lend(self, issue: int) -> Iterator[None]:
        """Give the slot back for a while, and wait for one again afterwards; without one nothing is done."""
        with self._changed:
            held = self._holders.pop(issue, 0)
            if held:
                self._free += 1
                self._changed.notify_all()
        if not held:
            yield
            return
        self._freed()
        try:
            yield
        finally:
            with self._changed:
                self._wait_for_one()
                self._holders[issue] = held

    def _wait_for_one(self) -> None:
        self._waiting += 1
        try:
            while self._free <= 0:
                self._stop.check()
                self._changed.wait(0.5)
            self._free -= 1
        finally:
            self._waiting -= 1

    def _leave(self, issue: int) -> None:
        if issue not in self._holders:  # lent, and never got back because the run is being stopped
            return
        self._holders[issue] -= 1
        if not self._holders[issue]:
            del self._holders[issue]
            self._free += 1
            self._changed.notify_all()
