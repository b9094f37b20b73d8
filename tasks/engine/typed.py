"""What all commands of ours do with what was typed: `--help` anywhere, and one line for a wrong option."""

from collections.abc import Sequence
from typing import Any

from doit.cmdparse import CmdParseError
from doit.exceptions import InvalidCommand

from ..naming import COMMAND
from .pages import page
from .words import help_word, option_problem, unknown_word


class Typed:
    """A mixin in front of a doit command."""

    name: str

    def parse_execute(self, in_args: Sequence[str]) -> int:
        if help_word(in_args) is not None:
            own: Any = self
            print(page(self.name) or own.help())
            return 0
        parent: Any = super()
        try:
            return int(parent.parse_execute(in_args) or 0)
        except CmdParseError as error:
            raise InvalidCommand(option_problem(error, in_args, self.name)) from None
        except InvalidCommand as error:
            if error.not_found is None:
                raise
            raise InvalidCommand(unknown_word(error.not_found, (), None)) from None


def no_arguments(words: Sequence[str], name: str) -> None:
    """Raises InvalidCommand for a command that takes no words."""
    if words:
        raise InvalidCommand(f"`{COMMAND} {name}` takes no arguments, not `{words[0]}`")
