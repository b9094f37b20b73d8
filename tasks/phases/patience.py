"""How long to wait between looks at the forge, and how long for a forge that does not answer."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. Pauses between looks are doubled from `first` to `last`. A forge may be out of reach for `offline`;
    after `calm` without any failure the next one begins a new outage.
    """

    first: float = 15.0
    last: float = 120.0
    calm: float = 3600.0
    offline: float = 24 * 3600.0

    def pauses(self) -> Iterator[float]:
        """The pauses, without end."""
        pause = self.first
        while True:
            yield pause
            pause = min(pause * 2, self.last)


PATIENCE = Patience()
"""That of every run."""
