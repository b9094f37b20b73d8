"""The one comment that an issue bears."""

import shutil
from pathlib import Path

from support.project import Project
from support.stubborn import make_stubborn


def said(project: Project, number: int) -> str:
    """What the comment on the issue says; empty: there is none."""
    path = project.folder / ".milestone" / ".forge" / "acme-app" / "comments" / f"{number}.md"
    return path.read_text() if path.exists() else ""


def test_a_comment_follows_its_issue(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="fix_rounds: 0")
    make_stubborn(project, checks=[[["test", "failure"]]])
    project.plan()
    assert project.doit("work").code == 0
    assert said(project, 1) == ""
    assert project.doit("pull").code == 0
    assert said(project, 1) == "Pull request #2 is open for this issue, from branch `feat/issue-1-issue-1`."
    assert project.doit("ci").code == 1
    assert said(project, 1) == (
        "Pull request #2 does not go on for now: **failed** in ci.\n\n"
        "> CI fails: `test` (test: 1 of 3 failed)\n\n`doit merge:1` tries again."
    )
    make_stubborn(project)
    assert project.doit("merge").code == 0
    commit = project.git("rev-parse", "main")
    assert (
        said(project, 1) == f"Landed on `main` as {commit}, by pull request #2.\n\nAttempts of the agent: 1."
    )


def test_a_comment_tells_what_it_cost_and_names_no_folder_of_this_disk(tmp_path: Path) -> None:
    script = {1: [["write one.txt x", "commit", 'result {"cost_usd": 0.5}']]}
    project = Project(tmp_path / "p", {1: {}}, script)
    project.plan()
    assert project.doit("approve").code == 0
    clone = tmp_path / "clone"
    project.git("clone", "-q", str(project.repository), str(clone))
    project.git("-C", str(clone), "checkout", "-q", "main")
    shutil.rmtree(project.repository)
    clone.rename(project.repository)
    (project.repository / "README.md").write_text("mine\n")
    assert project.doit("merge").code == 1
    assert "> main is checked out in repository.git with changes (README.md): commit or stash them" in said(
        project, 1
    )
    assert str(tmp_path) not in said(project, 1)
    project.git("checkout", "-q", "README.md")
    assert project.doit("merge").code == 0
    assert said(project, 1).endswith("Attempts of the agent: 1, cost: $0.50.")


def test_no_comments(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="comments: false")
    assert project.land().code == 0
    assert said(project, 1) == ""


def test_a_comment_that_fails_fails_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    make_stubborn(project, trouble={"comment": ["locked", "offline"]})
    result = project.land()
    assert result.code == 0, result.all
    assert "#1 its comment could not be written: locked" in result.out
    assert "#1 its comment could not be written: forge.example: no route to host" in result.out


def test_a_comment_that_fails_hides_no_reason(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="fix_rounds: 0")
    make_stubborn(project, checks=[[["test", "failure"]]], trouble={"comment": ["locked"] * 2})
    assert project.land().code == 1
    assert project.state(1) == ("failed", "CI fails: `test` (test: 1 of 3 failed)")
