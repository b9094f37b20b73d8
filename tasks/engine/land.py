"""A run that lands issues: the lock and the gate before, the summary and the ways out after."""

import os
import signal
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from doit.control import TaskControl
from doit.task import Stream

from ..errors import MilestoneError
from ..manifest.manifest import add_to_list
from ..milestone import Milestone
from ..phases.perform import perform
from ..process.family import STATE_MARK, Started, end_family
from ..report.deadlock import Cause, Option, causes, report
from ..report.status import MilestoneStatus, read_status
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
from .words import asked_for

LOST = "#{number}: its branch is gone from {mirror}: begun again, from what the forge has of it"
WHICH = "number (nothing else is tried again), or Enter to leave it as it is > "


class Landing:
    """One execution of `doit run`."""

    def __init__(
        self, database: Any, control: TaskControl, session: Session, always: bool, slots: int, stream: Stream
    ) -> None:
        self._database, self._control, self._session = database, control, session
        self._always, self._slots, self._stream = always, slots, stream
        self._screen = Screen()
        self._reporter = MilestoneReporter(self._screen.console.file, {})

    def _runner(self, ready: ReadyTasks) -> MilestoneRunner:
        stop = self._session.stop
        runner = MilestoneRunner(self._database, self._reporter, self._always, self._stream, ready, stop)
        runner.slots = Slots(self._slots, stop, runner.wake)
        return runner

    def plain(self) -> int:
        """`plan` and `summary`: no lock, no gate, no agents."""
        runner = self._runner(ReadyTasks({}, serial=True))
        return 1 if runner.run_all(self._control.task_dispatcher()) else 0

    def land(self, words: Sequence[str]) -> int:
        """Everything that touches issues. The exit code: 0 done, 1 something did not land, 128 + a signal."""
        milestone = self._session.milestone
        if milestone is None:
            raise MilestoneError(self._session.problem)
        asked = asked_for(words, milestone)
        with runner_lock(milestone.paths):
            if not pass_gate(milestone, self._screen):
                return 1
            code = self._land(milestone, asked)
            status = read_status(milestone, running=False)
            self._tell_sum(milestone, status, asked)
            option, runs = self._ways_out(milestone, status, asked) if code == 1 else (None, ())
        if option:
            _take(milestone.manifest.path, option)
            if not runs:
                self._screen.line("It stands in milestone.yaml now; nothing else has to run for it.")
            else:
                os.execv(sys.executable, [sys.executable, *_argv(words, runs)])
        return code

    def _tell_sum(self, milestone: Milestone, status: MilestoneStatus, asked: Collection[int] | None) -> None:
        """The summary; after a part of the milestone, its first line."""
        text = write_summary(milestone, status).rstrip()
        if "summary" in self._control.selected_tasks or self._session.stop.asked:
            return
        self._screen.line("")
        self._screen.line(text if asked is None else text.splitlines()[0].removeprefix("# "))

    def _land(self, milestone: Milestone, asked: Collection[int] | None) -> int:
        stop = self._session.stop
        runner = self._runner(ReadyTasks(milestone.schedule.priority, serial=self._slots == 1))
        merged = read_status(milestone, running=False).counts["merged"]
        view = View(self._screen, milestone.plan, merged)
        workspace = self._workspace(milestone)
        self._session.begin(workspace.context(runner.slots, self._screen, view.tell), perform)
        with _signals(stop, runner) as caught:
            view.start()
            try:
                result = runner.run_all(self._control.task_dispatcher())
            finally:
                view.stop()
        if stop.asked:
            self._screen.line("Stopped. The same command goes on where this run left off.")
            return 128 + (caught[0] if caught else signal.SIGINT)
        self._tell_skipped(milestone, view, asked)
        return 1 if result else 0

    def _workspace(self, milestone: Milestone) -> Workspace:
        """What acts, cleared of what an earlier run left. Raises MilestoneError for what cannot begin."""
        workspace = Workspace(milestone, self._session.stop)
        workspace.see_that_programs_are_there(
            agents=any(not milestone.proved(number, "work") for number in milestone.schedule.todo)
        )
        # Inherited by everything that is started, so that a later runner finds what outlives this one.
        os.environ[STATE_MARK] = str(milestone.paths.root)
        end_family(Started(0, 0.0, str(milestone.paths.root), STATE_MARK))
        workspace.mirror.recover(milestone.paths.scratch)
        for number in workspace.let_go_of_lost():
            self._screen.line(LOST.format(number=number, mirror=milestone.paths.mirror), "yellow")
        obstacle = workspace.forge.obstacle(milestone.settings.base)
        if obstacle:
            self._screen.line(f"As it is, nothing can land: {obstacle}", "yellow")
        return workspace

    def _tell_skipped(self, milestone: Milestone, view: View, asked: Collection[int] | None) -> None:
        for number, one in read_status(milestone, running=False).issues.items():
            mine = asked is None or number in asked
            if mine and one.state == "skipped" and one.phase is None and one.reason.startswith("#"):
                view.skipped(number, one.reason)

    def _ways_out(
        self, milestone: Milestone, status: MilestoneStatus, asked: Collection[int] | None
    ) -> tuple[Option | None, Sequence[int]]:
        """Tell why issues did not land, and how they could; in a terminal, take a number.

        (what a person chose, the issues that are to land then).
        """
        found = causes(milestone, status, asked)
        lines, numbered = report(found, milestone.folder, self._screen.can_ask)
        for line in lines:
            self._screen.line(line)
        while numbered and not self._session.stop.asked:
            typed = (self._screen.ask((), WHICH, lambda: False) or "").strip()
            if not typed:
                break
            if typed.isdecimal() and 1 <= int(typed) <= len(numbered):
                option = numbered[int(typed) - 1]
                return option, _freed(option, milestone, found)
            self._screen.line(f"Please answer with a number from 1 to {len(numbered)}, or with Enter.")
        return None, ()


def _take(manifest: Path, option: Option) -> None:
    """Write the choice into the manifest; `retry` is but running again."""
    if option.kind != "retry":
        for ref in option.refs:
            add_to_list(manifest, option.kind, ref)


def _freed(option: Option, milestone: Milestone, found: Sequence[Cause]) -> list[int]:
    """What can land after the choice, without anything that stopped for another reason."""
    others = {number for cause in found for number in cause.stopped} - set(option.refs)
    return [
        number for number in option.frees if not others & set(asked_for([f"merge:{number}"], milestone) or ())
    ]


def _argv(words: Sequence[str], issues: Sequence[int]) -> list[str]:
    """The command that a person typed, for these issues in the place of its `words`."""
    phases = ["merge", "cleanup"] if "cleanup" in words else ["merge"]
    tasks = [f"{phase}:{number}" for phase in phases for number in issues]
    last = ["summary"] if "summary" in words else []
    return [*(word for word in sys.orig_argv[1:] if word not in words), *tasks, *last]


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
