"""The command `help`, in place of doit's: ours first. What it does not know it leaves to doit's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from doit.cmd_base import DoitCmdBase
from doit.cmd_help import Help as DoitHelp
from doit.exceptions import InvalidCommand, InvalidDodoFile

from ..screen import patient_stdout
from .pages import overview, page
from .words import unknown_word


class Help(DoitHelp):  # type: ignore[misc]
    """`doit help [WORD]`."""

    name = "help"
    doc_purpose = "this page, or more of a command or task"
    doc_usage = "[TASK] [COMMAND]"

    def execute(self, params: Mapping[str, Any], args: Sequence[str]) -> int:
        patient_stdout()
        if not args:
            print(overview([(name, command.doc_purpose) for name, command in self.cmds.items()]))
            return 0
        word = args[0]
        known = page(word) if self._is_ours(word) else None
        if known:
            print(known)
        elif word in self.cmds or word == "task":
            return int(super().execute(params, args))
        elif not self._task_of_ones_own(params, word):
            raise InvalidCommand(unknown_word(word, sorted(self.cmds), None))
        return 0

    def _is_ours(self, word: str) -> bool:
        """A command of ours, or a name that is no command at all."""
        command = self.cmds.get(word)
        return command is None or command.__module__.startswith(f"{__package__}.")

    def _task_of_ones_own(self, params: Mapping[str, Any], word: str) -> bool:
        try:
            return bool(DoitCmdBase.execute(self, params, [word]))
        except InvalidDodoFile:
            return False
