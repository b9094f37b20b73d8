"""approve: a person (or a rule) decides, for each pull request: merge, changes, skip.

Approval belongs to a content: it names the head and the patch-id of what would land on base. An answer is
kept before it is acted on, so that a crash in between loses nothing and asks nothing twice.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..channel.base import Answer, Question, Unavailable
from ..errors import Conflict, MilestoneError, PhaseStop
from ..files import read_json, write_json
from ..model import PlannedIssue, Pull
from . import prompts
from .attempts import cost, read_attempts
from .base import Context, Given, Outcome
from .ci import green, start_of
from .pull import ours, own_head, publish
from .work import settle

CHOICES = ("merge", "changes", "skip")


@dataclass(frozen=True, slots=True)
class Approval:
    """Who said yes, to which content."""

    head: str
    patch_id: str
    by: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the decision on the content that lies there now."""

    merged: bool
    answer: Answer | None
    answered_before: bool
    """The answer was kept before it was asked for just now."""


Step = Literal["adopt", "ask", "approved", "revise", "skip"]


def decide(facts: Facts) -> Step:
    """A `skip` of an earlier run is asked again: running again is how a person takes it back."""
    if facts.merged:
        return "adopt"
    if facts.answer is None or (facts.answer.choice == "skip" and facts.answered_before):
        return "ask"
    steps: dict[str, Step] = {"merge": "approved", "changes": "revise", "skip": "skip"}
    return steps[facts.answer.choice]


def run(context: Context, issue: PlannedIssue, given: Given) -> Outcome:
    pull = ours(context, issue, int(given["pull"]))
    head, moved = own_head(context, issue, pull, str(given["head"]))
    approval = obtain(
        context, issue, pull.number, green(context, issue, pull.number, head) if moved else head
    )
    return Outcome(
        "done" if approval.by else "adopted",
        {"pull": pull.number, "head": approval.head, "patch_id": approval.patch_id, "by": approval.by},
    )


def obtain(context: Context, issue: PlannedIssue, number: int, head: str) -> Approval:
    """Wait for the approval of `head` as it would land on base now; fix rounds may move it to a later head.

    Raises PhaseStop("skipped") when a person skips, PhaseStop("waiting") when nobody can be asked, Stopped.
    """
    while True:
        pull = ours(context, issue, number, head)
        patch_id = content(context, issue, head)
        kept = context.paths.question(issue.number, patch_id[:16])
        answer = _read_answer(kept, head)
        step = decide(Facts(pull.state == "merged", answer, answered_before=True))
        if step == "adopt":
            return Approval(head, patch_id, "")
        if step == "ask":
            # What moves under the person's eyes is found by the train: it lands nothing but this content.
            answer = _ask(context, issue, pull, head, patch_id)
            if answer is None:
                continue
            _keep_answer(kept, answer, head, patch_id)
            step = decide(Facts(merged=False, answer=answer, answered_before=False))
            if step != "approved" and ours(context, issue, number, head).state == "merged":
                continue
        assert answer is not None
        if step == "approved":
            return Approval(head, patch_id, answer.by)
        if step == "skip":
            raise PhaseStop(
                "skipped",
                f"a person said skip; pull request #{number} stays open, and the next run asks again",
            )
        head = _revise(context, issue, number, head, answer.text)


def content(context: Context, issue: PlannedIssue, head: str) -> str:
    """The patch-id of what would land; of the branch's own change where it does not merge at the moment."""
    try:
        return context.train.content(head)
    except Conflict:
        return context.mirror.patch_id(start_of(context, issue, head), head)


def _revise(context: Context, issue: PlannedIssue, number: int, head: str, text: str) -> str:
    """A fix round for a person's words, checked again; the new head."""
    ours(context, issue, number, head)
    new = settle(
        context, issue, "approve", "changes", prompts.changes(text), start_of(context, issue, head), head
    )
    if new == head:
        raise PhaseStop("failed", "the agent made no commit for the changes that were asked for")
    publish(context, issue, new, number)
    return green(context, issue, number, new)


