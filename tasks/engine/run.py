"""doit's `run` command with our runner. Light: a run that finds everything landed imports no more than this."""

from collections.abc import Sequence

from doit.cmd_run import Run as DoitRun
from doit.cmd_run import opt_always, opt_num_process, opt_verbosity
from doit.control import TaskControl
from doit.exceptions import InvalidCommand
from doit.task import Stream

from ..errors import MilestoneError
from ..milestone import Milestone
from ..screen import patient_stdout
from .selection import select
from .session import Session

opt_slots = {
    **opt_num_process,
    "help": "agents at once; waiting for CI or a person counts as none [default: 1]",
}
ALONE = frozenset({"plan", "summary"})
"""Tasks that need no lock, no gate and no agents."""


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
        args = _options_first(list(in_args))
        options, words = self.cmdparser.parse(args)
        select(words, always=options["always"])
        return int(super().parse_execute(args) or 0)

    def _execute(self, verbosity: int | None, always: bool, num_process: int, force_verbosity: bool) -> int:
        patient_stdout()
        control = TaskControl(self.task_list)
        control.process(self.sel_tasks)
        session: Session = next(
            task.meta["session"] for task in self.task_list if "session" in (task.meta or {})
        )
        alone = set(control.selected_tasks) <= ALONE
        try:
            if not alone and _nothing_to_do(session, control):
                return 0
            # Imported here: what lands issues takes long to import.
            from .land import Landing

            stream = Stream(verbosity, force_verbosity)
            landing = Landing(self.dep_manager, control, session, always, max(1, num_process), stream)
            return landing.plain() if alone else landing.land()
        except MilestoneError as error:
            raise InvalidCommand(str(error)) from None
        except KeyboardInterrupt:
            print("\nStopped.")
            return 130


def _options_first(args: list[str]) -> list[str]:
    """doit reads options only before the tasks."""
    for at, word in enumerate(args[1:], 1):
        if word.startswith("-n") and word[2:].isdigit():
            return [word, *args[:at], *args[at + 1 :]]
        if word == "-n" and at + 1 < len(args):
            return [word, args[at + 1], *args[:at], *args[at + 2 :]]
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
    closed = sum(issue.state == "closed" and issue.state_reason != "not_planned" for issue in issues.values())
    return closed + len(todo), len(issues)
