import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from auto_milestone.durations import parse_duration
from auto_milestone.manifest.schema_check import SettingError, check_person
from auto_milestone.manifest.settings import IssueChange, Settings, Source, settings_from
from auto_milestone.receipts import Receipt, write_receipt
from hypothesis import given
from hypothesis import strategies as st

FORGE = {"kind": "github", "repository": "acme/rocket"}


def schema(name: str) -> dict[str, Any]:
    text = resources.files("auto_milestone.schema").joinpath(f"{name}.schema.json").read_text()
    return json.loads(text)


def read(**data: Any) -> Settings:
    data = {"forge": FORGE, **data}
    check_person(data)
    return settings_from(data)


def test_defaults() -> None:
    settings = read()
    assert settings == Settings(source=None, forge=FORGE)
    assert (settings.base, settings.agent, settings.merge_method) == ("main", "claude", "squash")
    assert (settings.check_timeout, settings.fix_rounds) == (1800.0, 2)
    assert (settings.ci_appear_within, settings.ci_deadline) == (600.0, 7200.0)
    assert (settings.ci_skip, settings.ci_required) == (False, ())
    assert settings.approval_channels == ("terminal",)
    assert not settings.approve_plan
    assert not settings.barrier
    assert settings.comments
    assert (settings.trust, settings.trust_label) == (frozenset(), None)


def test_the_schema_names_the_same_defaults() -> None:
    keys = schema("manifest")["properties"]
    settings = read()
    for key in ("base", "agent", "fix_rounds", "approve_plan", "barrier", "comments"):
        assert keys[key]["default"] == getattr(settings, key)
    for key in ("setup", "checks", "force_resolve", "skip", "trust"):
        assert keys[key]["default"] == list(getattr(settings, key))
    assert parse_duration(keys["check_timeout"]["default"]) == settings.check_timeout
    assert keys["approval"]["properties"]["channel"]["default"] == settings.approval_channels[0]
    assert keys["merge"]["properties"]["method"]["default"] == settings.merge_method
    pull = keys["pull"]["properties"]
    assert pull["draft"]["default"] == settings.pull_draft
    assert pull["labels"]["default"] == list(settings.pull_labels)
    waits = keys["ci"]["properties"]
    assert parse_duration(waits["appear_within"]["default"]) == settings.ci_appear_within
    assert parse_duration(waits["deadline"]["default"]) == settings.ci_deadline
    assert parse_duration(keys["poll"]["default"]) == settings.poll


def test_every_key() -> None:
    settings = read(
        milestone="M3",
        base="release/2.x",
        agent={"preset": "claude", "model": "opus", "timeout": "2h"},
        setup=[["pnpm", "install"]],
        checks=[["pnpm", "test"], ["pnpm", "lint"]],
        check_timeout="90s",
        fix_rounds=0,
        approval={"channel": ["auto", "terminal"]},
        merge={"method": "rebase"},
        pull={"draft": True, "labels": ["agent"], "template": "docs/pull.md"},
        force_resolve=[99, "other/repo#3"],
        skip=[14],
        issues={"15": {"depends_on": [12, "other/repo#4"], "agent": {"model": "haiku"}}, "16": {}},
        approve_plan=True,
        barrier=True,
        comments=False,
        trust=["Octocat", "dependabot[bot]"],
        trust_label="safe-to-run",
        ci={"required": ["test", "lint"], "appear_within": 30, "deadline": "1h30m"},
        poll="1m",
    )
    assert settings == Settings(
        source=Source("milestone", milestone="M3"),
        forge=FORGE,
        base="release/2.x",
        agent={"preset": "claude", "model": "opus", "timeout": "2h"},
        setup=(("pnpm", "install"),),
        checks=(("pnpm", "test"), ("pnpm", "lint")),
        check_timeout=90.0,
        fix_rounds=0,
        approval_channels=("auto", "terminal"),
        merge_method="rebase",
        pull_draft=True,
        pull_labels=("agent",),
        pull_template="docs/pull.md",
        force_resolve=frozenset({99, "other/repo#3"}),
        skip=frozenset({14}),
        changes={15: IssueChange((12, "other/repo#4"), {"model": "haiku"}), 16: IssueChange()},
        approve_plan=True,
        barrier=True,
        comments=False,
        trust=frozenset({"octocat", "dependabot[bot]"}),
        trust_label="safe-to-run",
        ci_required=("test", "lint"),
        ci_appear_within=30.0,
        ci_deadline=5400.0,
        poll=60.0,
    )


