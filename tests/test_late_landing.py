"""A forge that does not land at once: reviews, queues, branches that are behind, others who push meanwhile."""

import json
from pathlib import Path

import pytest
from support.project import Project
from support.stubborn import make_stubborn

NO_BAD = "checks: [[python3, -c, 'import sys, os; sys.exit(os.path.exists(\"bad.txt\"))']]"

AFTER_2 = (
    "sh while ! git -C ../../repo.git cat-file -e origin/main:issue-2.txt 2>/dev/null; do sleep 0.05; done"
)
"""A step of #1's agent: it waits until #2 has landed."""


def stubborn(folder: Path, *land: str, **more: str) -> Project:
    project = Project(folder, {1: {}}, **more)  # type: ignore[arg-type]
    make_stubborn(project, trouble={"land": list(land)})
    return project


def words(project: Project) -> list[str]:
    """What #1 waited for in its merge, in order."""
    journal = (project.root / "journal.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in journal]
    return [one["reason"] for one in entries if one.get("state") == "waiting" and one.get("phase") == "merge"]


def test_a_review_is_waited_for_and_told_once(tmp_path: Path) -> None:
    project = stubborn(tmp_path / "p", *["review"] * 4, "not yet", "not yet")
    result = project.land()
    assert result.code == 0, result.all
    assert words(project) == ["a review of somebody who may write", "the checks of main"]
    assert "#1 merge: waits for a review of somebody who may write\n" in result.out
    assert "#1 merge: waits for the checks of main, until " in result.out


def test_what_no_person_holds_back_has_a_deadline(tmp_path: Path) -> None:
    project = stubborn(tmp_path / "p", *["not yet"] * 1000, manifest="ci: {deadline: 1s}")
    assert project.land().code == 1
    assert project.state(1) == ("failed", "it could not land within 1s: it waits for the checks of main")
    make_stubborn(project)
    assert project.doit("merge").code == 0


def test_a_merge_queue_lands_it_in_the_end(tmp_path: Path) -> None:
    project = stubborn(tmp_path / "p", "queue")
    result = project.land()
    assert result.code == 0, result.all
    assert words(project) == ["its turn in the merge queue"]
    assert len(project.subjects()) == 2
    receipt = project.receipt(1, "merge")
    assert receipt and receipt["values"]["merge_commit"] == project.git("rev-parse", "main")


@pytest.mark.parametrize("method", ["squash", "merge", "rebase"])
def test_a_branch_that_is_behind_is_brought_onto_base(tmp_path: Path, method: str) -> None:
    """#2 lands first; the forge wants #1 to hold it before it takes #1."""
    script = {1: [["write one.txt x", "commit", AFTER_2]]}
    project = Project(tmp_path / "p", {1: {}, 2: {}}, script, manifest=f"merge: {{method: {method}}}")
    make_stubborn(project, trouble={"land": ["ok", "behind"]})
    result = project.land()
    assert result.code == 0, result.all
    assert project.files() == {"README.md", "one.txt", "issue-2.txt"}
    second, first = project.receipt(2, "merge"), project.receipt(1, "merge")
    assert first and second
    landed, head = second["values"]["merge_commit"], first["values"]["head"]
    assert project.git("merge-base", landed, head) == landed
    assert project.status()["issues"]["1"]["attempts"] == 1


@pytest.mark.parametrize(("function", "behind"), [("publish", ["behind"]), ("green", [])])
def test_a_kill_while_a_branch_catches_up(tmp_path: Path, function: str, behind: list[str]) -> None:
    """Before the rebased branch is pushed, and behind that, before its CI was looked at."""
    project = Project(tmp_path / "p", {1: {}, 2: {}}, {1: [["write one.txt x", "commit", AFTER_2]]})
    make_stubborn(project, trouble={"land": ["ok", "behind"]})
    dodo = project.folder / "dodo.py"
    killed = f"import os\nfrom auto_milestone.phases import merge\nmerge.{function} = lambda *args: os._exit(137)\n"
    before = dodo.read_text()
    dodo.write_text(killed + before)
    project.plan()
    assert project.doit("-n", "2", "merge").code == 137
    dodo.write_text(before)
    make_stubborn(project, trouble={"land": behind})
    result = project.doit("-n", "2", "merge")
    assert result.code == 0, result.all
    assert project.files() == {"README.md", "one.txt", "issue-2.txt"}
    assert len(project.subjects()) == 3
    assert project.status()["issues"]["1"]["attempts"] == 1


def test_a_branch_that_merges_but_does_not_rebase_is_merged_with_base(tmp_path: Path) -> None:
    """#1 changes a file and takes that back; #2 changes it too, and lands first."""
    gate = "sh until git -C ../../repo.git show origin/main:README.md 2>/dev/null | grep -q two; do sleep 0.05; done"
    there_and_back = ["write README.md one", "commit", "write README.md hello", "write one.txt x", "commit"]
    script = {1: [[*there_and_back, gate]], 2: [["write README.md two", "commit"]]}
    project = Project(tmp_path / "p", {1: {}, 2: {}}, script)
    make_stubborn(project, trouble={"land": ["ok", "behind"]})
    result = project.land()
    assert result.code == 0, result.all
    assert project.git("show", "main:README.md") == "two" and "one.txt" in project.files()
    assert project.status()["issues"]["1"]["attempts"] == 1


def test_a_conflict_of_the_forge_goes_to_the_agent(tmp_path: Path) -> None:
    script = {1: [["write one.txt x", "commit"], ["prompt ../../told.txt", "write two.txt y", "commit"]]}
    project = Project(tmp_path / "p", {1: {}}, script)
    make_stubborn(project, trouble={"land": ["conflict"]})
    assert project.land().code == 0
    assert "- README.md" in (project.root / "told.txt").read_text()
    assert project.status()["issues"]["1"]["attempts"] == 2


def test_base_that_never_stands_still_is_given_up(tmp_path: Path) -> None:
    project = stubborn(tmp_path / "p", *["moved"] * 30)
    assert project.land().code == 1
    reason = "main moved 20 times under the landing: stop what pushes to it"
    assert project.state(1) == ("failed", reason)


def test_others_who_push_in_the_last_instant_are_checked_as_well(tmp_path: Path) -> None:
    project = stubborn(tmp_path / "p", "beside good.txt", manifest=NO_BAD)
    result = project.land()
    assert result.code == 0, result.all
    assert project.files() == {"README.md", "good.txt", "issue-1.txt"}
    assert "holds what others pushed in the last instant as well; it passes the checks" in result.out
    receipt = project.receipt(1, "merge")
    assert receipt and receipt["values"]["tree"] == project.git("rev-parse", "main^{tree}")


def test_what_landed_red_stops_its_issue_until_base_is_mended(tmp_path: Path) -> None:
    project = stubborn(tmp_path / "p", "beside bad.txt", manifest=NO_BAD)
    assert project.land().code == 1
    state, reason = project.state(1)
    commit = project.git("rev-parse", "main")
    assert state == "failed" and reason.startswith(
        f"{commit[:10]} is on main, and checks fail on it: `python3 "
    )
    assert project.doit("merge").code == 1
    clone = tmp_path / "clone"
    project.git("clone", "-q", str(project.repository), str(clone))
    for command in (
        ["rm", "-q", "bad.txt"],
        ["commit", "-q", "-m", "Mend"],
        ["push", "-q", "origin", "main"],
    ):
        project.git("-C", str(clone), *command)
    assert project.doit("merge").code == 0
    assert project.state(1)[0] == "merged"
