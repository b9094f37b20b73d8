import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from auto_milestone.agent.agents import agent_settings, make_agent
from auto_milestone.agent.base import AgentJob, AgentOutcome
from auto_milestone.agent.command import CommandAgent
from auto_milestone.agent.usage_limit import limit_ends
from auto_milestone.errors import Stopped
from auto_milestone.executor.base import Exit, Launch
from auto_milestone.executor.local import LocalExecutor
from auto_milestone.stopping import Stop

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC).timestamp()
CANARY = "canary-6f1c"
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


# what the program gets


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


# what it leaves


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


RESULT = {"status": "done", "session": "s-9", "tokens": 12, "cost_usd": 0.5, "summary": "did it", "more": 1}


def write_result(value: str) -> str:
    return f"import os; open(os.environ['AUTO_MILESTONE_RESULT'], 'w').write({value!r})"


def test_result_file(tmp_path: Path) -> None:
    outcome = run(tmp_path, write_result(json.dumps(RESULT)))
    assert outcome == AgentOutcome("exited", 0, "s-9", 0.5, 12, "did it")
    assert (tmp_path / "job" / "result-2.json").exists()


def test_result_of_an_earlier_start_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "result-2.json").write_text(json.dumps(RESULT))
    assert run(tmp_path, "pass").summary == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is no JSON"),
        ('{"cost_usd": NaN}', "is no JSON"),
        ("[" * 5000, "is no JSON"),
        ("[]", "does not fit the schema"),
        ('{"status": "great"}', "does not fit the schema at status"),
        ('{"session": "--resume"}', "does not fit the schema at session"),
        ('{"tokens": -1}', "does not fit the schema at tokens"),
        ('{"cost_usd": 1e999}', "does not fit the schema at cost_usd"),
        (json.dumps({"summary": "x" * 70_000}), "is larger than 65536 bytes"),
    ],
)
def test_a_bad_result_file_is_ignored(tmp_path: Path, text: str, reason: str) -> None:
    outcome = run(tmp_path, write_result(text))
    assert (outcome.ended, outcome.code, outcome.session) == ("exited", 0, SESSION)
    assert outcome.detail == f"result file ignored: it {reason}"


@pytest.mark.parametrize("make", ["os.symlink('secret', p)", "os.mkfifo(p)", "os.mkdir(p)"])
def test_only_a_plain_file_is_read(tmp_path: Path, make: str) -> None:
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "secret").write_text(json.dumps(RESULT))
    outcome = run(tmp_path, f"import os; p = os.environ['AUTO_MILESTONE_RESULT']; {make}")
    assert outcome.summary == ""
    assert outcome.detail.startswith("result file ignored: it is")
    # What lies there does not stand in the way of the next run.
    assert run(tmp_path, write_result(json.dumps(RESULT))).summary == "did it"


def test_what_the_agent_says_of_itself(tmp_path: Path) -> None:
    outcome = run(tmp_path, write_result('{"status": "blocked", "summary": "needs a key"}'))
    assert (outcome.ended, outcome.detail, outcome.summary) == (
        "exited",
        "the agent says: blocked",
        "needs a key",
    )


def lines(*values: Any) -> str:
    return "".join(f"{json.dumps(value)}\n" for value in values)


