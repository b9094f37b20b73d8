"""The seam to where agents run: this machine, or elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Launch:
    """One process to run to its end. Times in seconds; output of both streams goes to `log` as it comes."""

    key: str
    """At most one process per key is alive, over restarts of the runner too."""
    argv: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str]
    stdin: str
    log: Path
    output: Path
    """Standard output alone, for machines to read."""
    timeout: float
    silence: float
    guard: Path
    """File whose lock the process holds while it lives: how a later runner finds one left over."""


@dataclass(frozen=True, slots=True)
class Exit:
    """How a process ended. `code` is None when it never started; `reason`: exited, timeout, not_found."""

    reason: str
    code: int | None
    detail: str = ""


class Executor(Protocol):
    """Runs a process, and ends everything that it started."""

    name: str

    def run(self, launch: Launch, on_silence: Callable[[float], None]) -> Exit:
        """Run to the end. `on_silence(seconds)` is called once per silent stretch longer than `silence`.

        Raises Stopped when the run is being stopped; the process and its children are then ended.
        """

    def end_leftover(self, launch: Launch) -> bool:
        """End what an earlier, killed runner left alive under this key; True if there was such a process."""
