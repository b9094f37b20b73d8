"""Leave to run an issue, asked of the forge each time: a receipt proves that it was given, not that it still is."""

from ..errors import PhaseStop
from ..model import Issue, PlannedIssue
from ..naming import COMMAND
from ..planning.trust import how_to_allow, stranger
from .base import Context


def why_held(context: Context, issue: Issue) -> str:
    """Why the issue of somebody who may not write here does not run; empty: it may."""
    settings = context.settings
    login = stranger(settings, issue)
    if login is None or context.forge.may_run(issue, settings.trust_label):
        return ""
    return f"{login}, who wrote it, may not write here: read it, then {how_to_allow(settings, login)}"


def see_that_it_may_run(context: Context, issue: PlannedIssue) -> Issue:
    """The issue as the forge has it now. Raises PhaseStop when it is not there, or must not be run."""
    found = context.forge.issue(issue.number)
    if found is None:
        raise PhaseStop(
            "blocked", f"issue #{issue.number} is not found on the forge any more: run `{COMMAND} plan`"
        )
    held = why_held(context, found)
    if held:
        raise PhaseStop("blocked", held)
    return found
