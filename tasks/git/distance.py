"""What git says when the forge is far away: not there at the moment, not letting us in, or refusing a push."""

import re
from collections.abc import Sequence

from ..errors import CommandError, MilestoneError, Unreachable
from ..printable import one_line
from ..process.command import Completed

AWAY = re.compile(
    r"could not resolve host|failed to connect|couldn't connect|connection (?:refused|reset|timed out)"
    r"|operation (?:timed out|too slow)|network is unreachable|no route to host|returned error: (?:408|429|5\d\d)"
    r"|rpc failed|early eof|unexpected disconnect|empty reply from server|the remote end hung up"
    r"|ssl_error_syscall|transfer closed|ssh: connect to host",
    re.IGNORECASE,
)
"""In the words of git, curl and ssh."""

FAILING = re.compile(
    r"\[remote rejected\].*\((?:internal server error|.*cannot lock ref)|error in commit_refs", re.IGNORECASE
)
"""A server that could not do it this time."""

UNKNOWN = re.compile(r"authentication failed|could not read username|returned error: 401", re.IGNORECASE)
"""It does not know the token."""

NOT_LET_IN = re.compile(
    rf"{UNKNOWN.pattern}|returned error: 40[34]|repository not found|permission to \S+ denied|write access to",
    re.IGNORECASE,
)

REFUSED = re.compile(
    r"! \[remote rejected\]|remote: (?:fatal|error):|returned error: 4(?!08|29)\d\d|exceeds maximum allowed size",
    re.IGNORECASE,
)

ADVICE = (
    (
        r"update workflow|workflows?` (?:scope|permission)",
        "give the token the permission Workflows: write, or keep agents out of .github/workflows",
    ),
    (
        r"push protection|contain secrets",
        "take the secret out of the commits of this branch, or allow it on GitHub",
    ),
    (
        r"GH001|file size limit|exceeds maximum allowed size|error: 413",
        "take what is too large out of the commits of this branch",
    ),
    (r"GH006|GH013|protected branch|rule violations", "mend the branch, or what is demanded of it there"),
)
"""Pattern in the words of the refusal -> what to do."""

TELLING = re.compile(r"! \[remote rejected\].*|(?:fatal|error): .*|remote:\s+(?:fatal:|error:|- |path:).*")
PASSED_OVER = re.compile(
    r"failed to push some refs|remote: error: (?:Trace: |See )|hung up unexpectedly|expected .*packet"
)
"""Lines that say nothing of the cause."""

TOLD = 6
"""Lines that are told of one refusal."""


def is_unknown(stderr: str) -> bool:
    """Did the forge not know who asked?"""
    return bool(UNKNOWN.search(stderr))


def failure(argv: Sequence[str], done: Completed, url: str) -> MilestoneError:
    """The error for a git command that talked to the forge at `url` and failed."""
    plain = CommandError(tuple(argv), done.code, done.stderr + done.stdout)
    if "://" not in url:
        return plain
    said = str(plain).partition(": ")[2]
    if FAILING.search(done.stderr):
        return Unreachable(f"{url} cannot do it now: {said}")
    if NOT_LET_IN.search(done.stderr):
        return MilestoneError(
            f"{url} does not let git in: give the token write access to its contents ({said})"
        )
    if REFUSED.search(done.stderr):
        return MilestoneError(f"{url} refuses `{' '.join(argv[:3])}`: {_told(done.stderr)}")
    return Unreachable(f"{url} cannot be reached: {said}") if AWAY.search(done.stderr) else plain


def _told(stderr: str) -> str:
    """The server's reasons, the last of them git's summary, and what to do."""
    lines = [one_line(line) for line in stderr.splitlines()]
    telling = [line for line in lines if TELLING.fullmatch(line) and not PASSED_OVER.search(line)]
    words = [re.sub(r"^remote:\s+(?:error: |fatal: |- )?|^(?:error|fatal): ", "", line) for line in telling]
    advice = next((advice for pattern, advice in ADVICE if re.search(pattern, stderr, re.I)), "see to it")
    return f"{' | '.join([*words[: TOLD - 1], *words[TOLD - 1 :][-1:]])}; {advice}, then run again"
