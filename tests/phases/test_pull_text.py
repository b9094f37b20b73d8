"""The text of a pull request."""

from dataclasses import replace
from pathlib import Path

import pytest
from auto_milestone.errors import ConfigError
from auto_milestone.model import Dependency, PlannedIssue
from auto_milestone.phases.attempts import Attempt
from auto_milestone.phases.harmless import ZERO_WIDTH
from auto_milestone.phases.pull_text import pull_text, read_template

ISSUE = PlannedIssue(12, "Tell @all", "open", "feat/issue-12", "ab" * 32)
BLOCKED = replace(ISSUE, depends_on=(Dependency(3, "native"), Dependency("other/repo#4", "native")))
ATTEMPT = Attempt(1, "work", "s", "", 0.0, 1.0, cost_usd=0.5, summary="Did it.\n\nFixes #99 {cost}\n")
WORK = [ATTEMPT, replace(ATTEMPT, number=2, cost_usd=0.75)]


def test_ours() -> None:
    text = pull_text(read_template(None), BLOCKED, WORK)
    summary = f"Did it.\n\nF{ZERO_WIDTH}ixes #99 {{cost}}"
    told = "- After #3, other/repo#4\n- Attempts: 2\n- Cost: $1.25"
    assert text == f"Closes #12\n\n{summary}\n\n{told}\n"


def test_what_there_is_nothing_to_say_of_is_left_out() -> None:
    assert pull_text(read_template(None), ISSUE, []) == "Closes #12\n"


def test_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "pull.md"
    path.write_text('## {title}\n\nFor #{issue}, {attempts} attempts ({cost})\n```json\n{ "a": {} }\n```\n')
    assert pull_text(read_template(path), ISSUE, WORK[:1]) == (
        f'## Tell @{ZERO_WIDTH}all\n\nFor #12, 1 attempts ($0.50)\n```json\n{{ "a": {{}} }}\n```\n'
    )


def test_templates_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "pull.md"
    with pytest.raises(ConfigError, match=r"^pull\.template: .*pull\.md: No such file"):
        read_template(path)
    with pytest.raises(ConfigError, match=r"^pull\.template: .*Is a directory"):
        read_template(tmp_path)
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_template(path)
    path.write_text("{closes}\n{sumary}\n")
    with pytest.raises(ConfigError, match=r"pull\.md:2: no placeholder \{sumary\}; there are \{issue\}, "):
        read_template(path)
    path.write_text("For #{ issue }\n")
    with pytest.raises(ConfigError, match=r"pull\.md:1: no placeholder \{ issue \}; there are \{issue\}, "):
        read_template(path)
