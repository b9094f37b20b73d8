"""doit's reporter: silent about phases, which the view shows; plain about everything else."""

import sys
from typing import Any

from doit.exceptions import BaseFail
from doit.reporter import ConsoleReporter

from ..naming import COMMAND


class MilestoneReporter(ConsoleReporter):  # type: ignore[misc]
    """Shows failures of tasks that belong to no issue; a traceback only with the words of doit itself."""

    desc = "one line per issue"

    def execute_task(self, task: Any) -> None:
        pass

    def skip_uptodate(self, task: Any) -> None:
        pass

    def skip_ignore(self, task: Any) -> None:
        if task.actions:
            self.write(f"{task.name} is ignored (`{COMMAND} forget {task.name}` takes it up again)\n")

    def add_failure(self, task: Any, fail: BaseFail) -> None:
        if fail.report and "issue" not in (task.meta or {}) and not task.has_subtask and task.actions:
            self.write(f"{task.name}: {fail.get_msg().strip()}\n")

    def complete_run(self) -> None:
        sys.stderr.write("".join(f"{line}\n" for line in self.runtime_errors))
