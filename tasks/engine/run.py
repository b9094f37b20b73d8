"""doit's `run` command with our runner: the gate before, the summary and the ways out after."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from doit.cmd_run import Run as DoitRun
from doit.cmd_run import opt_always, opt_num_process, opt_verbosity
from doit.control import TaskControl
from doit.exceptions import InvalidCommand
from doit.task import Stream

from ..errors import MilestoneError
from ..manifest.manifest import add_to_list
from ..report.deadlock import Option, report, standing
from ..report.status import MilestoneStatus, read_status, read_traces
from ..screen import Screen
from ..stopping import Stop
from ..workspace import Workspace
from .actions import write_summary
from .gate import pass_gate
from .lock import runner_lock
from .ready import ReadyTasks
from .reporter import MilestoneReporter
from .runner import MilestoneRunner
from .session import Session
from .slots import Slots
from .view import View

opt_slots = {
    **opt_num_process,
    "help": "agents at once; waiting for CI or a person counts as none [default: 1]",
}


class Run(DoitRun):  # type: ignore[misc]
    """`doit [-n N] [TASK ...]`."""

    name = "run"
    doc_purpose = "run tasks: plan a milestone, land it, or any part of it"
    doc_usage = "[TASK ...]"
    doc_description = (
        "Without a task: merge, cleanup, summary. `merge` lands all issues, `merge:12` one with what it needs, "
        "`wave:1` one wave. Running again goes on where the last run stopped, whatever stopped it."
    )
    cmd_options = (opt_slots, opt_always, opt_verbosity)

    def parse_execute(self, in_args: Sequence[str]) -> int:
        """`doit merge -n 2` as well as `doit -n 2 merge`."""
        args = list(in_args)
        for at, word in enumerate(args[1:], 1):
            if word.startswith("-n") and word[2:].isdigit():
                return int(super().parse_execute([word, *args[:at], *args[at + 1 :]]) or 0)
            if word == "-n" and at + 1 < len(args):
                return int(super().parse_execute([word, args[at + 1], *args[:at], *args[at + 2 :]]) or 0)
        return int(super().parse_execute(args) or 0)

    def _execute(self, verbosity: int | None, always: bool, num_process: int, force_verbosity: bool) -> int:
        control = TaskControl(self.task_list)
        control.process(self.sel_tasks)
        session: Session = next(
            task.meta["session"] for task in self.task_list if "session" in (task.meta or {})
        )
        run = _Run(self, control, session, always, max(1, num_process), Stream(verbosity, force_verbosity))
        try:
            if set(control.selected_tasks) <= {"plan", "summary"}:
                return run.plain()
            return run.land()
        except MilestoneError as error:
            raise InvalidCommand(str(error)) from None


class _Run:
    """One execution of the command."""

    def __init__(
        self,
        command: Run,
        control: TaskControl,
        session: Session,
        always: bool,
        slots: int,
        stream: Stream,
    ) -> None:
        self._command, self._control, self._session = command, control, session
        self._always, self._slots, self._stream = always, slots, stream
        self._screen = Screen()
        self._reporter = MilestoneReporter(self._screen.console.file, {})

    def _runner(self, ready: ReadyTasks) -> MilestoneRunner:
        runner = MilestoneRunner(
            self._command.dep_manager, self._reporter, self._always, self._stream, ready, self._session.stop
        )
        runner.slots = Slots(self._slots, self._session.stop, runner.wake)
        return runner

    def plain(self) -> int:
        """`plan` and `summary`: no lock, no gate, no agents."""
        runner = self._runner(ReadyTasks({}, serial=True))
        return 1 if runner.run_all(self._control.task_dispatcher()) else 0

    def land(self) -> int:
        """Everything that touches issues. The exit code: 0 done, 1 something did not land, 130 or 143 stopped."""
        workspace = self._session.workspace
        if workspace is None:
            raise MilestoneError(self._session.problem)
        if not workspace.schedule.todo and not workspace.plan.milestone.open:
            self._screen.line("No open issues: nothing to do.")
            return 0
        with runner_lock(workspace.paths.lock):
            if not pass_gate(workspace, self._screen):
                return 1
            code = self._land(workspace)
            status = self._status(workspace)
            text = write_summary(workspace)
            if "summary" not in self._control.selected_tasks and not self._session.stop.asked:
                self._screen.console.print()
                self._screen.console.print(text, end="", markup=False)
            option = self._ways_out(workspace, status) if code == 1 else None
        if option:
            _take(workspace.manifest.path, option)
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
        return code

    def _land(self, workspace: Workspace) -> int:
        stop = self._session.stop
        runner = self._runner(ReadyTasks(workspace.schedule.priority, serial=self._slots == 1))
        merged = self._status(workspace).counts["merged"]
        view = View(self._screen, workspace.plan, workspace.schedule, merged)
        self._session.context = workspace.context(runner.slots, self._screen, view.tell)
        with _signals(stop, runner) as caught:
            view.start()
            try:
                result = runner.run_all(self._control.task_dispatcher())
            finally:
                view.stop()
        if stop.asked:
            self._screen.line("Stopped. The same command goes on where this run left off.")
            return 128 + (caught[0] if caught else signal.SIGINT)
        self._tell_skipped(workspace, view)
        return 1 if result else 0

    def _status(self, workspace: Workspace) -> MilestoneStatus:
        paths = workspace.paths
        return read_status(
            workspace.settings, workspace.plan, workspace.schedule, paths, read_traces(paths), running=False
        )

    def _tell_skipped(self, workspace: Workspace, view: View) -> None:
        for number, one in self._status(workspace).issues.items():
            if one.state == "skipped" and one.phase is None and one.reason.startswith("#"):
                view.skipped(number, one.reason)

    def _ways_out(self, workspace: Workspace, status: MilestoneStatus) -> Option | None:
        """Tell why nothing goes on, and how it could; in a terminal, take a number."""
        lines, numbered = report(standing(workspace.schedule, status), status)
        for at, line in enumerate(lines):
            self._screen.line(("\n" if not at else "") + line)
        if not numbered or not self._screen.can_ask or self._session.stop.asked:
            return None
        while True:
            typed = self._screen.ask(("Which one?",), "number > ", lambda: False)
            if typed is None or not typed.strip():
                return None
            if typed.strip().isdigit() and 1 <= int(typed) <= len(numbered):
                option = numbered[int(typed) - 1]
                return None if option.kind in ("pause", "quit") else option


def _take(manifest: Path, option: Option) -> None:
    """Write the choice into the manifest; `retry` is but running again."""
    if option.kind == "force_resolve" and option.ref is not None:
        add_to_list(manifest, "force_resolve", option.ref)
    elif option.kind == "skip" and option.ref is not None:
        add_to_list(manifest, "skip", option.ref)


@contextmanager
def _signals(stop: Stop, runner: MilestoneRunner) -> Iterator[list[int]]:
    """^C, TERM and a closed terminal ask the run to stop, twice forces it; the list holds the signals that came."""
    caught: list[int] = []

    def on_signal(number: int, frame: object) -> None:
        caught.append(number)
        stop.ask()
        runner.wake()

    before = {
        number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
