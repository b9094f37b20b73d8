"""What an issue's one comment says: its pull request, why it stopped, what it came to."""

from contextlib import suppress

from ..errors import PhaseStop, Stopped
from ..model import PlannedIssue, Pull
from ..naming import COMMAND
from ..printable import one_line
from .attempts import cost, read_attempts
from .base import Context
from .harmless import harmless


def opened(context: Context, issue: PlannedIssue, pull: Pull) -> None:
    _say(context, issue, f"Pull request #{pull.number} is open for this issue, from branch `{pull.branch}`.")


def stopped(context: Context, issue: PlannedIssue, phase: str, number: int, stop: PhaseStop) -> None:
    """`number`: its pull request."""
    # What is told of a file is for those who sit before that disk.
    here = f"{context.paths.root.parent.parent}/"
    reason = harmless(one_line(str(stop).replace(here, "")))
    lines = [
        f"Pull request #{number} does not go on for now: **{stop.state}** in {phase}.",
        f"> {reason}",
        f"`{COMMAND} merge:{issue.number}` tries again"
        + (", once that is settled." if stop.state == "blocked" else "."),
    ]
    _say(context, issue, "\n\n".join(lines))


def landed(context: Context, issue: PlannedIssue, number: int, commit: str) -> None:
    """`number`: its pull request."""
    attempts = read_attempts(context.paths, issue.number)
    spent = cost(attempts)
    line = f"Landed on `{context.settings.base}` as {commit}, by pull request #{number}."
    if attempts:
        told = "" if spent is None else f", cost: ${spent:.2f}"
        line += f"\n\nAttempts of the agent: {len(attempts)}{told}."
    _say(context, issue, line)


def _say(context: Context, issue: PlannedIssue, text: str) -> None:
    """Whatever becomes of a comment, the phase goes on, and what it failed of is told."""
    if not context.settings.comments:
        return
    try:
        context.forge.comment(issue.number, text)
    except Stopped:
        return
    except Exception as error:
        with suppress(OSError):
            context.note("note", issue.number, text=f"its comment could not be written: {error}")
