"""What can go wrong, as a person reads it: every message is one line that says what, where and what to do."""

from .model import State


class MilestoneError(Exception):
    """An expected failure. Its text is shown as it stands; no traceback."""


class ConfigError(MilestoneError):
    """The manifest, an issue file or a command line cannot be used as it is."""


class CommandError(MilestoneError):
    """A process that we started ended in a way that its caller did not allow."""

    def __init__(self, argv: tuple[str, ...], code: int, output: str) -> None:
        self.argv, self.code, self.output = argv, code, output
        tail = " | ".join(line.strip() for line in output.strip().splitlines()[-3:])
        super().__init__(f"`{' '.join(argv[:6])}` ended with {code}: {tail or 'no output'}")


class ForgeError(MilestoneError):
    """The forge refused, or cannot be reached."""


class BaseMoved(ForgeError):
    """Base is not where the landing was validated: validate again, then land again."""


class Conflict(MilestoneError):
    """Two changes do not merge; `files` names the paths, as git does."""

    def __init__(self, message: str, files: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.files = files


class Stopped(MilestoneError):
    """The run is being stopped (^C, TERM); what was begun is taken up by the next run."""


class PhaseStop(MilestoneError):
    """An issue goes no further in this run. `state` is what `status` shows, the text is the reason."""

    def __init__(self, state: State, reason: str) -> None:
        super().__init__(reason)
        self.state = state
