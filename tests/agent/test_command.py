"""What a command gets when it is the agent of an issue, and how it ends."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from auto_milestone.agent.agents import agent_settings, make_agent
from auto_milestone.agent.base import AgentOutcome
from auto_milestone.agent.command import CommandAgent
from auto_milestone.errors import Stopped
from auto_milestone.executor.base import Exit
from auto_milestone.executor.local import LocalExecutor
from auto_milestone.stopping import Stop
from support.command_agent import SESSION, Recorder, agent_of, job, run

CANARY = "canary-6f1c"


# -- what the program gets


def test_prompt_on_standard_input_and_as_a_file(tmp_path: Path) -> None:
    same = "open(os.environ['AUTO_MILESTONE_PROMPT']).read()"
    code = f"import sys, os; given = sys.stdin.read(); print(given == {same}, given)"
    outcome = run(tmp_path, code)
    assert (outcome.ended, outcome.code, outcome.detail) == ("exited", 0, "")
    assert (tmp_path / "log").read_text() == "True Do\nthis: ä\n"
    assert (tmp_path / "job" / "prompt-2.md").read_text() == "Do\nthis: ä"


def test_prompt_as_a_file_only(tmp_path: Path) -> None:
    value = {
        "command": [sys.executable, "-c", "import sys; print(open(sys.argv[1]).read(), sys.stdin.read())"]
    }
    value["command"].append("{prompt_file}")
    make_agent(
        agent_settings(value | {"prompt": "none"}), LocalExecutor(Stop()), Stop(), lambda *_: None
    ).run(job(tmp_path))
    assert (tmp_path / "log").read_text() == "Do\nthis: ä \n"


def test_placeholders(tmp_path: Path) -> None:
    executor = Recorder()
    names = (
        "prompt_file",
        "result_file",
        "folder",
        "worktree",
        "issue",
        "title",
        "attempt",
        "base",
        "python",
    )
    agent_of(executor, {"command": ["x", *(f"{{{name}}}" for name in names)]}).run(job(tmp_path))
    folder = tmp_path / "job"
    assert executor.launches[0].argv == (
        "x",
        f"{folder}/prompt-2.md",
        f"{folder}/result-2.json",
        f"{folder}",
        f"{tmp_path}/worktree",
        "7",
        "Add it; $(rm -rf .)",
        "2",
        "main",
        sys.executable,
    )
    assert executor.launches[0].cwd == tmp_path / "worktree"


def argv_of_second(folder: Path, settings: Any, output: str = "", attempt: int = 2) -> tuple[str, ...]:
    """What a second run that is to resume gets, after a first one with this output."""
    executor = Recorder(output=output)
    agent = agent_of(executor, settings)
    agent.run(job(folder))
    agent.run(job(folder, resume=True, attempt=attempt))
    return executor.launches[1].argv


def test_a_session_begins_under_our_id(tmp_path: Path) -> None:
    executor = Recorder()
    outcome = agent_of(executor).run(job(tmp_path))
    assert executor.launches[0].argv[-2:] == ("--session-id", SESSION)
    assert outcome.session == SESSION


@pytest.mark.parametrize("attempt", [2, 3])
@pytest.mark.parametrize(
    ("settings", "output", "end"),
    [
        ("claude", '{"session_id": "told"}', ("--resume", "told")),
        ("codex", '{"thread_id": "told"}', ("resume", "told", "-")),
        # Killed before it told: there is nothing to resume.
        ("claude", "", ("--session-id", SESSION)),
        ("codex", "", ("--dangerously-bypass-approvals-and-sandbox", "-")),
        # These never tell.
        ("goose", "", ("--name", SESSION, "--resume")),
        ("aider", "", ("--restore-chat-history",)),
    ],
)
def test_what_is_resumed(
    tmp_path: Path, settings: str, output: str, end: tuple[str, ...], attempt: int
) -> None:
    assert argv_of_second(tmp_path, settings, output, attempt)[-len(end) :] == end


def test_the_result_file_may_tell_the_session(tmp_path: Path) -> None:
    executor = Recorder(result='{"session": "told"}')
    agent_of(executor).run(job(tmp_path))
    agent_of(executor).run(job(tmp_path, resume=True, attempt=3))
    assert executor.launches[1].argv[-2:] == ("--resume", "told")


def test_a_lost_session_is_begun_anew(tmp_path: Path) -> None:
    text = f"No conversation found with session ID: {SESSION}\n"
    executor = Recorder(ended=Exit("exited", 1), log=text, output='{"session_id": "told"}')
    told: list[Any] = []
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "output-1.txt").write_text('{"session_id": "told"}')
    agent_of(executor, report=told).run(job(tmp_path, resume=True))
    ends = [launch.argv[-2:] for launch in executor.launches]
    assert ends[0] == ("--resume", "told")
    assert ends[1][0] == "--session-id"
    assert ends[1][1] not in ("told", SESSION)
    assert (7, "claude does not know session told; it begins a new one") in told


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("claude", "Mend it."),
        ({"command": ["x"]}, "All of it."),
        ({"command": ["x", "{session}"]}, "Mend it."),
    ],
)
def test_a_program_that_keeps_no_session_is_told_of_the_issue_again(
    tmp_path: Path, settings: Any, told: str
) -> None:
    executor = Recorder(output='{"session_id": "s"}')
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "output-1.txt").write_text('{"session_id": "s"}')
    agent_of(executor, settings).run(job(tmp_path, resume=True, prompt="Mend it.", prompt_anew="All of it."))
    assert executor.launches[0].stdin == told
    assert (tmp_path / "job" / "prompt-2.md").read_text() == told


def test_environment_is_an_allow_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = ("GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "TELEGRAM_BOT_TOKEN", "TELEGRAM_X")
    for name in (*secrets, "SSH_AUTH_SOCK", "AWS_SECRET", "GIT_DIR", "NAMED", "MANY_A", "MANY_B", "LC_TIME"):
        monkeypatch.setenv(name, f"{CANARY}-{name}")
    code = "import os, json, sys; print(json.dumps(dict(os.environ))); print(sys.argv)"
    run(tmp_path, code, environment=["NAMED", "MANY_*", "ABSENT"], variables={"SET": "1"})
    log = (tmp_path / "log").read_text()
    seen = json.loads(log.splitlines()[0])
    assert {name for name, value in seen.items() if CANARY in value} == {
        "NAMED",
        "MANY_A",
        "MANY_B",
        "LC_TIME",
    }
    assert seen["SET"] == "1"
    assert (seen["AUTO_MILESTONE_ISSUE"], seen["AUTO_MILESTONE_ATTEMPT"]) == ("7", "2")
    assert "PATH" in seen
    for name in (*secrets, "SSH_AUTH_SOCK", "AWS_SECRET"):
        assert f"{CANARY}-{name}" not in log


def test_even_a_star_lets_no_token_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "TELEGRAM_BOT_TOKEN"):
        monkeypatch.setenv(name, CANARY)
    run(tmp_path, "import os; print(dict(os.environ))", environment=["G*", "TELEGRAM*", "*"])
    assert CANARY not in (tmp_path / "log").read_text()
    for path in (tmp_path / "job").iterdir():
        assert CANARY not in path.read_text()


def test_no_secret_in_argv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    executor = Recorder()
    agent_of(executor).run(job(tmp_path))
    assert executor.launches[0].environment["ANTHROPIC_API_KEY"] == CANARY
    assert CANARY not in " ".join(executor.launches[0].argv)


def test_silence_is_reported(tmp_path: Path) -> None:
    told: list[Any] = []
    agent_of(Recorder(), report=told).run(job(tmp_path))
    assert told == [(7, "claude has been silent for 10m 00s (limit 1h 00m)")]


def test_nothing_starts_once_stopped(tmp_path: Path) -> None:
    stop, executor = Stop(), Recorder()
    stop.ask()
    with pytest.raises(Stopped):
        CommandAgent(agent_settings("claude"), executor, stop, lambda *_: None).run(job(tmp_path))
    assert executor.launches == []


# -- how it ends


def test_a_missing_program_says_what_to_do(tmp_path: Path) -> None:
    value = {"command": ["no-such-agent"]}
    agent = CommandAgent(agent_settings(value), LocalExecutor(Stop()), Stop(), lambda *_: None)
    outcome = agent.run(job(tmp_path))
    assert outcome == AgentOutcome(
        "not_found",
        detail="agent command `no-such-agent` was not found on PATH; "
        "install it or change `agent:` in milestone.yaml",
    )


def test_timeout(tmp_path: Path) -> None:
    outcome = run(tmp_path, "import time; time.sleep(600)", timeout=0.3)
    assert (outcome.ended, outcome.detail) == ("timeout", "ended after 0.3 s")


def test_exit_code_and_last_line(tmp_path: Path) -> None:
    outcome = run(tmp_path, "import sys; print('so what'); sys.exit(3)")
    assert (outcome.ended, outcome.code, outcome.detail) == ("exited", 3, "exit code 3: so what")
