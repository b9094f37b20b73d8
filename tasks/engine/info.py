"""The command `info`, in place of doit's: a task that is not there is one line, and reasons are without reprs."""

from collections.abc import Mapping, Sequence
from typing import Any

from doit.cmd_info import Info as DoitInfo
from doit.exceptions import InvalidCommand

from .typed import Typed


class Info(Typed, DoitInfo):  # type: ignore[misc]
    """`doit info TASK`."""

    name = "info"
    doc_purpose = "what doit knows of a task, and why it would run"

    def _execute(self, pos_args: Sequence[str], hide_status: bool = False) -> int:
        names = {task.name for task in self.task_list}
        if len(pos_args) == 1 and pos_args[0] not in names:
            raise InvalidCommand(not_found=pos_args[0])
        return int(super()._execute(pos_args, hide_status))

    @staticmethod
    def get_reasons(reasons: Mapping[str, Any]) -> str:
        """doit's, but for the arguments of a check, which are none of ours."""
        told = str(DoitInfo.get_reasons(reasons))
        return told.replace(" (args=[], kwargs={})", "").replace(" (args=None, kwargs=None)", "")
