"""What can go wrong, as a person reads it: every message is one line that says what, where and what to do."""

import errno

from .model import State


class MilestoneError(Exception):
    """An expected failure. Its text is shown as it stands; no traceback."""


class ConfigError(MilestoneError):
    """The manifest, an issue file or a command line cannot be used as it is."""


CAUSES = ("fatal:", "error:", "remote: fatal:", "remote: error:", "! [")
"""How git begins a line that says why something failed."""


class CommandError(MilestoneError):
    """A process that we started ended in a way that its caller did not allow."""

    def __init__(self, argv: tuple[str, ...], code: int, output: str) -> None:
        self.argv, self.code, self.output = argv, code, output
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        # git tells the cause first and general advice behind it; of a refused push, the server's words before its own.
        causes = [
            line for line in lines if line.startswith(CAUSES) and "failed to push some refs" not in line
        ]
        tail = " | ".join((causes or lines)[-3:])
        super().__init__(f"`{' '.join(argv[:6])}` ended with {code}: {tail or 'no output'}")


class ForgeError(MilestoneError):
    """The forge refused, or cannot be reached."""


class Unreachable(ForgeError):
    """The forge does not answer now, and may later: at `retry_at` (seconds since the epoch), where it said so."""

    def __init__(self, message: str, retry_at: float | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class Moved(ForgeError):
    """Base or head is not where the landing was validated: validate again, then land again."""


class Behind(ForgeError):
    """The forge lands only a branch that contains base: bring it there, and see its checks, before landing."""


class NotYet(ForgeError):
    """Something keeps a landing back for now. The text names what is waited for; `person`: somebody has to act."""

    def __init__(self, waits_for: str, person: bool = False) -> None:
        super().__init__(waits_for)
        self.person = person


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


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_IN_THE_WAY = (errno.EISDIR, errno.ENOTDIR, errno.ELOOP)


def reason_of(error: OSError) -> str:
    """A file that could not be read or written, as one line that says what to do about it."""
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}: {_advice(error.errno)}, then run the same command again"


def _advice(number: int | None) -> str:
    if number in _FULL:
        return "make room"
    if number in _REFUSED:
        return "let your user write there"
    return "move away what stands there" if number in _IN_THE_WAY else "see to it"
