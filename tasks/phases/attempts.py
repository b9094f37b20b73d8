"""Runs of an issue's agent, each recorded before it begins and after it ends.

The record is how a killed run is told from a finished one, how a session is continued, and what an issue cost.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from ..agent.base import AgentJob, AgentOutcome
from ..errors import PhaseStop
from ..files import read_json, write_json
from ..model import PlannedIssue
from ..naming import COMMAND
from ..paths import StatePaths
from . import prompts
from .base import Context
from .leave import see_that_it_may_run

TEXT_CHANGED = "its text changed since the plan was made"


@dataclass(frozen=True, slots=True)
class Attempt:
    """`kind`: work, checks, ci, changes, conflict; times in seconds since the epoch; `ended` None: cut off."""

    number: int
    kind: str
    session: str
    request: str
    started: float
    finished: float | None = None
    ended: str | None = None
    code: int | None = None
    cost_usd: float | None = None
    tokens: int | None = None
    summary: str = ""
    detail: str = ""


def read_attempts(paths: StatePaths, issue: int) -> list[Attempt]:
    """All attempts of an issue, oldest first; none where the record cannot be read as a whole."""
    rows = (read_json(_file(paths, issue)) or {}).get("attempts")
    if not isinstance(rows, list) or not all(_is_attempt(row) for row in rows):
        return []
    return [Attempt(**row) for row in rows]


def _is_attempt(row: Any) -> bool:
    """Is it what `_write` wrote? Every field is there, with a value of its type."""
    if not isinstance(row, dict) or row.keys() != {field.name for field in fields(Attempt)}:
        return False
    # A JSON reader gives an int for 5.0 written as 5.
    return all(
        isinstance(row[name], (kind | int) if kind in (float, float | None) else kind)
        for name, kind in get_type_hints(Attempt).items()
    )


def cost(attempts: Sequence[Attempt]) -> float | None:
    """US dollars of all attempts; None when none of them told."""
    told = [attempt.cost_usd for attempt in attempts if attempt.cost_usd is not None]
    return sum(told) if told else None


def cut_off(attempts: Sequence[Attempt]) -> Attempt | None:
    """The attempt that was running when an earlier runner was killed."""
    return attempts[-1] if attempts and attempts[-1].finished is None else None


def run_agent(context: Context, issue: PlannedIssue, phase: str, kind: str, request: str) -> Attempt:
    """One attempt: `request` is the prompt; an attempt that was cut off is taken up with its own number.

    Holds a slot, but not while a usage limit lasts. Raises Stopped, and PhaseStop when the issue must not be run
    any more: hours may lie behind the last look at it.
    """
    with context.slots.take(issue.number):
        see_that_it_may_run(context, issue)
        before, attempt, resume = _begin(context, issue, kind, request)
        while True:
            note = "" if attempt.number == 1 else f"attempt {attempt.number} ({attempt.kind})"
            context.working(issue.number, phase, note)
            outcome = context.agent(issue.number).run(_job(context, issue, attempt, resume))
            attempt = _add_up(attempt, outcome)
            if outcome.ended != "usage_limit":
                break
            _wait_for_quota(context, issue, phase, outcome)
            see_that_it_may_run(context, issue)
            resume = True
    _write(context.paths, issue.number, [*before, replace(attempt, finished=time.time())])
    context.note(
        "attempt",
        issue.number,
        phase=phase,
        number=attempt.number,
        kind=attempt.kind,
        ended=attempt.ended,
        code=attempt.code,
        cost_usd=attempt.cost_usd,
        detail=attempt.detail,
    )
    return attempt


def _begin(
    context: Context, issue: PlannedIssue, kind: str, request: str
) -> tuple[Sequence[Attempt], Attempt, bool]:
    """(the attempts before, the one to run, whether its session was begun): recorded before it runs."""
    before = read_attempts(context.paths, issue.number)
    open_one = cut_off(before)
    if open_one:
        return before[:-1], open_one, True
    session = before[-1].session if before else str(uuid.uuid4())
    attempt = Attempt(len(before) + 1, kind, session, request, time.time())
    _write(context.paths, issue.number, [*before, attempt])
    return before, attempt, bool(before)


def _job(context: Context, issue: PlannedIssue, attempt: Attempt, resume: bool) -> AgentJob:
    folder = context.paths.agent(issue.number)
    folder.mkdir(parents=True, exist_ok=True)
    return AgentJob(
        issue=issue.number,
        title=issue.title,
        attempt=attempt.number,
        worktree=context.paths.worktree(issue.number),
        base=context.settings.base,
        prompt=attempt.request,
        prompt_anew=_anew(context, issue, attempt),
        folder=folder,
        log=context.paths.log(issue.number, "agent"),
        session=attempt.session,
        resume=resume,
    )


def _anew(context: Context, issue: PlannedIssue, attempt: Attempt) -> str:
    if attempt.kind == "work":
        return attempt.request
    return prompts.anew(attempt.request, first_prompt(context, issue))


def first_prompt(context: Context, issue: PlannedIssue) -> str:
    """What an agent is told of its issue, as the forge has it now.

    Raises PhaseStop when it must not be run, or says something else than what was planned.
    """
    found = see_that_it_may_run(context, issue)
    if found.body_sha256 != issue.body_sha256:
        raise PhaseStop("blocked", f"{TEXT_CHANGED}: read it, run `{COMMAND} plan`, then the same again")
    return prompts.work(found, issue, context.settings.base, context.settings.checks)


def _add_up(attempt: Attempt, outcome: AgentOutcome) -> Attempt:
    cost_usd = attempt.cost_usd
    if outcome.cost_usd is not None:
        cost_usd = (cost_usd or 0.0) + outcome.cost_usd
    return replace(
        attempt,
        session=outcome.session or attempt.session,
        ended=outcome.ended,
        code=outcome.code,
        cost_usd=cost_usd,
        tokens=outcome.tokens if outcome.tokens is not None else attempt.tokens,
        summary=outcome.summary or attempt.summary,
        detail=outcome.detail,
    )


def _wait_for_quota(context: Context, issue: PlannedIssue, phase: str, outcome: AgentOutcome) -> None:
    until = outcome.resume_at or time.time() + 900
    context.waiting(issue.number, phase, "usage limit of the agent", until)
    with context.slots.lend(issue.number):
        context.stop.sleep(max(0.0, until - time.time()))


def _file(paths: StatePaths, issue: int) -> Path:
    return paths.agent(issue) / "attempts.json"


def _write(paths: StatePaths, issue: int, attempts: Sequence[Attempt]) -> None:
    write_json(_file(paths, issue), {"attempts": [asdict(attempt) for attempt in attempts]})
