"""What an agent leaves: its result file, and its standard output for machines."""

import json
from pathlib import Path
from typing import Any

import pytest
from auto_milestone.agent.base import AgentOutcome
from support.command_agent import SESSION, lines, play, run

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