OUTPUTS = {
    "claude": (
        lines(
            {"type": "system", "session_id": "abc"},
            {"type": "assistant", "message": {"usage": {"input_tokens": 999}}, "session_id": "abc"},
            {
                "type": "result",
                "session_id": "abc",
                "is_error": False,
                "result": "Done.",
                "total_cost_usd": 0.25,
                "usage": {"input_tokens": 1, "cache_read_input_tokens": 20, "output_tokens": 300},
            },
        ),
        ("abc", 0.25, 321, "Done."),
    ),
    "codex": (
        lines(
            {"type": "thread.started", "thread_id": "0199"},
            {"type": "error", "message": "reconnecting"},
            {"type": "item.completed", "item": {"type": "reasoning", "text": "hm"}},
            {"type": "item.completed", "item": {"type": "agent_message", "text": "Done."}},
            {"type": "turn.completed", "usage": {"input_tokens": 5, "output_tokens": 6}},
        ),
        ("0199", None, 11, "Done."),
    ),
    "opencode": (
        lines(
            {"type": "step_finish", "sessionID": "ses_1", "part": {"cost": 0.5, "tokens": {"input": 1}}},
            {"type": "text", "sessionID": "ses_1", "part": {"text": "Done."}},
            {"type": "step_finish", "sessionID": "ses_1", "part": {"cost": 0.25, "tokens": {"output": 2}}},
        ),
        ("ses_1", 0.75, 3, "Done."),
    ),
    "goose": (
        "  goose is ready\n" + lines({"type": "complete", "total_tokens": 12, "cost_usd": 0.5}),
        (SESSION, 0.5, 12, ""),
    ),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_machine_outputs(tmp_path: Path, name: str) -> None:
    text, (session, cost, tokens, summary) = OUTPUTS[name]
    outcome = play(tmp_path, name, output=text)
    assert (outcome.cost_usd, outcome.tokens, outcome.summary) == (cost, tokens, summary)
    assert outcome.session == session


def test_the_last_json_object_after_a_banner(tmp_path: Path) -> None:
    value = {"command": ["x"], "output": "json", "fields": {"summary": "a.text", "tokens": "n"}}
    text = (
        '{"a": {"text": "first"}}\nbanner {\n'
        + json.dumps({"a": {"text": "last"}, "n": True}, indent=1)
        + "\nbye\n"
    )
    outcome = play(tmp_path, value, output=text)
    assert (outcome.summary, outcome.tokens) == ("last", None)


def test_a_big_output_is_read_at_both_ends(tmp_path: Path) -> None:
    noise = lines(*({"noise": "x" * 100_000} for _ in range(60)))
    text = lines({"thread_id": "first"}) + noise + lines({"usage": {"input_tokens": 1, "output_tokens": 2}})
    outcome = play(tmp_path, "codex", output=text)
    assert (outcome.session, outcome.tokens) == ("first", 3)


@pytest.mark.parametrize("session", ["--dangerous", "a b", "", 7, "x" * 300])
def test_a_strange_session_id_is_left_out(tmp_path: Path, session: Any) -> None:
    assert play(tmp_path, "codex", output=lines({"thread_id": session})).session == SESSION


# usage limits


def at(*when: int) -> float:
    return datetime(2026, *when, tzinfo=UTC).timestamp()  # type: ignore[arg-type]


IN_15_MINUTES = NOW + 900
LIMITS = [
    (f"Claude AI usage limit reached|{int(at(11, 21, 15))}", at(11, 21, 15)),
    (f"Claude AI usage limit reached|{int(at(11, 21, 15))}000", at(11, 21, 15)),
    ("usage limit reached, resets at 3pm", at(11, 21, 15)),
    ("usage limit reached, resets at 15:00", at(11, 21, 15)),
    ("5-hour limit reached ∙ resets 11am", at(11, 22, 11)),
    ("You've hit your limit · resets 3pm (America/Los_Angeles)", at(11, 21, 23)),
    ("Claude usage limit reached. Your limit will reset at 1pm (Etc/GMT+5).", at(11, 21, 18)),
    ("usage limit reached, resets in 2 hours 5 minutes", NOW + 7500),
    (
        "You've hit your usage limit. Visit https://example.org/usage to purchase more credits or try again "
        "at 3:28 PM.",
        at(11, 21, 15, 28),
    ),
    ("You've hit your usage limit. Try again at Nov 28th, 2026 12:30 PM.", at(11, 28, 12, 30)),
    ("You've hit your usage limit. Try again Dec 18.", at(12, 18)),
    ("hit your usage limit, try again in 3 days 6 hours 57 minutes", NOW + 3 * 86400 + 6 * 3600 + 57 * 60),
    ("Quota exceeded. Your quota will reset after 2h5m3s.", NOW + 7503),
    ("You have exhausted your daily quota", IN_15_MINUTES),
    ("rate limit exceeded, please try again in 44 minutes", NOW + 2640),
    ("usage limit reached|1732201200", IN_15_MINUTES),
    ("usage limit reached, resets at 99:99", IN_15_MINUTES),
    ("usage limit reached, try again in 9000 days", IN_15_MINUTES),
    ("429 Too Many Requests", IN_15_MINUTES),
    ("all tests passed", None),
    ("SyntaxError: limit", None),
]


@pytest.mark.parametrize(("text", "ends"), LIMITS)
def test_when_a_limit_ends(text: str, ends: float | None) -> None:
    assert limit_ends(text, agent_settings("claude").usage_limits, NOW, UTC) == ends


def test_the_last_limit_counts() -> None:
    text = "usage limit reached, resets at 1pm\n...\nusage limit reached, resets at 5pm\n"
    assert limit_ends(text, agent_settings("claude").usage_limits, NOW, UTC) == at(11, 21, 17)


LIMIT_TEXT = f"Claude AI usage limit reached|{int(at(11, 21, 15))}\n"


@pytest.mark.parametrize(
    ("played", "limited"),
    [
        ({"ended": Exit("exited", 1), "log": LIMIT_TEXT}, True),
        ({"ended": Exit("exited", 1), "log": "resets at 3pm\n"}, False),
        # Prose about limits, from a program that ended well.
        ({"ended": Exit("exited", 0), "log": LIMIT_TEXT}, False),
        ({"output": lines({"is_error": True, "result": LIMIT_TEXT})}, True),
        ({"output": lines({"is_error": False, "result": LIMIT_TEXT}), "log": LIMIT_TEXT}, False),
        ({"ended": Exit("timeout", -15), "log": LIMIT_TEXT}, False),
        # Long before the end.
        ({"ended": Exit("exited", 1), "log": LIMIT_TEXT + "work\n" * 50}, False),
    ],
)
def test_a_limit_is_judged_at_the_end_of_a_failure(tmp_path: Path, played: Any, limited: bool) -> None:
    outcome = play(tmp_path, **played)
    assert (outcome.ended == "usage_limit") == limited
    assert outcome.resume_at == (at(11, 21, 15) if limited else None)


def test_a_limit_of_an_earlier_run_in_the_same_log_is_over(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(LIMIT_TEXT)
    outcome = play(tmp_path, ended=Exit("exited", 1), log="boom\n")
    assert (outcome.ended, outcome.detail) == ("exited", "exit code 1: boom")


@pytest.mark.parametrize(
    ("resume_at", "expected"),
    [(None, IN_15_MINUTES), (NOW + 60, NOW + 60), (5, NOW), (1e10, NOW + 32 * 86400)],
)
def test_the_result_file_may_tell_a_limit(tmp_path: Path, resume_at: Any, expected: float) -> None:
    value = {"status": "usage_limit"} | ({} if resume_at is None else {"resume_at": resume_at})
    outcome = play(tmp_path, result=json.dumps(value))
    assert (outcome.ended, outcome.resume_at, outcome.detail) == (
        "usage_limit",
        expected,
        "usage limit reached",
    )
