"""What is told at the end of a run in which something did not land."""

import json
import sys
from pathlib import Path

from support.project import Project
from support.repository import commit, sh
from support.terminal import Terminal

FAILING = [sys.executable, "-c", "print('1 of 2 tests failed: adds'); print('---'); raise SystemExit(1)"]
ASK = "approval: {channel: terminal}"


def blocks(out: str) -> list[list[str]]:
    """The blocks behind the summary, each as its lines."""
    return [
        block.splitlines() for block in out.strip().split("\n\n") if block.startswith("#") and ": " in block
    ]


def test_a_cause_is_told_once_with_its_log_and_what_waits_behind_it(tmp_path: Path) -> None:
    issues = {1: {}, 2: {"body": "Blocked by #1"}, 3: {"body": "Blocked by #2"}, 4: {}}
    project = Project(tmp_path / "p", issues, {1: [["exit 1"]], 4: [["exit 1"]]})
    result = project.land()
    assert result.code == 1
    why = "failed in work: the agent ended without any change on the branch (exit code 1)"
    assert blocks(result.out)[-1] == [
        f"#1, #4 {why}",
        "  log: .milestone/m1/logs/1/agent.log, .milestone/m1/logs/4/agent.log",
        "  waiting behind them: #2, #3",
        "  - try again: `doit merge:1 merge:4`; or mend it by hand in .milestone/m1/worktrees/1, "
        ".milestone/m1/worktrees/4, commit there, and run again",
        "  - treat #1 as resolved: `force_resolve: [1]` in milestone.yaml",
        "  - leave #2, #3 out: `skip: [2, 3]` in milestone.yaml",
    ]
    assert (project.folder / ".milestone/m1/logs/1/agent.log").exists()


def test_issues_that_wait_for_the_same_are_one_block(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}}, manifest=ASK)
    out = project.land().out
    assert out.count("\n#1, #2 waiting in approve: approval is asked in a terminal") == 1
    assert "  - try again: `doit merge:1 merge:2`" in out


def test_only_what_was_asked_for_is_told(tmp_path: Path) -> None:
    issues = {1: {}, 2: {"body": "Blocked by #1"}, 40: {"body": "Blocked by #99"}, 99: {"milestone": "M2"}}
    project = Project(tmp_path / "p", issues, {1: [["exit 1"], ["write one.txt 1", "commit"]]})
    project.plan()
    failed = project.doit("merge:1")
    assert failed.code == 1
    assert "#2" not in failed.out and "#40" not in failed.out and "| issue |" not in failed.out
    good = project.doit("merge:2")
    assert good.code == 0 and "#40" not in good.out and "#99" not in good.out
    assert good.out.endswith("M1: 2 of 3 issues merged\n")
    assert "#99 is open in milestone M2\n  waiting: #40\n" in project.doit("merge").out


def test_a_failed_check_says_what_it_said_last(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest=f"checks: {json.dumps([FAILING])}\nfix_rounds: 0")
    result = project.land()
    assert result.code == 1
    assert "(1 of 2 tests failed: adds)" in project.state(1)[1]
    assert "  log: .milestone/m1/logs/1/checks.log" in result.out


def test_explain_tells_of_a_failed_issue_what_can_be_done(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}}, {1: [["exit 1"]]})
    project.land()
    out = project.doit("explain", "1").out
    assert "failed in work: the agent ended without any change" in out
    assert "log: .milestone/m1/logs/1/agent.log" in out
    assert "- try again: `doit merge:1`" in out and "`force_resolve: [1]`" in out
    assert "try again" not in project.doit("explain", "2").out.split("freed by")[0]


def test_what_a_person_mends_by_hand_lands(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, {1: [["exit 1"]]})
    assert (
        "or mend it by hand in .milestone/m1/worktrees/1, commit there, and run again" in project.land().out
    )
    commit(project.root / "worktrees" / "1", "by-hand.txt", "mine\n")
    assert project.doit("merge:1").code == 0
    assert "by-hand.txt" in project.files()


def test_a_conflict_names_what_the_agent_said_and_is_resolved_by_hand(tmp_path: Path) -> None:
    script = {
        1: [["write README.md one", "commit"]],
        2: [["write README.md two", "commit"], ["print no idea"]],
    }
    project = Project(tmp_path / "p", {1: {}, 2: {}}, script)
    project.plan()
    assert project.doit("work:2").code == 0 and project.doit("merge:1").code == 0
    out = project.doit("merge").out
    assert "\n#2 conflict in merge: conflicts with main in README.md" in out
    assert "\n  log: .milestone/m1/logs/2/agent.log\n" in out
    assert "or resolve it by hand in .milestone/m1/worktrees/2, commit there, and run again" in out
    tree = project.root / "worktrees" / "2"
    sh(tree, "git", "merge", "-q", "-s", "ours", str(project.git("rev-parse", "main")))
    commit(tree, "README.md", "both\n")
    result = project.doit("merge:2")
    assert result.code == 0, result.all
    assert project.git("show", "main:README.md") == "both"


def test_a_way_out_is_yaml_that_can_be_copied(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"body": "Blocked by other/place#5"}})
    way = '`force_resolve: ["other/place#5"]` in milestone.yaml'
    assert f"  - treat other/place#5 as resolved: {way}\n" in project.land().out
    assert way in project.doit("explain", "1").out


def test_numbers_of_choices_run_in_order(tmp_path: Path) -> None:
    issues = {1: {}, 2: {}, 3: {"body": "Blocked by #1 and #2"}}
    project = Project(tmp_path / "p", issues, {1: [["exit 1"]], 2: [["exit 2"]]})
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("1. try again: `doit merge:1`")
    person.expect("3. leave #3 out: `skip: [3]` in milestone.yaml")
    person.expect("4. try again: `doit merge:2`")
    person.expect("5. treat #2 as resolved")
    person.expect("- (as 3) leave #3 out")
    person.expect("Enter to leave it as it is")
    person.type("")
    assert person.close() == 1


def test_a_choice_tries_nothing_else_again(tmp_path: Path) -> None:
    issues = {1: {}, 2: {}, 3: {"body": "Blocked by #1"}, 4: {"body": "Blocked by #1 and #2"}}
    script = {1: [["exit 1"], ["write one.txt one", "commit"]], 2: [["exit 2"], ["exit 3"]]}
    project = Project(tmp_path / "p", issues, script)
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("1. try again: `doit merge:1`")
    person.expect("nothing else is tried again")
    person.type("1")
    assert person.close() == 0
    states = {number: one["state"] for number, one in project.status()["issues"].items()}
    assert states == {"1": "merged", "2": "failed", "3": "merged", "4": "skipped"}
    assert project.status()["issues"]["2"]["attempts"] == 1


def test_leaving_out_is_written_and_tries_nothing_again(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}}, {1: [["exit 1"]]})
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("3. leave #2 out")
    person.expect("Enter to leave it as it is > ")
    person.type("3")
    person.expect("It stands in milestone.yaml now")
    assert person.close() == 1
    assert "skip: [2]" in project.manifest.read_text()
    assert project.status()["issues"]["1"]["attempts"] == 1
