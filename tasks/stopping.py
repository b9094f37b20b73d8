"""How a run is stopped: asked once (end the agents, save, leave), asked twice (kill)."""

import threading

from .errors import Stopped


class Stop:
    """One per run, shared by all its threads."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._forced = threading.Event()

    def ask(self) -> None:
        """The first call asks, the second one forces."""
        if self._asked.is_set():
            self._forced.set()
        self._asked.set()

    @property
    def asked(self) -> bool:
        return self._asked.is_set()

    @property
    def forced(self) -> bool:
        return self._forced.is_set()

    def check(self) -> None:
        """Raises Stopped once asked."""
        if self.asked:
            raise Stopped("the run is being stopped")

    def sleep(self, seconds: float) -> None:
        """Sleep, or raise Stopped as soon as asked."""
        if self._asked.wait(seconds):
            self.check()
