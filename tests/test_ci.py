"""CI that is not there at once: what is waited for, what goes to the agent, what a person is told."""

from pathlib import Path

from support.project import Project
from support.stubborn import make_stubborn


def test_required_check_that_comes_late_is_waited_for(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    looks = [[], [["lint", "failure"]], [["lint", "failure"], ["test", None]], [["test", "success"]]]
    make_stubborn(project, checks=looks, required=["test"])
    result = project.land()
    assert result.code == 0, result.all
    assert "#1 ci: waits for CI to begin (test), until " in result.out
    receipt = project.receipt(1, "ci")
    assert receipt and receipt["values"]["checks"] == ["test"]


def test_red_check_goes_to_the_agent_with_its_output(tmp_path: Path) -> None:
    script = {1: [["write one.txt x", "commit"], ["prompt ../../told.txt", "write two.txt y", "commit"]]}
    project = Project(tmp_path / "p", {1: {}}, script=script)
    make_stubborn(project, checks=[[["test", "failure"]], [["test", "success"]]])
    result = project.land()
    assert result.code == 0 and "\n#1 CI fails: attempt 2\n" in result.out
    told = (project.root / "told.txt").read_text()
    assert "`test` failed" in told and "test: 1 of 3 failed" in told


def test_red_check_at_the_end_of_all_rounds_is_told_with_its_output(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="fix_rounds: 0")
    make_stubborn(project, checks=[[["test", "failure"]]])
    assert project.land().code == 1
    assert project.state(1) == ("failed", "CI fails: `test` (test: 1 of 3 failed)")


def test_cancelled_check_is_not_the_agents_business(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="ci: {appear_within: 0.5}")
    make_stubborn(project, checks=[[["test", "cancelled"]]])
    assert project.land().code == 1
    where = "`test` (https://ci.example/test)"
    assert project.state(1) == (
        "failed",
        f"CI was cancelled: re-run {where}, then run the same command again",
    )
    assert project.status()["issues"]["1"]["attempts"] == 1


def test_run_that_a_person_has_to_approve_is_waited_for(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    make_stubborn(project, checks=[[["test", "action_required"]], [["test", "success"]]])
    result = project.land()
    assert result.code == 0, result.all
    assert "#1 ci: waits for a person to approve the run of `test` (https://ci.example/test)" in result.out


def test_ci_that_never_begins_names_the_way_out(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="ci: {required: [deploy], appear_within: 1s}")
    make_stubborn(project)
    result = project.land()
    assert result.code == 1
    reason = "CI did not report deploy within 1 s (there are: git rev-parse HEAD): mend CI, or `ci: {required: ...}`"
    assert project.state(1) == ("failed", f"{reason}; `ci: skip` in milestone.yaml waits for no CI")
    text = project.manifest.read_text()
    project.manifest.write_text(text.replace("ci: {required: [deploy], appear_within: 1s}", "ci: skip"))
    assert project.doit("merge").code == 0
    assert "issue-1.txt" in project.files()
