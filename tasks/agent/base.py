"""The seam to the programs that write code: commands with a contract, one process per issue, no library.

The contract: an argument list with placeholders, the prompt on standard input and as a file, an environment
of allowed names, a session id chosen beforehand where the program takes one, one log file, an optional
result file. The verdict on what an agent did is taken from the branch (`phases/work.py`), never from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AgentJob:
    """One run of an agent. `attempt` counts from 1; a fix round is the next attempt in the same `session`."""

    issue: int
    title: str
    attempt: int
    worktree: Path
    base: str
    prompt: str
    folder: Path
    """Where prompt and result lie; outside the worktree."""
    log: Path
    session: str
    """Id of the conversation; chosen by us for programs that take one, else what the program told before."""
    resume: bool
    """Continue the session, instead of beginning it."""
    prompt_anew: str
    """The prompt for a conversation that knows nothing of the issue yet: of a program that keeps none."""


@dataclass(frozen=True, slots=True)
class AgentOutcome:
    """What an agent's process left behind. `ended`: exited, timeout, usage_limit, not_found.

    `resume_at` (seconds since the epoch) is when a usage limit ends. `session` continues the conversation.
    """

    ended: str
    code: int | None = None
    session: str | None = None
    cost_usd: float | None = None
    tokens: int | None = None
    summary: str = ""
    resume_at: float | None = None
    detail: str = ""
    """One line for a person: why it ended so."""


class Agent(Protocol):
    """Made from settings by `agents.py`; may be run for several issues at once."""

    name: str

    def run(self, job: AgentJob) -> AgentOutcome:
        """Run the program to its end, or to its wall clock. Raises Stopped when the run is being stopped."""


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """The `agent:` setting after presets and per-issue changes are merged in; times in seconds."""

    name: str
    command: tuple[str, ...]
    """With placeholders in braces; `{arguments}` alone is where the arguments below go, else the end."""
    resume: tuple[str, ...] = ()
    """Arguments added to continue a session; `{session}` is its id."""
    model: str | None = None
    model_args: tuple[str, ...] = ()
    """Arguments added when a model is set; `{model}` is its name."""
    budget_usd: float | None = None
    budget_args: tuple[str, ...] = ()
    session_args: tuple[str, ...] = ()
    """Arguments that begin a session with an id of our choice, where the program takes one."""
    prompt: str = "stdin"
    """How the prompt is given besides the file: `stdin`, or `none` when the command names `{prompt_file}`."""
    output: str = "text"
    """What standard output holds: text, json, jsonl."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Where session, cost_usd, tokens, summary, is_error stand in that output: dotted paths."""
    environment: tuple[str, ...] = ()
    """Names of variables that the agent may see besides the basic ones."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Variables that are set for it, such as `GOOSE_MODE: auto`."""
    usage_limits: tuple[str, ...] = ()
    """Patterns of what it prints when its provider's usage limit ends it."""
    lost_sessions: tuple[str, ...] = ()
    """Patterns of what it prints when it does not know the session to continue."""
    timeout: float = 3600.0
    silence: float = 600.0
    options: Mapping[str, str] = field(default_factory=dict)
    """Placeholders of the preset's own, such as `{patches}` of `replay`."""
