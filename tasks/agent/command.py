"""An agent that is a command: every preset of presets.yaml, and whatever else a person names."""

import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..durations import format_duration
from ..environment import allowed
from ..errors import ConfigError
from ..executor.base import Executor, Exit, Launch
from ..files import write_atomic
from ..process.output import tail
from ..stopping import Stop
from .base import AgentJob, AgentOutcome, AgentSettings
from .output import BadResult, read_output, read_result
from .usage_limit import LONGEST, UNKNOWN, limit_ends

PLACEHOLDERS = (
    *("prompt_file", "result_file", "folder", "worktree", "issue", "title", "attempt", "base"),
    *("model", "budget_usd", "session", "python"),
)
"""What a command may contain in braces, besides the options of its preset."""

ARGUMENTS = "{arguments}"
"""Alone in a command: where model, budget and session arguments go. Without it they go to the end."""

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_LAST_WORDS = 16 << 10


@dataclass(frozen=True, slots=True)
class _Files:
    prompt: Path
    result: Path
    output: Path


class CommandAgent:
    """Runs the command of its settings, one process for each job."""

    def __init__(
        self,
        settings: AgentSettings,
        executor: Executor,
        stop: Stop,
        report: Callable[[int, str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`report(issue, line)` tells a person what happens meanwhile."""
        self.name = settings.name
        self._settings, self._executor, self._stop = settings, executor, stop
        self._report, self._clock = report, clock

    def run(self, job: AgentJob) -> AgentOutcome:
        session = _session_to_resume(self._settings, job)
        outcome = self._run(job, session or job.session, fresh=session is None)
        if session is not None and self._is_lost(outcome):
            self._report(job.issue, f"{self.name} does not know session {session}; it begins a new one")
            outcome = self._run(job, str(uuid.uuid4()), fresh=True)
        return outcome

    def _run(self, job: AgentJob, session: str, fresh: bool) -> AgentOutcome:
        self._stop.check()
        files = _files(job, job.attempt)
        prompt = job.prompt_anew if fresh else job.prompt
        write_atomic(files.prompt, prompt.encode())
        _remove_old(files.result)
        begin = job.log.stat().st_size if job.log.exists() else 0
        launch = self._launch(job, files, session, fresh, prompt)
        ended = self._executor.run(launch, lambda seconds: self._silent(job, seconds))
        return self._outcome(files, session, ended, tail(job.log, 40, begin, _LAST_WORDS))

    def _is_lost(self, outcome: AgentOutcome) -> bool:
        """The program was killed, or refused, before it had stored the session that it told."""
        said = f"{outcome.detail}\n{outcome.summary}"
        return outcome.ended == "exited" and any(
            re.search(pattern, said, re.IGNORECASE) for pattern in self._settings.lost_sessions
        )

    def _launch(self, job: AgentJob, files: _Files, session: str, fresh: bool, prompt: str) -> Launch:
        settings = self._settings
        return Launch(
            key=f"the agent of #{job.issue}",
            argv=build_argv(settings, placeholders(settings, job, files, session), fresh),
            cwd=job.worktree,
            environment=build_environment(settings, job, files, os.environ),
            stdin=prompt if settings.prompt == "stdin" else "",
            log=job.log,
            output=files.output,
            timeout=settings.timeout,
            silence=settings.silence,
            guard=job.folder / "agent.lock",
        )

    def _silent(self, job: AgentJob, seconds: float) -> None:
        limit = format_duration(self._settings.timeout)
        self._report(job.issue, f"{self.name} has been silent for {format_duration(seconds)} (limit {limit})")

    def _outcome(self, files: _Files, session: str, ended: Exit, words: str) -> AgentOutcome:
        """`words`: the last lines that this run has logged."""
        settings = self._settings
        if ended.reason == "not_found":
            return AgentOutcome("not_found", detail=_not_found(settings.command[0]))
        said = read_output(files.output, settings.output, settings.fields)
        notes = [ended.detail] if ended.detail else []
        try:
            said |= read_result(files.result)
        except BadResult as bad:
            notes.append(f"result file ignored: it {bad}")
        resume_at = self._resume_at(ended, said, words)
        return AgentOutcome(
            ended=ended.reason if resume_at is None else "usage_limit",
            code=ended.code,
            session=said.get("session", session),
            cost_usd=said.get("cost_usd"),
            tokens=said.get("tokens"),
            summary=said.get("summary", ""),
            resume_at=resume_at,
            detail="; ".join([*notes, *_findings(ended, said, words, resume_at is not None)]),
        )

    def _resume_at(self, ended: Exit, said: Mapping[str, Any], words: str) -> float | None:
        """When a usage limit ends, where one ended this run. Prose in a log that ended well is no limit."""
        failed = ended.code != 0 or said.get("is_error") is True or said.get("status") == "usage_limit"
        if ended.reason != "exited" or not failed:
            return None
        now = self._clock()
        if said.get("status") == "usage_limit":
            return min(max(now, float(said.get("resume_at", now + UNKNOWN))), now + LONGEST)
        return limit_ends(f"{words}\n{said.get('summary', '')}", self._settings.usage_limits, now)


def build_argv(settings: AgentSettings, values: Mapping[str, str], fresh: bool) -> tuple[str, ...]:
    """The argument list of a run. `fresh`: it begins a session. Raises ConfigError: unknown placeholder."""
    session = settings.session_args if fresh else settings.resume
    added = [
        *(settings.model_args if settings.model is not None else ()),
        *(settings.budget_args if settings.budget_usd is not None else ()),
        *session,
    ]
    command: list[str] = []
    for part in settings.command:
        command += added if part == ARGUMENTS else [part]
    if ARGUMENTS not in settings.command:
        command += added
    return tuple(_fill(part, values, settings) for part in command)


def check_command(settings: AgentSettings) -> None:
    """Raises ConfigError when the command cannot be built: at load instead of hours later."""
    values = dict.fromkeys(PLACEHOLDERS, "x") | dict(settings.options)
    for name, given in (("model", settings.model), ("budget_usd", settings.budget_usd)):
        if given is None:
            del values[name]
    for fresh in (True, False):
        build_argv(settings, values, fresh)
    everything = (*settings.command, *settings.model_args, *settings.budget_args)
    for name, given in (("model", settings.model), ("budget_usd", settings.budget_usd)):
        if given is not None and not any(f"{{{name}}}" in part for part in everything):
            raise ConfigError(f"agent `{settings.name}` has no argument for `{name}`; leave it out")


def placeholders(settings: AgentSettings, job: AgentJob, files: _Files, session: str) -> dict[str, str]:
    """The values of the placeholders for one job."""
    values = {
        "prompt_file": str(files.prompt),
        "result_file": str(files.result),
        "folder": str(job.folder.absolute()),
        "worktree": str(job.worktree.absolute()),
        "issue": str(job.issue),
        "title": job.title,
        "attempt": str(job.attempt),
        "base": job.base,
        "session": session,
        "python": sys.executable,
    }
    if settings.model is not None:
        values["model"] = settings.model
    if settings.budget_usd is not None:
        values["budget_usd"] = f"{settings.budget_usd:g}"
    return values | dict(settings.options)


def build_environment(
    settings: AgentSettings, job: AgentJob, files: _Files, environment: Mapping[str, str]
) -> dict[str, str]:
    """What the agent sees: basic and named variables, the preset's own, and where its files are."""
    return {
        **allowed(settings.environment, environment),
        **settings.variables,
        "AUTO_MILESTONE_ISSUE": str(job.issue),
        "AUTO_MILESTONE_ATTEMPT": str(job.attempt),
        "AUTO_MILESTONE_RESULT": str(files.result),
        "AUTO_MILESTONE_PROMPT": str(files.prompt),
    }


def _fill(part: str, values: Mapping[str, str], settings: AgentSettings) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] in values:
            return values[found[1]]
        known = ", ".join(f"{{{name}}}" for name in sorted({*PLACEHOLDERS, *settings.options}))
        raise ConfigError(f"agent `{settings.name}`: {found[0]} in `{part}` has no value; there is {known}")

    return _PLACEHOLDER.sub(value, part)


def _files(job: AgentJob, attempt: int) -> _Files:
    # Absolute: the agent reads these names in its worktree.
    folder = job.folder.absolute()
    return _Files(
        prompt=folder / f"prompt-{attempt}.md",
        result=folder / f"result-{attempt}.json",
        output=folder / f"output-{attempt}.txt",
    )


def _remove_old(result: Path) -> None:
    """Left by the same attempt of a killed runner; it says nothing about this one."""
    if result.is_dir() and not result.is_symlink():
        shutil.rmtree(result)
    else:
        result.unlink(missing_ok=True)


def _session_to_resume(settings: AgentSettings, job: AgentJob) -> str | None:
    """The session to continue: what the program told last, also when its run was cut off; None: begin one.

    A program that tells its session as it begins one, and has told none, was killed before it began.
    """
    if not job.resume or not _keeps_sessions(settings):
        return None
    for attempt in range(job.attempt, 0, -1):
        told = _told(settings, _files(job, attempt))
        if told is not None:
            return told
    return None if "session" in settings.fields else job.session


def _keeps_sessions(settings: AgentSettings) -> bool:
    return bool(settings.resume) or any("{session}" in part for part in settings.command)


def _told(settings: AgentSettings, files: _Files) -> str | None:
    said = read_output(files.output, settings.output, settings.fields)
    with suppress(BadResult):
        said |= read_result(files.result)
    return said.get("session")


def _not_found(command: str) -> str:
    return f"agent command `{command}` was not found on PATH; install it or change `agent:` in milestone.yaml"


def _findings(ended: Exit, said: Mapping[str, Any], words: str, limited: bool) -> list[str]:
    if limited:
        return ["usage limit reached"]
    if said.get("status") in ("failed", "blocked"):
        return [f"the agent says: {said['status']}"]
    if ended.reason == "exited" and (ended.code != 0 or said.get("is_error") is True):
        last = (words.strip().splitlines() or [""])[-1].strip()
        return [f"exit code {ended.code}{last and f': {last[:200]}'}"]
    return []