@pytest.mark.parametrize(
    ("data", "source"),
    [
        ({}, None),
        ({"milestone": "M3"}, Source("milestone", milestone="M3")),
        ({"milestone": 3}, Source("milestone", milestone=3)),
        ({"epic": 635}, Source("epic", epic=635)),
        ({"issues": [13, 12]}, Source("issues", issues=(13, 12))),
        ({"issues": {"13": {}, "12": {}}}, Source("issues", issues=(13, 12))),
        ({"issues": {}}, None),
        ({"epic": 635, "issues": {"13": {}}}, Source("epic", epic=635)),
    ],
)
def test_source(data: dict[str, Any], source: Source | None) -> None:
    assert read(**data).source == source


def test_an_empty_depends_on_is_a_change() -> None:
    changes = read(issues={"14": {"depends_on": []}, "15": {"agent": "codex"}}).changes
    assert changes == {14: IssueChange(depends_on=()), 15: IssueChange(agent={"preset": "codex"})}


@pytest.mark.parametrize("forge", [FORGE, {**FORGE, "kind": "local", "issues": "i", "name": "acme/rocket"}])
def test_a_reference_to_the_own_repository_is_a_number(forge: dict[str, Any]) -> None:
    assert read(forge=forge, force_resolve=["Acme/Rocket#3"]).force_resolve == frozenset({3})


def test_an_issue_cannot_depend_on_itself_under_another_name() -> None:
    with pytest.raises(SettingError, match=r"^issues\.14\.depends_on\[1\]: #14 cannot depend on itself"):
        read(issues={"14": {"depends_on": [12, "acme/rocket#14"]}})


@pytest.mark.parametrize("base", ["main", "release/2.x", "a", "v1.0_rc-2", "x.lockfile"])
def test_base(base: str) -> None:
    assert read(base=base).base == base


@pytest.mark.parametrize(
    "base",
    [
        *("", "-x", "/x", ".x", "a..b", "a//b", "a/.b", "a/", "a.", "x.lock", "x.lock/y", "a b", "a@{1}"),
        *("main\n", "a\n..b", "ä", "x" * 82, "a:b", "a^", "a\\b", "a~1"),
    ],
)
def test_no_base(base: str) -> None:
    with pytest.raises(SettingError, match=r"^base: "):
        read(base=base)


@given(st.from_regex(schema("manifest")["$defs"]["duration"]["pattern"]))
def test_a_duration_that_the_schema_takes_is_one(text: str) -> None:
    assert parse_duration(text) > 0


@pytest.mark.parametrize(
    "value", [0, -1, 0.0, "0", "0s", "0h0m", "", "5 minutes", "m", "1w", True, None, [], 4e9]
)
def test_no_duration(value: Any) -> None:
    with pytest.raises(SettingError, match=r"^check_timeout: "):
        read(check_timeout=value)


@pytest.mark.parametrize(
    "ref", ["#3", "3", "a#3", "a/b", "a/b#0", "a/b#03", "a/b/c#3", "a/b#3\n", 0, -1, 1.5, True]
)
def test_no_reference(ref: Any) -> None:
    with pytest.raises(SettingError, match=r"^force_resolve\[0\]: "):
        read(force_resolve=[ref])


def test_what_may_be_a_secret_is_not_shown() -> None:
    with pytest.raises(SettingError) as raised:
        read(agent={"environment": ["TOKEN=hunter2"]})
    assert "hunter2" not in str(raised.value)
    with pytest.raises(SettingError) as raised:
        read(forge={**FORGE, "base_url": "https://me:hunter2@github.example.com"})
    assert "hunter2" not in str(raised.value)


