"""What keeps a pull request from being merged, as GitHub shows it: each case has its own outcome.

Nothing is ever merged over a protection, although an administrator's token could do so.
"""

from ..errors import Behind, Conflict, ForgeError, MilestoneError, Moved, NotYet
from .problems import Refused
from .watch import Seen


def hindrance(seen: Seen, head: str, base: str) -> MilestoneError | None:
    """Why it cannot be merged into `base` at `head` now, as what `Forge.land` raises; None: nothing is in the way."""
    number, pull = seen.pull.number, seen.pull
    if (pull.state, pull.head, pull.base) != ("open", head, base):
        return Moved(f"pull request #{number} is {pull.state} at {pull.head[:10]}, for {pull.base}")
    if seen.queued:
        return NotYet(f"its turn in the merge queue, at position {seen.queued[1]}")
    if seen.merge_state == "DIRTY":
        return Conflict(f"GitHub cannot merge pull request #{number}: it conflicts with {pull.base}")
    if seen.merge_state == "BEHIND":
        return Behind(f"{pull.base} moved, and its protection wants branches that contain it")
    if seen.objectors or seen.review == "CHANGES_REQUESTED":
        who = ", ".join(seen.objectors) or "a reviewer"
        return NotYet(f"{who}, who asked for changes on GitHub", person=True)
    if seen.merge_state == "UNKNOWN":
        return NotYet("GitHub to work out whether it merges")
    return _blocked(seen) if seen.merge_state == "BLOCKED" else None


def _blocked(seen: Seen) -> NotYet:
    if seen.review == "REVIEW_REQUIRED":
        return NotYet("an approving review on GitHub", person=True)
    if any(run.conclusion is None for run in seen.runs):
        return NotYet("required checks")
    if seen.open_threads:
        left = f"{seen.open_threads} conversation{'s' if seen.open_threads > 1 else ''}"
        return NotYet(f"{left} to be resolved on GitHub", person=True)
    return NotYet(f"the protection of {seen.pull.base} on GitHub: look at {seen.pull.url}", person=True)


def refused(why: Refused, seen: Seen, method: str) -> MilestoneError:
    """What a merge that GitHub refused means, after `seen` showed no hindrance.

    405: not now, or not in this way; 409: the head is another one; all else is told as it stands.
    """
    said = why.answer.message
    if why.status == 409 or "base branch was modified" in said.lower():
        return Moved(said)
    if why.status == 405 and "not allowed" in said.lower() and "merge" in said.lower():
        return ForgeError(f"{said.rstrip('.')}: set `merge: {{method: ...}}` to another one than {method}")
    if why.status == 405:
        return NotYet(f"GitHub to allow it ({said or 'not mergeable'})")
    return why
