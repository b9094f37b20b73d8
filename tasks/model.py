"""The nouns that every part shares: frozen values without behaviour that could reach outside.

An issue of this repository is an `int`; an issue elsewhere is the text `owner/repo#12`. Both are a `Ref`.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

Ref = int | str

PHASES = ("worktree", "work", "pull", "ci", "review", "approve", "merge", "cleanup")

State = Literal["pending", "running", "waiting", "failed", "conflict", "blocked", "skipped", "merged"]
"""Where an issue stands in the run; see `status.py` for how it is derived."""


def show_ref(ref: Ref) -> str:
    """`#12` for an issue of this repository, `owner/repo#12` for one elsewhere."""
    return f"#{ref}" if isinstance(ref, int) else ref


def some_issues(numbers: Collection[int]) -> str:
    """`#1, #2, #3`, cut short behind the twelfth."""
    return ", ".join(f"#{number}" for number in sorted(numbers)[:12]) + (", ..." if len(numbers) > 12 else "")


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as the forge shows it. `blocked_by` holds native edges only; text is read by planning."""

    number: int
    title: str
    body: str = ""
    state: Literal["open", "closed"] = "open"
    state_reason: Literal["completed", "not_planned"] | None = None
    milestone: str | None = None
    labels: tuple[str, ...] = ()
    blocked_by: tuple[Ref, ...] = ()
    parent: int | None = None
    url: str = ""
    author: str = ""
    author_writes: bool = True
    """May its author write to this repository?"""
    is_pull: bool = False
    """A number of a pull request, which can block but not be landed as an issue."""

    @property
    def completed(self) -> bool:
        """Closed and done, as opposed to closed as not planned."""
        return self.state == "closed" and self.state_reason != "not_planned"

    @property
    def body_sha256(self) -> str:
        """Digest of title and body: what the plan pins, so that a later edit of the text is noticed."""
        return hashlib.sha256(f"{self.title}\n\n{self.body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class MilestoneInfo:
    """A milestone of the forge and its progress, counted in issues (pull requests are none)."""

    title: str
    number: int | None
    total: int
    open: int
    closed: int

    @classmethod
    def counted(cls, title: str, issues: Collection[Issue]) -> "MilestoneInfo":
        """Of issues that are at hand, with no number on the forge."""
        still = sum(issue.state == "open" for issue in issues)
        return cls(title, None, len(issues), still, len(issues) - still)


@dataclass(frozen=True, slots=True)
class Dependency:
    """One edge. `source` says where it comes from: `body:3 Blocked by #12`, `native`, `label`, `manual`."""

    issue: Ref
    source: str
    satisfied: bool = False


@dataclass(frozen=True, slots=True)
class PlannedIssue:
    """An issue of the plan. `wave`: a closed issue keeps the one that it had; None for one that was closed before
    it was ever planned, and for one in or behind a deadlock.
    """

    number: int
    title: str
    state: Literal["open", "closed"]
    branch: str
    body_sha256: str
    state_reason: Literal["completed", "not_planned"] | None = None
    wave: int | None = None
    depends_on: tuple[Dependency, ...] = ()
    blocks: tuple[int, ...] = ()
    related: tuple[Ref, ...] = ()
    reopened: bool = False
    """It had landed when the plan was made, and was open again."""
    held_for: str | None = None
    """The login of its author, who may not write to the repository and is not trusted: a person has to allow it."""

    @property
    def completed(self) -> bool:
        """Was it closed when the plan was made, and not as not planned?"""
        return self.state == "closed" and self.state_reason != "not_planned"


@dataclass(frozen=True, slots=True)
class External:
    """A blocker outside the milestone. `state`: open, completed, not_planned, missing, unknown."""

    issue: Ref
    state: Literal["open", "completed", "not_planned", "missing", "unknown"]
    needed_by: tuple[int, ...]
    milestone: str | None = None
    resolved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """An edge to force: `issue` no longer waits for `blocker`."""

    issue: int
    blocker: Ref


@dataclass(frozen=True, slots=True)
class Deadlock:
    """Issues that cannot start, why, and the smallest set of edges whose removal frees them all."""

    issues: tuple[int, ...]
    reason: str
    cut: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class PlanningIssue:
    """Something that a person should look at before the plan is run."""

    kind: Literal["unreadable_marker", "cycle", "disagreement", "overlap"]
    message: str
    issues: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedEdge:
    """A dependency that the planner suggests and nobody wrote: `issue` after `depends_on`."""

    issue: int
    depends_on: int
    reason: str


@dataclass(frozen=True, slots=True)
class Validation:
    """What the graph shows: `circular_deps` as paths (first == last), the others as issues or refs."""

    circular_deps: tuple[tuple[int, ...], ...] = ()
    missing_deps: tuple[Ref, ...] = ()
    external_deps: tuple[Ref, ...] = ()
    orphans: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The lower part of milestone.yaml, written by `doit plan`."""

    source: Literal["milestone", "issues", "epic"]
    milestone: MilestoneInfo
    planning_status: Literal["ready", "needs_review"]
    recommended_parallel: int
    parallel_reason: str
    execution_waves: tuple[tuple[int, ...], ...]
    free_issues: tuple[int, ...]
    critical_path: tuple[int, ...]
    issues: Mapping[int, PlannedIssue]
    planning_issues: tuple[PlanningIssue, ...] = ()
    external: tuple[External, ...] = ()
    deadlocks: tuple[Deadlock, ...] = ()
    validation: Validation = field(default_factory=Validation)
    proposed_plan: tuple[ProposedEdge, ...] | None = None
    epic: int | None = None


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request. `merge_commit` is set once `state` is merged."""

    number: int
    branch: str
    base: str
    head: str
    state: Literal["open", "closed", "merged"]
    title: str = ""
    url: str = ""
    merge_commit: str | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One check on one commit; `conclusion` is None while it runs.

    What counts as success for a required check is `success`: neutral and skipped ones too. `cancelled` says
    nothing of the commit; `action_required`: a person has to let it run. `output` is a tail, not a whole log, and
    empty where the forge has to be asked for it.
    """

    name: str
    head: str
    conclusion: Literal["success", "failure", "cancelled", "action_required"] | None
    output: str = ""
    id: str = ""
    url: str = ""
