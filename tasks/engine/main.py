"""The console script `auto-milestone`: doit with our tasks and commands, in any folder, without a dodo.py."""

import sys
from collections.abc import Sequence
from typing import Any

from doit.cmd_base import NamespaceTaskLoader
from doit.cmd_completion import TabCompletion as DoitCompletion
from doit.doit_cmd import DoitMain, reset_vars
from doit.exceptions import InvalidDodoFile
from doit.version import VERSION

from ..errors import ConfigError
from ..streams import open_streams
from .completion import Completion
from .init import Init
from .pages import headline
from .tasks import Tasks
from .typed import Typed
from .words import help_word

COMMANDS = {
    "run": "auto_milestone.engine.run:Run",
    "help": "auto_milestone.engine.help:Help",
    "info": "auto_milestone.engine.info:Info",
    "status": "auto_milestone.engine.commands:Status",
    "explain": "auto_milestone.engine.commands:Explain",
    "markers": "auto_milestone.engine.commands:ShowMarkers",
}
"""Name -> class; the same table as doit's plugin configuration in pyproject.toml or doit.cfg."""


class MilestoneLoader(NamespaceTaskLoader):  # type: ignore[misc]
    """The tasks of the milestone.yaml in the current folder, as dodo.py would give them."""

    def setup(self, opt_values: object) -> None:
        try:
            tasks = Tasks()
        except ConfigError as error:
            raise InvalidDodoFile(str(error)) from None
        self.namespace = {"DOIT_CONFIG": tasks.config, "task_milestone": tasks.dicts}


def _in_one_line(command: type[Any]) -> type[Any]:
    """A command of doit that tells wrong words and options as ours do."""
    return type(command.__name__, (Typed, command), {"__module__": command.__module__})


class Main(DoitMain):  # type: ignore[misc]
    """doit's command line without its variables: a milestone title may hold an equals sign, or be empty."""

    BIN_NAME = "auto-milestone"
    DOIT_CMDS = (
        *(_in_one_line(one) for one in DoitMain.DOIT_CMDS if one is not DoitCompletion),
        Completion,
        Init,
    )

    def run(self, all_args: Sequence[str]) -> int:
        """`WORD --help` is `help WORD`, for doit's own commands as well; `--version` is ours."""
        if all_args[:1] in (["--version"], ["-V"]):
            print(f"{headline()} (doit {'.'.join(str(part) for part in VERSION)})")
            return 0
        wanted = help_word(all_args)
        if wanted is not None:
            all_args = ["help", wanted] if wanted else ["help"]
        return int(super().run(all_args) or 0)

    def process_args(self, cmd_args: Sequence[str]) -> list[str]:
        reset_vars()
        # doit 0.37 looks at the first letter of every word: an empty one must have a letter.
        return [word or " " for word in cmd_args]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 something did not land, 2 or 3 it could not be run, 128 + a signal."""
    open_streams()
    config: dict[str, dict[str, Any]] = {"COMMAND": dict(COMMANDS)}
    loader = MilestoneLoader()
    code = Main(loader, config_filenames=(), extra_config=config).run(
        list(sys.argv[1:] if argv is None else argv)
    )
    return int(code or 0)
