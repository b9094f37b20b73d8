"""What a pull request says, and how it is opened."""

import json
from pathlib import Path
from typing import Any

from support.project import Project


def record(project: Project) -> dict[str, Any]:
    path = next(project.folder.glob(".milestone/.forge/*/pulls/*.json"))
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_draft_with_labels_is_ready_when_ci_is_green(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="pull: {draft: true, labels: [agent]}")
    project.plan()
    assert project.doit("pull:1").code == 0
    assert (record(project)["draft"], record(project)["labels"]) == (True, ["agent"])
    assert record(project)["body"] == "Closes #1\n\n- Attempts: 1\n"
    assert project.doit("ci:1").code == 0
    assert not record(project)["draft"]
    assert project.doit("merge").code == 0


def test_text_of_ones_own(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="pull: {template: docs/pull.md}")
    (project.folder / "docs").mkdir()
    (project.folder / "docs" / "pull.md").write_text("{closes}: {title}\n")
    assert project.land().code == 0
    assert record(project)["body"] == "Closes #1: Issue 1\n"


def test_template_that_cannot_be_used_is_told_before_anything_is_done(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="pull: {template: pull.md}")
    result = project.doit("plan")
    assert result.code == 1
    assert result.err.startswith("ERROR: pull.template: ") and "pull.md: No such file" in result.err
    (project.folder / "pull.md").write_text("{what}\n")
    result = project.doit("merge")
    assert result.code != 0 and len(result.err.strip().splitlines()) == 1
    assert "pull.md:1: no placeholder {what}; there are {issue}, {title}" in result.err
    assert not (project.root / "agents").exists()


def test_words_of_an_agent_close_no_other_issue(tmp_path: Path) -> None:
    said = json.dumps({"summary": "Fixes #2, says @octocat"})
    script = {1: [["write one.txt x", "commit", f"result {said}"]]}
    project = Project(tmp_path / "p", {1: {}, 2: {"milestone": "M2"}}, script)
    assert project.land().code == 0
    for text in (record(project)["body"], project.git("log", "-1", "--format=%B", "main")):
        assert "Closes #1\n" in f"{text}\n"
        assert "ixes #2, says @" in text and "Fixes #2" not in text and "@octocat" not in text
