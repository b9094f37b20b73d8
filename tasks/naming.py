"""What a person types to run us: advice must name the command that is there."""

import sys
from pathlib import Path


def command_name(started_as: Path) -> str:
    """`auto-milestone` for the console script (or `python -m auto_milestone`), `doit` otherwise."""
    ours = started_as.name == "auto-milestone" or started_as.parent == Path(__file__).parent
    return "auto-milestone" if ours else "doit"


COMMAND = command_name(Path(sys.argv[0]) if sys.argv else Path())
