"""The seam to where issues and pull requests live. One module per forge; `forges.py` beside it is the table.

A forge raises ForgeError with one clear line; Unreachable when it does not answer now and may later. Reads may be
repeated at will. A write that failed is settled by the forge itself: it reads the state again, and either adopts
the effect or raises; so every method here may be called again after any failure.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..git.mirror import Mirror
from ..model import CheckRun, Issue, MilestoneInfo, Pull, Ref


@dataclass(frozen=True, slots=True)
class NewPull:
    """What a pull request is opened with; `issue` is the number that it closes."""

    issue: int
    branch: str
    base: str
    head: str
    title: str
    body: str
    labels: tuple[str, ...] = ()
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Landing:
    """What the train asks the forge to land: `candidate` is a commit that is already in the mirror.

    `base_sha` is the tip that the candidate was validated on: if base has moved, nothing may land.
    `head` is the approved head of the pull request; `tree` is what base must hold afterwards.
    """

    pull: int
    issue: int
    base: str
    base_sha: str
    head: str
    candidate: str
    tree: str
    method: str
    message: str


class Forge(Protocol):
    """Everything that the tool asks of a forge."""

    name: str
    """`owner/repo`: what references in texts are compared with."""

    def milestones(self) -> Sequence[MilestoneInfo]:
        """All milestones, open ones first."""

    def milestone_issues(self, milestone: str | int) -> tuple[MilestoneInfo, Sequence[Issue]] | None:
        """A milestone by title or number, with all its issues, closed ones included; None: no such one."""

    def epic_issues(self, number: int) -> tuple[Sequence[Issue], Sequence[str]] | None:
        """The sub-issues of `number`, nested ones included, and the open ones of other repositories, which cannot be
        landed here; None: no such issue."""

    def issue(self, ref: Ref) -> Issue | None:
        """One issue (or a pull request, seen as one), here or in another repository; None: not there."""

    def may_run(self, issue: Issue, label: str | None) -> bool:
        """Did somebody who may write here put `label` on the issue, after the last edit of its text?

        Asked for issues whose author may not write here (`Issue.author_writes`). None: no label allows it.
        """

    def files(self, base: str) -> Sequence[str] | None:
        """Paths of the files of `base`, without a clone; None: they cannot be seen.

        Raises MilestoneError when there is no such branch.
        """

    def open_branches(self) -> Collection[str]:
        """The branches that have an open pull request."""

    def close_issue(self, number: int) -> None:
        """Close as completed. Closing a closed issue changes nothing."""

    def comment(self, issue: int, text: str) -> None:
        """See that the issue bears one comment of this tool, with `text` (Markdown): written, edited in place, or
        left alone where it says so already. An issue without one and an empty text stay as they are."""

    def remote_url(self) -> str:
        """Where git fetches from and pushes to; without any secret in it."""

    def git_environment(self, refused: Mapping[str, str] | None = None) -> Mapping[str, str]:
        """What git needs in its environment to be let in; something better than `refused`, if there is such."""

    def open_pull(self, new: NewPull) -> Pull:
        """Open a pull request for a branch that is already pushed, or give back the open one of that branch."""

    def find_pull(self, branch: str) -> Pull | None:
        """The pull request of `branch`: the open one if there is one, else the newest; None: never had one."""

    def pull(self, number: int) -> Pull:
        """A pull request as it is now: head and state are read afresh."""

    def look(self, pull: int, issue: int) -> tuple[Pull, Issue | None]:
        """The same, and the issue that it is for (without its native edges), asked for at once."""

    def make_ready(self, number: int) -> None:
        """Take a draft out of its draft state. On a pull request that is none, or is closed, nothing is done."""

    def ensure_checks(self, head: str) -> bool:
        """See to it that CI runs on `head`, where CI does not start by itself; may take as long as CI does.

        False: this forge has no CI, so that none is to be waited for.
        """

    def check_runs(self, pull: int, head: str) -> Sequence[CheckRun]:
        """The check runs on exactly this commit of the pull request; none is not green."""

    def check_output(self, run: CheckRun) -> str:
        """What a check that failed has to say: the end of its output, its annotations. Empty: nothing is known."""

    def required_checks(self, base: str) -> frozenset[str]:
        """Names of the checks that must be there and green; empty: whatever is there must be green."""

    def wait(self, pull: int, seconds: float) -> None:
        """Wait until something about the pull request is likely to have changed, `seconds` at the most.

        All who wait share what is asked of the forge. Raises Stopped.
        """

    def may_land(self, pull: int, head: str, base: str) -> None:
        """Raise what `land` would raise, by what was seen a moment ago: it is asked before anything is validated,
        and again and again while something keeps the pull request from landing. Quiet: nothing is in the way.
        """

    def land(self, landing: Landing, mirror: Mirror) -> str:
        """Put the landing on base, atomically against `base_sha`; the merge commit.

        A landing that is already there is given back, not repeated. Raises Moved if base or head is elsewhere;
        Behind if the forge insists on a branch that contains base; NotYet while a person, a check or a queue
        keeps it from landing; Conflict if the forge cannot merge it.
        """

    def obstacle(self, base: str) -> str | None:
        """What would keep everything from landing on `base` as things are, and what to do; None: nothing is seen.

        Raises ConfigError for what will not go away by itself.
        """

    def delete_branch(self, branch: str, head: str) -> None:
        """Delete a merged branch if it still is at `head`; absent or moved: nothing is done."""
