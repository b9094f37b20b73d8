"""Commands as agents: `run` starts a Python script for real, `play` only plays what a program would leave."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auto_milestone.agent.agents import agent_settings
from auto_milestone.agent.base import AgentJob, AgentOutcome
from auto_milestone.agent.command import CommandAgent
from auto_milestone.executor.base import Exit, Launch
from auto_milestone.executor.local import LocalExecutor
from auto_milestone.stopping import Stop

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC).timestamp()
SESSION = "1f0c8a52-7a53-4f0e-9a55-0a4ce3c2b1d0"


def job(folder: Path, **more: Any) -> AgentJob:
    worktree = folder / "worktree"
    worktree.mkdir(exist_ok=True)
    fields: dict[str, Any] = {
        "issue": 7,
        "title": "Add it; $(rm -rf .)",
        "attempt": 2,
        "worktree": worktree,
        "base": "main",
        "prompt": "Do\nthis: ä",
        "folder": folder / "job",
        "log": folder / "log",
        "session": SESSION,
        "resume": False,
        "prompt_anew": "Do\nthis: ä",
    }
    return AgentJob(**fields | more)


def run(folder: Path, code: str, **settings: Any) -> AgentOutcome:
    """Run a Python script as the agent, through the real executor."""
    value = {"command": [sys.executable, "-c", code], **settings}
    stop = Stop()
    executor = LocalExecutor(stop, grace=0.2)
    agent = CommandAgent(agent_settings(value), executor, stop, lambda *_: None, clock=lambda: NOW)
    return agent.run(job(folder))


class Recorder:
    """An executor that runs nothing: keeps the launches, plays the output."""

    name = "recorder"

    def __init__(self, ended: Exit | None = None, output: str = "", log: str = "", result: str = "") -> None:
        self.launches: list[Launch] = []
        self._ended = ended or Exit("exited", 0)
        self._output, self._log, self._result = output, log, result

    def run(self, launch: Launch, on_silence: Callable[[float], None]) -> Exit:
        self.launches.append(launch)
        launch.output.write_text(self._output)
        with launch.log.open("a") as log:
            log.write(self._log)
        if self._result:
            Path(launch.environment["AUTO_MILESTONE_RESULT"]).write_text(self._result)
        on_silence(600)
        return self._ended

    def end_leftover(self, launch: Launch) -> bool:
        return False


def play(folder: Path, settings: Any = "claude", **played: Any) -> AgentOutcome:
    return agent_of(Recorder(**played), settings).run(job(folder))


def agent_of(executor: Recorder, settings: Any = "claude", report: list[Any] | None = None) -> CommandAgent:
    told: list[Any] = [] if report is None else report
    return CommandAgent(
        agent_settings(settings), executor, Stop(), lambda *line: told.append(line), clock=lambda: NOW
    )


def lines(*values: Any) -> str:
    return "".join(f"{json.dumps(value)}\n" for value in values)