def test_the_schemas_are_schemas() -> None:
    for name in ("manifest", "receipt"):
        jsonschema.Draft202012Validator.check_schema(schema(name))


def described(part: dict[str, Any], where: str, definitions: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every key that a person may write, with its description."""
    if "$ref" in part:
        target = definitions[part["$ref"].rpartition("/")[2]]
        yield from described({**target, **{k: v for k, v in part.items() if k != "$ref"}}, where, definitions)
        return
    for key, value in part.get("properties", {}).items():
        target = definitions.get(value.get("$ref", "").rpartition("/")[2], {})
        yield f"{where}{key}", value.get("description") or target.get("description", "")
        if key != "plan":
            yield from described(value, f"{where}{key}.", definitions)
    if isinstance(more := part.get("additionalProperties"), dict):
        yield from described(more, f"{where}*.", definitions)


def test_every_key_is_described_with_an_example() -> None:
    whole = schema("manifest")
    found = dict(described(whole, "", whole["$defs"]))
    assert {"forge.kind", "agent.fields.session", "issues.*.agent.model", "ci.deadline"} <= found.keys()
    assert [key for key, text in found.items() if key != "plan" and "xample" not in text] == []
    optional = {key for key in found if "required" not in found[key].lower() and "fields." not in key}
    assert [key for key in optional - {"plan"} if "Default: " not in found[key]] == []


def patterns(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("pattern"), str):
            yield part["pattern"]
        for value in part.values():
            yield from patterns(value)
    elif isinstance(part, list):
        for value in part:
            yield from patterns(value)


def test_no_pattern_takes_a_newline_at_the_end() -> None:
    for pattern in set(patterns(schema("manifest"))):
        for text in ("1", "a", "a/b", "a/b#1", "1h", "https://a", "main"):
            assert not re.search(pattern, f"{text}\n")


def test_a_receipt_has_the_form_of_its_schema(tmp_path: Path) -> None:
    path = tmp_path / "work.json"
    write_receipt(path, Receipt(13, "work", "done", {"worktree": "ab12"}, 1.5, 2.5, {"head": "c0ffee"}))
    validator = jsonschema.Draft202012Validator(schema("receipt"))
    validator.validate(json.loads(path.read_text()))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**json.loads(path.read_text()), "phase": "dance"})


@pytest.mark.parametrize("name", ["auto", "terminal"])
def test_approval_by_the_name_of_its_channel(name: str) -> None:
    assert read(approval=name).approval_channels == (name,)
    assert read(approval={}).approval_channels == ("terminal",)


def test_no_ci() -> None:
    settings = read(ci="skip")
    assert settings == Settings(source=None, forge=FORGE, ci_skip=True)


@pytest.mark.parametrize(
    "ci", ["none", "", [], {"required": []}, {"required": ["a", "a"]}, {"required": [1]}, True]
)
def test_no_setting_of_ci(ci: Any) -> None:
    with pytest.raises(SettingError, match=r"^ci"):
        read(ci=ci)


@pytest.mark.parametrize("trust", ["octocat", ["@octocat"], ["a b"], [""], ["octocat\n"], ["a", "a"], [1]])
def test_no_list_of_logins(trust: Any) -> None:
    with pytest.raises(SettingError, match=r"^trust"):
        read(trust=trust)


@pytest.mark.parametrize("label", ["", [], ["a"], 1])
def test_no_label(label: Any) -> None:
    with pytest.raises(SettingError, match=r"^trust_label: "):
        read(trust_label=label)


@pytest.mark.parametrize(
    "pull", ["draft", {"draft": 1}, {"labels": "agent"}, {"labels": [""]}, {"template": ""}]
)
def test_no_setting_of_pull_requests(pull: Any) -> None:
    with pytest.raises(SettingError, match=r"^pull"):
        read(pull=pull)


@pytest.mark.parametrize("comments", ["no", 0, None, []])
def test_comments_are_on_or_off(comments: Any) -> None:
    with pytest.raises(SettingError, match=r"^comments: "):
        read(comments=comments)