def _ask(context: Context, issue: PlannedIssue, pull: Pull, head: str, patch_id: str) -> Answer | None:
    """The answer; None when the question was withdrawn: somebody has decided on the forge."""
    question = Question(
        key=f"{issue.number}-{patch_id[:16]}",
        issue=issue.number,
        title=f"#{issue.number} {issue.title}: merge pull request #{pull.number}?",
        lines=() if context.channel.by_rule else _lines(context, issue, pull, head),
        choices=CHOICES,
        free=frozenset({"changes"}),
        diff=lambda: context.mirror.diff(start_of(context, issue, head), head),
    )
    if not context.channel.by_rule:
        context.waiting(issue.number, "approve", f"approval ({context.channel.name})")
    try:
        answer = context.channel.ask(question, _withdrawn(context, issue, pull.number, head))
    except Unavailable as reason:
        raise PhaseStop("waiting", str(reason)) from None
    context.stop.check()
    if answer is None:
        return None
    context.note("answer", issue.number, choice=answer.choice, text=answer.text, by=answer.by)
    return answer


def _withdrawn(context: Context, issue: PlannedIssue, number: int, head: str) -> Callable[[], bool]:
    """Is there nothing to ask any more? The forge is looked at as rarely as it is for CI, beside the question."""
    moot, every = threading.Event(), context.patience.first * 8
    looked = time.monotonic()

    def look() -> None:
        if _is_moot(context, issue, number, head):
            moot.set()

    def is_withdrawn() -> bool:
        nonlocal looked
        if not moot.is_set() and time.monotonic() - looked >= every:
            looked = time.monotonic()
            threading.Thread(target=look, daemon=True).start()
        return moot.is_set() or context.stop.asked

    return is_withdrawn


def _is_moot(context: Context, issue: PlannedIssue, number: int, head: str) -> bool:
    """Did somebody merge, close or push? Nobody is disturbed by a forge that is out of reach."""
    try:
        return ours(context, issue, number, head).state != "open"
    except PhaseStop:
        return True
    except MilestoneError:
        return False


def _lines(context: Context, issue: PlannedIssue, pull: Pull, head: str) -> tuple[str, ...]:
    start = start_of(context, issue, head)
    attempts = read_attempts(context.paths, issue.number)
    spent = cost(attempts)
    lines = [
        f"branch {pull.branch} at {head[:10]}, {pull.url}",
        f"change: {_size(context, start, head)}; {_checks(context, pull.number, head)}",
        f"look: `diff`, or git -C {context.paths.worktree(issue.number)} diff {start[:10]} {head[:10]}",
    ]
    if attempts:
        lines.append(f"attempts: {len(attempts)}" + (f", cost: ${spent:.2f}" if spent is not None else ""))
    waiting = [
        number for number in issue.blocks if number not in context.settings.skip and _is_open(context, number)
    ]
    if waiting:
        lines.append("unblocks " + ", ".join(f"#{number}" for number in waiting))
    return tuple(lines)


def _size(context: Context, start: str, head: str) -> str:
    files, added, deleted = context.mirror.size(start, head)
    return f"{files} file{'' if files == 1 else 's'}, +{added} -{deleted}"


def _checks(context: Context, number: int, head: str) -> str:
    checks = context.forge.check_runs(number, head)
    if not checks:
        return "CI is not waited for" if context.settings.ci_skip else "no checks are configured"
    return f"checks: {sum(run.conclusion == 'success' for run in checks)} of {len(checks)} passed"


def _is_open(context: Context, number: int) -> bool:
    return number not in context.issues or context.issues[number].state == "open"


def _read_answer(path: Path, head: str) -> Answer | None:
    """The answer to this content. `changes` belongs to its head alone: once made, there is a new question."""
    record: dict[str, Any] | None = read_json(path)
    if record is None or not all(isinstance(record.get(key), str) for key in ("text", "by", "head")):
        return None
    if record.get("choice") not in CHOICES or (record["choice"] == "changes" and record["head"] != head):
        return None
    return Answer(record["choice"], record["text"], record["by"])


def _keep_answer(path: Path, answer: Answer, head: str, patch_id: str) -> None:
    write_json(
        path,
        {"choice": answer.choice, "text": answer.text, "by": answer.by, "head": head, "patch_id": patch_id},
    )
