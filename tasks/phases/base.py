"""What every phase has in common: the services it may use, and the ways in which it can end.

A phase module holds a pure `decide(facts) -> step` and a `run(context, issue)` that observes, decides, acts.
It says nothing about receipts: `perform.py` reads and writes them around it.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..agent.base import Agent
from ..channel.base import Channel
from ..checks import Checks
from ..forge.base import Forge
from ..git.mirror import Mirror
from ..journal import Journal
from ..manifest.settings import Settings
from ..model import PlannedIssue, Ref
from ..paths import StatePaths
from ..stopping import Stop
from ..train.landing import Train
from .patience import Clocks, Patience

Given = Mapping[str, Any]
"""What the phase before left: the values of its receipt. Empty for the first phase."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a phase ended well: `result` as in Receipt, `values` for the phases behind it."""

    result: str = "done"
    values: Mapping[str, Any] = field(default_factory=dict)


class Slots(Protocol):
    """Leave to run agents; re-entrant per issue."""

    def take(self, issue: int) -> AbstractContextManager[None]:
        """Hold a slot; waits for a free one."""

    def lend(self, issue: int) -> AbstractContextManager[None]:
        """Give the slot back while waiting, if the issue holds one."""


@dataclass(frozen=True)
class Context:
    """The long-lived things of a run, made once by `workspace.py`."""

    settings: Settings
    issues: Mapping[int, PlannedIssue]
    blockers: Callable[[int], tuple[Ref, ...]]
    """What an issue waits for, as the manifest stands: edges, changes, force_resolve."""
    paths: StatePaths
    forge: Forge
    mirror: Mirror
    checks: Checks
    train: Train
    agent: Callable[[int], Agent]
    channel: Channel
    journal: Journal
    stop: Stop
    slots: Slots
    patience: Patience
    pull_template: str
    """What the text of a pull request is made from; see pull_text.py."""
    tell: Callable[[Mapping[str, Any]], None]
    """Called with every journal entry: the view lives on it."""
    clocks: Clocks = field(default_factory=Clocks)

    def note(self, event: str, issue: int, **fields: Any) -> None:
        """Journal an event and show it."""
        self.tell(self.journal.add(event, issue, **fields))

    def waiting(self, issue: int, phase: str, reason: str, until: float | None = None) -> None:
        """Say what the issue waits for, and until when (seconds since the epoch; None: as long as it takes)."""
        self.note("state", issue, state="waiting", phase=phase, reason=reason, until=until)

    def working(self, issue: int, phase: str, reason: str = "") -> None:
        self.note("state", issue, state="running", phase=phase, reason=reason)


class Phase(Protocol):
    """The functions that a phase module offers."""

    def run(self, context: Context, issue: PlannedIssue, given: Given) -> Outcome:
        """Bring the effect about, or find that it is there. `given` is what the phase before left.

        Raises PhaseStop, Stopped, or another MilestoneError (then the issue has failed).
        """
