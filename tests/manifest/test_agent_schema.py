"""`agent` in the manifest: the schema takes what agents understand, and nothing else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from auto_milestone.agent.agents import agent_settings, presets
from auto_milestone.errors import ConfigError
from auto_milestone.manifest.manifest import read_settings
from support.project import Project

SCHEMA = Path(__file__).parents[2] / "schema" / "manifest.schema.json"
PATCH = """\
Says hello.

diff --git a/hello.txt b/hello.txt
new file mode 100644
--- /dev/null
+++ b/hello.txt
@@ -0,0 +1 @@
+hello
"""


def read(folder: Path, agent: Any) -> Any:
    """`agent` as a manifest that holds it gives it back."""
    path = folder / "milestone.yaml"
    path.write_text(
        f"forge: {{kind: local, issues: i, repository: .}}\nissues: [1]\nagent: {json.dumps(agent)}\n"
    )
    return read_settings(path).agent


def test_the_schema_has_the_keys_of_agents() -> None:
    with pytest.raises(ConfigError) as raised:
        agent_settings({"preset": "replay", "patches": "p", "nonsense": 1})
    known = set(re.split(r", ", str(raised.value).partition("there is no key `nonsense`; there is ")[2]))
    assert set(json.loads(SCHEMA.read_text())["$defs"]["agent"]["properties"]) == known


@pytest.mark.parametrize("name", presets())
def test_every_preset_can_be_named(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, name) == name


@pytest.mark.parametrize(
    "more",
    [
        {"environment": ["AWS_*", "*", "NAME_1"]},
        {"lost_sessions": ["no such chat"], "usage_limits": ["limit"]},
        {"budget_args": ["--most", "{budget_usd}"], "budget_usd": 999_999},
        {"options": {"tone": "calm"}, "command": ["my-agent", "{tone}"]},
        {
            "resume": [],
            "prompt": "none",
            "output": "jsonl",
            "fields": {"session": "id"},
            "variables": {"A": "b"},
        },
    ],
)
def test_what_a_command_of_ones_own_may_say(tmp_path: Path, more: dict[str, Any]) -> None:
    agent = {"command": ["my-agent", "{prompt_file}"], **more}
    assert read(tmp_path, agent) == agent
    assert agent_settings(agent).name == "my-agent"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"environment": ["*_KEY"]},
            'environment[0]: "*_KEY" cannot be used here; write the name of a variable',
        ),
        ({"environment": ["A*B"]}, 'environment[0]: "A*B" cannot be used here'),
        ({"environment": ["A_*=x"]}, 'environment[0]: "..." cannot be used here'),
        ({"lost_sessions": "gone"}, "lost_sessions: has to be a list"),
        ({"budget_usd": 1_000_000}, "budget_usd: has to be less than 1000000, not 1000000"),
        ({"patches": ""}, "patches: is empty"),
    ],
)
def test_what_no_agent_understands(tmp_path: Path, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, {"preset": "replay", **more})
    assert f"agent.{message}" in str(raised.value)


@pytest.mark.parametrize(
    "agent", ["{preset: replay, patches: recorded}", "{preset: replay, options: {patches: recorded}}"]
)
def test_recorded_patches_lie_beside_the_manifest(tmp_path: Path, agent: str) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest=f"agent: {agent}")
    (project.folder / "recorded").mkdir()
    (project.folder / "recorded" / "1.patch").write_text(PATCH)
    assert project.land().code == 0
    assert project.git("show", "main:hello.txt") == "hello"
