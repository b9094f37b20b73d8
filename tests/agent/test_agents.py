from pathlib import Path
from typing import Any

import pytest
from auto_milestone.agent.agents import agent_settings, presets
from auto_milestone.agent.command import build_argv
from auto_milestone.errors import ConfigError

VALUES = {
    **dict.fromkeys(("result_file", "worktree", "base", "attempt"), "?"),
    "prompt_file": "/f/prompt-1.md",
    "folder": "/f",
    "issue": "7",
    "title": "Add it",
    "attempt": "1",
    "session": "S-1",
    "python": "/py",
    "model": "M",
    "budget_usd": "8",
}
CLAUDE = (
    *("claude", "-p", "--output-format", "stream-json", "--verbose", "--permission-mode", "acceptEdits"),
    *("--allowedTools", "Bash,Edit,Write,Read,Glob,Grep,NotebookEdit,Task,TodoWrite"),
)
CODEX = ("codex", "exec", "--json", "--dangerously-bypass-approvals-and-sandbox")
GEMINI = (
    *("gemini", "--output-format", "stream-json", "--approval-mode", "yolo"),
    *("-p", "Carry out the task above."),
)
OPENCODE = ("opencode", "run", "--format", "json", "--auto")
COPILOT = (
    *("copilot", "--no-auto-update", "--allow-all-tools", "--no-ask-user", "--no-color"),
    *("--output-format", "json"),
)
AMP = ("--dangerously-allow-all", "--stream-json", "-x")
CURSOR = ("cursor-agent", "-p", "--force", "--trust", "--output-format", "stream-json")
GOOSE = ("goose", "run", "--quiet", "--output-format", "stream-json", "-i", "-")
AIDER = (
    *("aider", "--yes-always", "--no-check-update", "--no-show-release-notes", "--no-pretty", "--no-stream"),
    *("--no-gitignore", "--no-detect-urls", "--input-history-file", "/f/aider.input.history"),
    *("--chat-history-file", "/f/aider.chat.history.md", "--message-file", "/f/prompt-1.md"),
)
REPLAY = (
    *("/py", "-P", "-m", "auto_milestone.agent.replay"),
    *("--patches=/patches", "--issue=7", "--attempt=1", "--message=Add it"),
)
MODEL, SESSION = ("--model", "M"), ("--session-id", "S-1")

# preset: (fresh, fresh with a model, resumed with a model)
ARGV: dict[str, tuple[tuple[str, ...], tuple[str, ...] | None, tuple[str, ...]]] = {
    "claude": ((*CLAUDE, *SESSION), (*CLAUDE, *MODEL, *SESSION), (*CLAUDE, *MODEL, "--resume", "S-1")),
    "codex": ((*CODEX, "-"), (*CODEX, *MODEL, "-"), (*CODEX, *MODEL, "resume", "S-1", "-")),
    "gemini": ((*GEMINI, *SESSION), (*GEMINI, *MODEL, *SESSION), (*GEMINI, *MODEL, "--resume", "S-1")),
    "opencode": (OPENCODE, (*OPENCODE, *MODEL), (*OPENCODE, *MODEL, "--session", "S-1")),
    "copilot": ((*COPILOT, *SESSION), (*COPILOT, *MODEL, *SESSION), (*COPILOT, *MODEL, *SESSION)),
    "amp": (
        ("amp", *AMP),
        ("amp", "--mode", "M", *AMP),
        ("amp", "--mode", "M", "threads", "continue", "S-1", *AMP),
    ),
    "cursor-agent": (CURSOR, (*CURSOR, *MODEL), (*CURSOR, *MODEL, "--resume", "S-1")),
    "goose": (
        (*GOOSE, "--name", "S-1"),
        (*GOOSE, *MODEL, "--name", "S-1"),
        (*GOOSE, *MODEL, "--name", "S-1", "--resume"),
    ),
    "aider": (AIDER, (*AIDER, *MODEL), (*AIDER, *MODEL, "--restore-chat-history")),
    "replay": (REPLAY, None, REPLAY),
}


def given(name: str, **more: Any) -> dict[str, Any]:
    return {"preset": name, **({"patches": "/patches"} if name == "replay" else {}), **more}


def test_every_preset_is_in_the_table() -> None:
    assert set(ARGV) == set(presets())


@pytest.mark.parametrize("name", presets())
def test_argv(name: str) -> None:
    fresh, with_model, resumed = ARGV[name]
    settings = agent_settings(given(name))
    values = VALUES | dict(settings.options)
    assert build_argv(settings, values, fresh=True) == fresh
    if with_model is not None:
        settings = agent_settings(given(name, model="M"))
        assert build_argv(settings, values, fresh=True) == with_model
    assert build_argv(settings, values, fresh=False) == resumed


@pytest.mark.parametrize("name", presets())
def test_presets_hand_on_no_forge_token(name: str) -> None:
    settings = agent_settings(given(name))
    assert not {"GITHUB_TOKEN", "GH_TOKEN", "SSH_AUTH_SOCK"} & {*settings.environment, *settings.variables}
    assert settings.name == name
    assert settings.usage_limits
    assert settings.lost_sessions


def test_a_budget_is_an_argument_of_claude() -> None:
    settings = agent_settings({"preset": "claude", "budget_usd": 8})
    assert build_argv(settings, VALUES, fresh=True) == (*CLAUDE, "--max-budget-usd", "8", *SESSION)


def test_a_name_is_a_preset() -> None:
    assert agent_settings("claude") == agent_settings({"preset": "claude"})


