"""The forge goes away in the middle of a run, and comes back, or does not."""

from pathlib import Path

import pytest
from support.project import Project
from support.stubborn import make_stubborn

READS_AND_WRITES = (
    "find_pull",
    "issue",
    "open_pull",
    "look",
    "ensure_checks",
    "check_runs",
    "land",
    "close_issue",
)


@pytest.mark.parametrize("method", READS_AND_WRITES)
def test_what_the_forge_did_not_answer_is_asked_again(tmp_path: Path, method: str) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}})
    project.plan()
    make_stubborn(project, trouble={method: ["offline", "offline"]})
    result = project.doit("-n", "2", "merge")
    assert result.code == 0, result.all
    assert "waits for the forge: forge.example: no route to host, until" in result.out
    assert "\nthe forge answers again\n" in result.out
    assert [subject.split(" (")[0] for subject in project.subjects()[1:]] == ["Issue 1", "Issue 2"]
    assert project.status()["issues"]["1"]["attempts"] == 1


def test_an_issue_that_waits_for_the_forge_holds_no_slot(tmp_path: Path) -> None:
    """The agents of #2 and #3 wait for each other: they need both slots, of which #1 took one first."""

    def meet(mine: str, other: str) -> str:
        return f"sh touch {tmp_path}/{mine}; while ! test -e {tmp_path}/{other}; do sleep 0.05; done"

    script = {
        2: [[meet("two", "three"), "write 2.txt x", "commit"]],
        3: [[meet("three", "two"), "write 3.txt x", "commit"]],
    }
    issues = {1: {}, 2: {}, 3: {}, 4: {"body": "Blocked by #1"}}
    project = Project(tmp_path / "p", issues, script)
    project.plan()
    make_stubborn(project, trouble={"find_pull": [f"offline for issue-1 until {tmp_path}/three"]})
    result = project.doit("-n", "2", "merge")
    assert result.code == 0, result.all
    assert "#1 worktree: waits for the forge" in result.out


def test_a_forge_that_stays_away_is_given_up(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    make_stubborn(project, wait_for=0.3, trouble={"open_pull": ["offline"] * 1000})
    project.plan()
    assert project.doit("merge").code == 1
    state, reason = project.state(1)
    assert state == "failed"
    assert reason.startswith("the forge: forge.example: no route to host; given up after ")
    make_stubborn(project)
    assert project.doit("merge").code == 0
    assert project.status()["issues"]["1"]["attempts"] == 1


def test_an_outage_is_told_once_however_many_issues_and_tries_it_meets(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}, 3: {}})
    project.plan()
    make_stubborn(project, trouble={"find_pull": ["offline"] * 9})
    result = project.doit("-n", "3", "merge")
    assert result.code == 0, result.all
    assert result.out.count("no route to host") == result.out.count("the forge answers again") == 1
    assert (project.root / "journal.jsonl").read_text().count("no route to host") == 9
