"""What git says when the forge is far away: not there at the moment, or not letting us in."""

import re
from collections.abc import Sequence

from ..errors import CommandError, MilestoneError, Unreachable
from ..process.command import Completed

AWAY = re.compile(
    r"could not resolve host|failed to connect|couldn't connect|connection (?:refused|reset|timed out)"
    r"|operation (?:timed out|too slow)|network is unreachable|no route to host|returned error: (?:429|5\d\d)"
    r"|rpc failed|early eof|unexpected disconnect|empty reply from server|the remote end hung up"
    r"|ssl_error_syscall|transfer closed|ssh: connect to host",
    re.IGNORECASE,
)
"""In the words of git, curl and ssh."""

NOT_LET_IN = re.compile(
    r"authentication failed|could not read username|returned error: 40[134]|repository not found"
    r"|permission to \S+ denied|write access to",
    re.IGNORECASE,
)


def failure(argv: Sequence[str], done: Completed, url: str) -> MilestoneError:
    """The error for a git command that talked to the forge at `url` and failed."""
    plain = CommandError(tuple(argv), done.code, done.stderr + done.stdout)
    if "://" not in url:
        return plain
    said = str(plain).partition(": ")[2]
    if AWAY.search(done.stderr):
        return Unreachable(f"{url} cannot be reached: {said}")
    if NOT_LET_IN.search(done.stderr):
        return MilestoneError(
            f"{url} does not let git in: give the token write access to its contents ({said})"
        )
    return plain
