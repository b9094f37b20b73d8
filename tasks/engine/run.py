"""doit's `run` command with our runner. Light: a run that finds everything landed imports no more than this."""

from collections.abc import Sequence
from typing import Any

from doit.cmd_run import Run as DoitRun
from doit.cmd_run import opt_always, opt_num_process, opt_verbosity
from doit.cmdparse import CmdParseError
from doit.control import TaskControl
from doit.exceptions import InvalidCommand
from doit.task import Stream

from ..errors import MilestoneError, reason_of
from ..milestone import Milestone
from ..screen import patient_stdout
from .selection import select
from .session import Session
from .words import SINGLE, help_word, number_of_agents, option_problem, settled, unknown_word

opt_slots = {
    **opt_num_process,
    "type": number_of_agents,
    "help": "agents at once; waiting for CI or a person counts as none [default: 1]",
}
ALONE = frozenset({"plan", "summary"})
"""Tasks that need no lock, no gate and no agents."""


class Run(DoitRun):  # type: ignore[misc]
    """`doit [-n N] [TASK ...]`."""

    name = "run"
    doc_purpose = "run tasks: plan a milestone, land it, or any part of it"
    doc_usage = "[TASK ...]"
    cmd_options = (opt_slots, opt_always, opt_verbosity)

    def __init__(self, task_loader: Any, cmds: Any = None, **kwargs: Any) -> None:
        super().__init__(task_loader=task_loader, cmds=cmds, **kwargs)
        self._made_with = {"task_loader": task_loader, "cmds": cmds, **kwargs}

    def parse_execute(self, in_args: Sequence[str]) -> int:
        """`doit merge -n 2` as well as `doit -n 2 merge`; `doit merge --help` as well as `doit help merge`."""
        args = _options_first(list(in_args))
        wanted = help_word(args)
        if wanted is not None:
            # Imported here: only who asks for help needs it.
            from .help import Help

            # `doit --help` is doit's own matter: a lone --help came behind the word `run`.
            words = [wanted or self.name] if wanted or "--help" in args else []
            return int(Help(**self._made_with).parse_execute(words))
        try:
            options, words = self.cmdparser.parse(args)
            select(words, always=options["always"])
            return int(super().parse_execute(args) or 0)
        except CmdParseError as error:
            raise InvalidCommand(option_problem(error, args, self.name)) from None

    def _execute(self, verbosity: int | None, always: bool, num_process: int, force_verbosity: bool) -> int:
        patient_stdout()
        session: Session = next(
            task.meta["session"] for task in self.task_list if "session" in (task.meta or {})
        )
        try:
            words = self._not_settled(session) if not always else self.sel_tasks
            if not words:
                return 0
            control = self._control(words, session)
            alone = set(control.selected_tasks) <= ALONE
            if not alone and _nothing_to_do(session, control):
                return 0
            # Imported here: what lands issues takes long to import.
            from .land import Landing

            stream = Stream(verbosity, force_verbosity)
            landing = Landing(self.dep_manager, control, session, always, max(1, num_process), stream)
            return landing.plain() if alone else landing.land(words)
        except MilestoneError as error:
            raise InvalidCommand(str(error)) from None
        except OSError as error:
            raise InvalidCommand(reason_of(error)) from None
        except KeyboardInterrupt:
            print("\nStopped.")
            return 130

    def _not_settled(self, session: Session) -> list[str]:
        """The tasks that were asked for, but for those of issues that have landed; of these it is said."""
        if session.milestone is None or self.sel_default_tasks:
            return list(self.sel_tasks)
        left = []
        for word in self.sel_tasks:
            why = settled(word, session.milestone)
            if why:
                print(why)
            else:
                left.append(word)
        return left

    def _control(self, words: Sequence[str], session: Session) -> TaskControl:
        """Raises MilestoneError for a word that is no task."""
        control = TaskControl(self.task_list)
        try:
            control.process(words)
        except InvalidCommand as error:
            if error.not_found is None:
                raise
            if SINGLE.fullmatch(error.not_found) and session.milestone is None:
                raise MilestoneError(session.problem) from None
            commands = sorted(self._made_with["cmds"] or ())
            raise MilestoneError(unknown_word(error.not_found, commands, session.milestone)) from None
        return control


def _options_first(args: list[str]) -> list[str]:
    """doit reads options only before the tasks."""
    for at, word in enumerate(args[1:], 1):
        if word.startswith("-n") and word[2:].isdecimal():
            return [word, *args[:at], *args[at + 1 :]]
        if word == "-n":
            return [*args[at : at + 2], *args[:at], *args[at + 2 :]]
    return args


def _nothing_to_do(session: Session, control: TaskControl) -> bool:
    """Has everything landed? Then say so. Raises MilestoneError for a manifest that cannot be used."""
    if session.milestone is None:
        raise MilestoneError(session.problem)
    if any("issue" in (task.meta or {}) for task in control.tasks.values()):
        return False
    done, every = _count(session.milestone)
    if done != every or "summary" in control.selected_tasks:
        return False
    if not every:
        print("No issues: nothing to do.")
    else:
        print(f"{done} of {every} issues merged: nothing to do.")
    return True


def _count(milestone: Milestone) -> tuple[int, int]:
    """(issues that have landed or were closed as completed, all issues)."""
    issues, todo = milestone.plan.issues, set(milestone.schedule.todo)
    return sum(issue.completed for issue in issues.values()) + len(todo), len(issues)
