"""worktree: a branch on a fresh base that contains every blocker, checked out; what is there is found first."""

from dataclasses import dataclass
from typing import Literal

from ..errors import PhaseStop
from ..git.command import check_branch
from ..model import Issue, PlannedIssue, Pull, Ref, show_ref
from ..naming import COMMAND
from ..paths import MANIFEST
from ..planning.schedule import UNREADABLE
from ..receipts import read_receipt
from .attempts import TEXT_CHANGED
from .base import Context, Given, Outcome
from .checkout import open_worktree, take_head
from .leave import why_held
from .pull import OURS_OR_THEIRS, is_ours


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found. `unsatisfied` are reasons, one per blocker that is not satisfied."""

    issue_state: Literal["open", "completed", "not_planned", "missing"]
    text_changed: bool
    unsatisfied: tuple[str, ...]
    pull_state: Literal["none", "open", "merged", "closed"]
    merged_into_base: bool
    remote: Literal["absent", "same", "ahead", "behind", "diverged", "only"]
    """The forge's branch as seen from ours; `only`: we have none."""
    local: bool
    held: str = ""
    """Why a person has to allow it, and how."""


Step = Literal["merged", "closed", "take_remote", "take_local", "create"]


def decide(facts: Facts) -> Step | str:
    """The next step; any other text is the reason why the issue cannot start."""
    if facts.pull_state == "merged" and facts.merged_into_base:
        return "merged"
    if facts.issue_state == "missing":
        return f"the issue is not found on the forge any more: run `{COMMAND} plan` again"
    if facts.issue_state == "not_planned":
        return "the issue was closed as not planned: reopen it, or name it in `skip`"
    if facts.issue_state == "completed":
        return "closed"
    if facts.pull_state == "merged":
        return "its pull request was merged, but not into base: bring its commits there, then close the issue"
    if facts.pull_state == "closed" and facts.remote != "absent":
        return "its pull request was closed by a person: reopen it, or delete its branch on the forge"
    if facts.held:
        return facts.held
    if facts.unsatisfied:
        return "; ".join(facts.unsatisfied)
    if facts.remote == "diverged":
        return f"its branch was pushed by somebody else and differs from ours: {OURS_OR_THEIRS}"
    if facts.remote in ("ahead", "only"):
        return "take_remote"
    if facts.local or facts.remote != "absent":
        return "take_local"
    if facts.text_changed:
        return f"{TEXT_CHANGED}: read it, run `{COMMAND} plan`, then the same again"
    return "create"


def run(context: Context, issue: PlannedIssue, given: Given) -> Outcome:
    check_branch(issue.branch)
    context.mirror.ensure()
    context.mirror.fetch(context.settings.base, issue.branch)
    base = context.mirror.remote_tip(context.settings.base)
    if base is None:
        raise PhaseStop(
            "blocked",
            f"branch {context.settings.base} is not in {context.mirror.url}: set `base` in {MANIFEST}",
        )
    pull = context.forge.find_pull(issue.branch)
    step = decide(_observe(context, issue, pull, base))
    if step == "merged":
        assert pull is not None
        landed = {"pull": pull.number, "head": pull.head, "merge_commit": pull.merge_commit}
        return Outcome("merged", landed)
    if step == "closed":
        return Outcome("closed")
    if step not in ("take_remote", "take_local", "create"):
        raise PhaseStop("blocked", step)
    adopted = _make_branch(context, issue, step, base)
    start = _check_out(context, issue, base)
    _set_up(context, issue)
    return Outcome("adopted" if adopted else "done", {"start": start, "branch": issue.branch})


def _observe(context: Context, issue: PlannedIssue, pull: Pull | None, base: str) -> Facts:
    found = context.forge.issue(issue.number)
    landed = pull.merge_commit if pull else None
    return Facts(
        issue_state=_issue_state(found),
        text_changed=found is not None and found.body_sha256 != issue.body_sha256,
        unsatisfied=tuple(
            reason for ref in context.blockers(issue.number) if (reason := unsatisfied(context, ref, base))
        ),
        pull_state=pull.state if pull else "none",
        merged_into_base=bool(landed and context.mirror.is_ancestor(landed, base)),
        remote=_compare(context, issue),
        local=context.mirror.tip(issue.branch) is not None,
        held=why_held(context, found) if found and found.state == "open" else "",
    )


def _issue_state(issue: Issue | None) -> Literal["open", "completed", "not_planned", "missing"]:
    if issue is None:
        return "missing"
    if issue.state == "open":
        return "open"
    return "completed" if issue.completed else "not_planned"


def unsatisfied(context: Context, ref: Ref, base: str) -> str | None:
    """Why a blocker does not let its dependants start; None: it is satisfied."""
    if ref in context.issues and isinstance(ref, int):
        if ref in context.settings.skip:
            return f"waits for #{ref}, which is skipped"
        receipt = read_receipt(context.paths.receipt(ref, "merge"), ref, "merge")
        commit = receipt.values.get("merge_commit") if receipt else None
        if commit:
            return (
                None
                if context.mirror.is_ancestor(commit, base)
                else f"the merge of #{ref} is not on base any more"
            )
        if receipt:
            return None
    found = context.forge.issue(ref)
    if found is None:
        why = "is not found" if isinstance(ref, int) else UNREADABLE
        return f"waits for {show_ref(ref)}, which {why}: mend the reference or name it in `force_resolve`"
    if found.completed:
        return None
    state = "open" if found.state == "open" else "closed as not planned"
    return f"waits for {show_ref(ref)}, which is {state}"


def _compare(
    context: Context, issue: PlannedIssue
) -> Literal["absent", "same", "ahead", "behind", "diverged", "only"]:
    ours, theirs = context.mirror.tip(issue.branch), context.mirror.remote_tip(issue.branch)
    if theirs is None:
        return "absent"
    if ours is None:
        return "only"
    if ours == theirs:
        return "same"
    if context.mirror.is_ancestor(ours, theirs):
        return "ahead"
    if context.mirror.is_ancestor(theirs, ours) or is_ours(context, issue, theirs):
        return "behind"
    return "diverged"


def _make_branch(context: Context, issue: PlannedIssue, step: Step | str, base: str) -> bool:
    """See that the branch exists; True if there was one already, with work on it."""
    if step == "create":
        context.mirror.set_branch(issue.branch, base)
        return False
    if step == "take_remote":
        theirs = context.mirror.remote_tip(issue.branch)
        assert theirs is not None
        take_head(context, issue, theirs)
    return not context.mirror.is_ancestor(f"refs/heads/{issue.branch}", base)


def _check_out(context: Context, issue: PlannedIssue, base: str) -> str:
    """Check the branch out; the commit that the issue starts from. A branch without work starts from base."""
    mirror = context.mirror
    worktree = open_worktree(context, issue)
    tip = mirror.tip(issue.branch)
    assert tip is not None
    if mirror.is_ancestor(tip, base):
        if tip != base and worktree.state().settled and worktree.branch() == issue.branch:
            worktree.reset(base)
            return base
        return tip
    start = mirror.merge_base(base, tip)
    if start is None:
        raise PhaseStop("blocked", f"branch {issue.branch} shares no commit with {context.settings.base}")
    return start


def _set_up(context: Context, issue: PlannedIssue) -> None:
    broken = context.checks.prepare(
        context.paths.worktree(issue.number), context.paths.log(issue.number, "setup")
    )
    if broken:
        last = (broken.output.strip().splitlines() or ["no output"])[-1]
        raise PhaseStop("failed", f"set-up command `{broken.name}` failed: {last}")