def test_settings_of_a_person_come_on_top() -> None:
    settings = agent_settings(
        {
            "preset": "claude",
            "timeout": "2h",
            "silence": 90,
            "environment": ["AWS_*"],
            "variables": {"EXTRA": 1},
            "fields": {"summary": "text"},
            "resume": [],
            "usage_limits": ["no more"],
        }
    )
    plain = agent_settings("claude")
    assert (settings.timeout, settings.silence, settings.resume) == (7200, 90, ())
    assert settings.environment == (*plain.environment, "AWS_*")
    assert settings.variables == {**plain.variables, "EXTRA": "1"}
    assert settings.fields == {**plain.fields, "summary": "text"}
    assert settings.usage_limits == (*plain.usage_limits, "no more")


def test_a_preset_with_another_command() -> None:
    settings = agent_settings({"preset": "claude", "command": ["/opt/claude", "-p", "--x"]})
    assert build_argv(settings, VALUES, fresh=True) == ("/opt/claude", "-p", "--x", *SESSION)


def test_a_command_of_ones_own() -> None:
    settings = agent_settings(
        {"command": ["bin/agent", "{issue}", "--m={model}", '{"a": {"b": 1}}'], "model": "M"}
    )
    assert settings.name == "agent"
    assert build_argv(settings, VALUES, fresh=True) == ("bin/agent", "7", "--m=M", '{"a": {"b": 1}}')


def test_changes_of_an_issue() -> None:
    base = {"preset": "claude", "model": "sonnet", "timeout": "2h", "environment": ["A"]}
    settings = agent_settings(base, {"model": "opus", "budget_usd": 8})
    assert (settings.name, settings.model, settings.budget_usd) == ("claude", "opus", 8)
    assert (settings.timeout, settings.environment[-1]) == (7200, "A")


@pytest.mark.parametrize("change", ["codex", {"preset": "codex"}])
def test_another_preset_for_an_issue_keeps_the_times_only(change: Any) -> None:
    settings = agent_settings(
        {"preset": "claude", "model": "sonnet", "timeout": "2h", "silence": "1m"}, change
    )
    assert (settings.name, settings.model) == ("codex", None)
    assert (settings.timeout, settings.silence) == (7200, 60)


@pytest.mark.parametrize("value", [{"patches": "/p"}, {"options": {"patches": "/p"}}])
def test_options_of_a_preset(value: dict[str, Any]) -> None:
    assert agent_settings({"preset": "replay", **value}).options == {"patches": "/p"}


def test_option_values_are_not_filled_in() -> None:
    settings = agent_settings({"preset": "replay", "patches": "/p/{issue}"})
    argv = build_argv(settings, VALUES | dict(settings.options) | {"title": "{model}"}, fresh=True)
    assert "--patches=/p/{issue}" in argv
    assert "--message={model}" in argv


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("nope", r"^agent: there is no preset 'nope'; there is claude, codex, gemini, "),
        (["claude"], r"^agent: \['claude'\] is neither a preset nor a mapping"),
        ({}, r"^agent: name a `preset` \(claude, .*\) or a `command`"),
        ({"preset": "claude", "modle": "x"}, r"^agent: there is no key `modle`; there is budget_args, "),
        ({"preset": "claude", "patches": "x"}, r"^agent: there is no key `patches`"),
        ({"preset": "replay"}, r"^agent `replay` needs `patches`"),
        ({"preset": "codex", "budget_usd": 2}, r"^agent `codex` has no argument for `budget_usd`"),
        ({"preset": "replay", "patches": "x", "model": "m"}, r"^agent `replay` has no argument for `model`"),
        ({"preset": "claude", "budget_usd": 0}, r"^agent: `budget_usd`: 0 is no amount of dollars"),
        ({"preset": "claude", "model": ["x"]}, r"^agent: `model`: \['x'\] is no name"),
        ({"preset": "claude", "output": "xml"}, r"^agent: `output`: 'xml' is none of text, json, jsonl"),
        ({"preset": "claude", "timeout": "soon"}, r"^agent: `timeout`: 'soon' is no duration"),
        ({"preset": "claude", "usage_limits": ["("]}, r"^agent: `usage_limits`: '\(' is no pattern"),
        ({"preset": "claude", "variables": ["A"]}, r"^agent: `variables`: \['A'\] is no mapping"),
        ({"command": "ls"}, r"^agent: `command` is a list"),
        ({"command": []}, r"^agent: `command` is a list"),
        ({"command": ["x", "{foo}"]}, r"^agent `x`: \{foo\} in `\{foo\}` has no value; there is \{attempt\}"),
        ({"command": ["x", "{model}"]}, r"^agent `x`: \{model\} in `\{model\}` has no value"),
        ({"command": ["x"], "resume": ["{sesion}"]}, r"^agent `x`: \{sesion\} in "),
        *(
            ({"preset": "claude", key: shape(name)}, rf"^agent `claude`: `{key}`: {name} is never given")
            for name in ("GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "TELEGRAM_BOT_TOKEN")
            for key, shape in (("environment", lambda n: [n]), ("variables", lambda n: {n: "x"}))
        ),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(value: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        agent_settings(value)
    assert "\n" not in str(caught.value)


def test_a_wrong_change_says_that_it_is_the_issue() -> None:
    with pytest.raises(ConfigError, match=r"^agent of the issue: there is no key `modell`"):
        agent_settings("claude", {"modell": "x"})


def test_presets_are_packaged() -> None:
    assert (Path(agent_settings.__code__.co_filename).parent / "presets.yaml").is_file()
