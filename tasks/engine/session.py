"""One doit command's view of the milestone: made when the tasks are loaded, given its services when it runs."""

import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from doit.exceptions import BaseFail, TaskError, TaskFailed

from ..errors import ConfigError, PhaseStop, Stopped, reason_of
from ..milestone import Milestone, open_milestone
from ..model import State
from ..receipts import Receipt
from ..stopping import Stop

if TYPE_CHECKING:
    from ..phases.base import Context

NO_PLUGINS = (
    "this is doit's own `run`: name ours in pyproject.toml or doit.cfg, "
    '[tool.doit.plugins.command] run = "auto_milestone.engine.run:Run"'
)
Perform = Callable[["Context", str, int, Sequence[Path]], Receipt]


class Session:
    """`milestone` is None, and `problem` says why, when the manifest cannot be used."""

    def __init__(self, manifest: Path) -> None:
        self.manifest = manifest
        self.stop = Stop()
        self.context: Context | None = None
        self.milestone: Milestone | None = None
        self.problem = ""
        self._perform: Perform | None = None
        try:
            self.milestone = open_milestone(manifest)
        except ConfigError as error:
            self.problem = str(error)

    def __repr__(self) -> str:
        """As `doit info plan` shows it."""
        return str(self.manifest)

    def begin(self, context: "Context", perform: Perform) -> None:
        """From now on phases can run."""
        self.context, self._perform = context, perform

    def act(self, phase: str, number: int, inputs: Sequence[Path]) -> BaseFail | None:
        """The action of a phase's task. Every way in which it ends is told to the journal."""
        context, perform = self.context, self._perform
        if context is None or perform is None:
            return TaskError(NO_PLUGINS)
        try:
            perform(context, phase, number, inputs)
        except PhaseStop as stop:
            return _stopped(context, phase, number, stop.state, str(stop))
        except Stopped as stopped:
            return TaskFailed(str(stopped), report=False)
        except OSError as error:
            return _stopped(context, phase, number, "failed", reason_of(error))
        except Exception as error:
            return self._bug(context, phase, number, error)
        return None

    def _bug(self, context: "Context", phase: str, number: int, error: Exception) -> BaseFail:
        """A failure that nobody foresaw: one line for the person, the traceback in a file."""
        path = context.paths.log(number, f"error-{time.strftime('%Y%m%d-%H%M%S')}")
        reason = f"unexpected {type(error).__name__}: {error} (details in {path})"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(traceback.format_exception(error)), "utf-8", "replace")
        except OSError as full:
            reason = f"unexpected {type(error).__name__}: {error} ({reason_of(full)})"
        return _stopped(context, phase, number, "failed", reason)


def _stopped(context: "Context", phase: str, number: int, state: State, reason: str) -> BaseFail:
    """Tell why an issue goes no further; on a full disk at least those who look on."""
    fields = {"phase": phase, "state": state, "reason": reason}
    try:
        context.note("stopped", number, **fields)
    except OSError:
        context.tell({"at": time.time(), "event": "stopped", "issue": number, **fields})
    return TaskFailed(reason, report=False)
