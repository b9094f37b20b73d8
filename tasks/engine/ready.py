"""Which ready task starts next: the longest remaining path first, and begun issues before new ones.

Pure bookkeeping: no doit, no threads.
"""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..model import PHASES

AGENT_WORK = ("worktree", "work")
"""Phases that start with a slot: the others wait for something, or take one when they need it."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A task that could start now; `item` is the caller's own."""

    issue: int
    phase: str
    item: Any


class ReadyTasks:
    """`serial`: one issue at a time goes through its whole cycle before the next one starts."""

    def __init__(self, priority: Mapping[int, int], serial: bool) -> None:
        self._priority, self._serial = priority, serial
        self._heap: list[tuple[tuple[int, int, int], int, Ready]] = []
        self._pushed = 0
        self._active: int | None = None

    def push(self, ready: Ready) -> None:
        self._pushed += 1
        heapq.heappush(self._heap, (self._key(ready), self._pushed, ready))

    def _key(self, ready: Ready) -> tuple[int, int, int]:
        remaining, progress = self._priority.get(ready.issue, 0), PHASES.index(ready.phase)
        if self._serial:
            return (0 if ready.issue == self._active else 1, -progress, -remaining)
        if ready.phase not in AGENT_WORK:
            return (0, -remaining, -progress)
        return (1, -remaining, -progress)

    def pop(self, take_slot: Callable[[int], bool]) -> Ready | None:
        """The next task that may start, `take_slot` asked where it needs one; None: nothing may start now."""
        if not self._heap:
            return None
        ready = self._heap[0][2]
        if self._serial and self._active not in (None, ready.issue):
            return None
        if ready.phase in AGENT_WORK and not take_slot(ready.issue):
            return None
        heapq.heappop(self._heap)
        if self._serial and self._active is None:
            self._active = ready.issue
            self._sort_anew()
        return ready

    def leave(self, issue: int) -> None:
        """Nothing of this issue is running or can start any more: the next one may begin."""
        if self._active == issue and not any(entry[2].issue == issue for entry in self._heap):
            self._active = None
            self._sort_anew()

    def _sort_anew(self) -> None:
        self._heap = [(self._key(ready), at, ready) for _, at, ready in self._heap]
        heapq.heapify(self._heap)

    def __len__(self) -> int:
        return len(self._heap)
