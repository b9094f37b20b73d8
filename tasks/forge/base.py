"""The seam to where issues and pull requests live. One module per forge; `forges.py` beside it is the table.

A forge raises ForgeError with one clear line. Reads may be repeated at will; after a write that failed the
caller reads the state again before it repeats anything.
"""

from collections.abc import Mapping, Sequence
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

    def epic_issues(self, number: int) -> Sequence[Issue] | None:
        """The sub-issues of `number`, nested ones included; None: no such issue."""

    def issue(self, ref: Ref) -> Issue | None:
        """One issue (or a pull request, seen as one), here or in another repository; None: not there."""

    def close_issue(self, number: int) -> None:
        """Close as completed. Closing a closed issue changes nothing."""

    def remote_url(self) -> str:
        """Where git fetches from and pushes to; without any secret in it."""

    def git_environment(self) -> Mapping[str, str]:
        """What git needs in its environment to be let in."""

    def open_pull(self, new: NewPull) -> Pull:
        """Open a pull request for a branch that is already pushed, or give back the open one of that branch."""

    def find_pull(self, branch: str) -> Pull | None:
        """The pull request of `branch`: the open one if there is one, else the newest; None: never had one."""

    def pull(self, number: int) -> Pull:
        """A pull request as it is now: head and state are read afresh."""

    def ensure_checks(self, head: str) -> None:
        """See to it that CI runs on `head`, where CI does not start by itself. May take as long as CI does."""

    def check_runs(self, head: str) -> Sequence[CheckRun]:
        """The check runs on exactly this commit; none is not green."""

    def required_checks(self, base: str) -> frozenset[str]:
        """Names of the checks that must be there and green; empty: whatever is there must be green."""

    def land(self, landing: Landing, mirror: Mirror) -> str:
        """Put the landing on base, atomically against `base_sha`; the merge commit.

        Raises BaseMoved if base is elsewhere. A landing that is already there is given back, not repeated.
        """

    def obstacle(self, base: str) -> str | None:
        """What would keep everything from landing on `base` as things are, and what to do; None: nothing is seen."""

    def delete_branch(self, branch: str, head: str) -> None:
        """Delete a merged branch if it still is at `head`; absent or moved: nothing is done."""
