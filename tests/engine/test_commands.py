"""doit's own commands, and ours beside them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.project import Project


@pytest.fixture
def landed(tmp_path: Path) -> Project:
    project = Project(
        tmp_path / "p", {1: {"title": "First"}, 2: {"title": "Second", "body": "Blocked by #1"}}
    )
    assert project.land().code == 0
    return project


def test_list_names_tasks_with_what_they_do(landed: Project) -> None:
    out = landed.doit("list").out
    for task in (
        "plan",
        "worktree",
        "work",
        "pull",
        "ci",
        "review",
        "approve",
        "merge",
        "cleanup",
        "summary",
        "wave",
    ):
        assert any(line.split()[0] == task and len(line.split()) > 2 for line in out.splitlines()), task
    assert out.index("plan") < out.index("worktree") < out.index("merge") < out.index("cleanup")
    every = landed.doit("list", "--all", "--status", "merge").out
    assert "U merge:1" in every and "First" in every


def test_list_works_before_there_is_a_plan(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    assert "plan" in project.doit("list").out
    result = project.doit("merge")
    assert result.code == 3 and "holds no plan yet: run `doit plan`" in result.err


def test_info_says_why_a_task_would_run(landed: Project) -> None:
    out = landed.doit("info", "merge:2").out
    assert "up-to-date" in out and "receipts/2/merge.json" in out
    landed.doit("clean", "merge:2")
    out = landed.doit("info", "merge:2").out
    assert "targets do not exist" in out and "    - the receipt of merge:2 stands\n" in out
    assert " object at 0x" not in out + landed.doit("info", "plan").out


def test_clean_removes_a_receipt_and_the_next_run_finds_the_effect(landed: Project) -> None:
    subjects = landed.subjects()
    assert "removing file" in landed.doit("clean", "merge:2").out
    assert landed.receipt(2, "merge") is None
    assert landed.doit("merge").code == 0
    assert landed.subjects() == subjects
    receipt = landed.receipt(2, "merge")
    assert receipt and receipt["result"] == "adopted"


def test_forget_and_reset_dep_change_nothing_that_landed(landed: Project) -> None:
    before = landed.snapshot()
    assert landed.doit("forget", "--all").code == 0
    assert landed.doit("reset-dep").code == 0
    assert landed.doit("forget", "work:1").code == 0
    assert landed.doit("-n", "2", "merge").code == 0
    assert landed.snapshot() == before


def test_ignored_task_and_what_needs_it_are_left_out(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}, 3: {}})
    project.plan()
    assert project.doit("ignore", "work:1").code == 0
    result = project.doit("-n", "2", "merge")
    assert "work:1 is ignored" in result.out
    assert project.files() == {"README.md", "issue-3.txt"}
    project.doit("forget", "work:1")
    assert project.doit("-n", "2", "merge").code == 0
    assert "issue-2.txt" in project.files()


def test_n_may_stand_behind_the_task(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}})
    project.plan()
    assert project.doit("merge", "-n", "2").code == 0
    assert len(project.subjects()) == 3


def test_status_as_json(landed: Project) -> None:
    status = landed.status()
    assert status["milestone"] == "M1"
    assert status["counts"] == {
        "pending": 0,
        "running": 0,
        "waiting": 0,
        "failed": 0,
        "conflict": 0,
        "blocked": 0,
        "skipped": 0,
        "merged": 2,
    }
    one = status["issues"]["1"]
    assert (one["state"], one["phase"], one["pull"], one["attempts"]) == ("merged", "merge", 3, 1)
    assert one["since"] > 0 and {"reason", "until", "cost_usd"} <= set(one)


def test_status_for_a_person(landed: Project) -> None:
    out = landed.doit("status").out
    assert out.splitlines()[0] == "M1"
    assert "pull request #3" in out and out.splitlines()[-1] == "2 merged"


def test_status_says_after_what_an_issue_goes_on(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    assert project.doit("work:1").code == 0
    assert project.state(1) == ("pending", "to go on after work")
    assert "#1 goes on in pull\n" in project.doit("merge").out


def test_explain(tmp_path: Path) -> None:
    issues = {
        1: {},
        2: {"body": "Blocked by #1, #9 and #8\n\nSee also #3"},
        3: {},
        8: {"milestone": "M2", "state": "closed", "state_reason": "completed"},
        9: {"milestone": "M2"},
    }
    project = Project(tmp_path / "p", issues)
    project.plan()
    out = project.doit("explain", "2").out
    assert "waits for #1: pending" in out
    assert "from body:1 Blocked by #1, #9 and #8" in out
    assert "satisfied #8: closed as completed" in out
    assert "waits for #9: #9 is open in milestone M2" in out
    assert "freed by: closing #9 as completed, or `force_resolve: [9]` in milestone.yaml" in out
    assert "related, no blocker: #3" in out
    result = project.doit("explain", "77")
    assert result.code == 3 and "#77 is no issue of this plan" in result.err
    assert "usage" in project.doit("explain").err


def test_explain_tells_what_became_of_a_merged_issue(tmp_path: Path) -> None:
    cost = 'result {"status": "done", "cost_usd": 0.25}'
    script = {1: [["write one.txt x", "commit", cost], ["write issue-1.txt y", "commit", cost]]}
    project = Project(tmp_path / "p", {1: {}}, script, manifest="checks: [[test, -f, issue-1.txt]]")
    assert project.land().code == 0
    assert project.doit("explain", "#1").out.splitlines() == [
        "#1 Issue 1",
        "  merged",
        f"  pull request #2, merge commit {project.git('rev-parse', 'main')[:10]}",
        "  attempts: 2 (work, checks), $0.50",
        "  log: .milestone/m1/logs/1/agent.log",
        "  has no blockers",
    ]


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["explain", "1", "--json"], "--json"),
        (["status", "--all"], "--all"),
        (["explain", "--json", "1"], "--json"),
    ],
)
def test_option_that_a_command_does_not_have_is_one_line(
    landed: Project, words: list[str], option: str
) -> None:
    result = landed.doit(*words)
    assert (result.code, result.out) == (3, "")
    assert result.err == f"ERROR: option {option} is unknown; `doit help {words[0]}` lists the options\n"


def test_issue_that_was_reopened_after_its_merge_is_told_and_not_landed_again(landed: Project) -> None:
    subjects = landed.subjects()
    landed.write_issue(1, title="First")
    assert "not landed again: #1" in landed.plan().out
    receipt = landed.receipt(1, "merge")
    assert receipt
    told = f"reopened after it was merged as {receipt['values']['merge_commit'][:10]}: not landed again"
    assert landed.state(1) == ("merged", f"{told}; for more work open a new issue")
    assert told in landed.doit("status").out and told in landed.doit("explain", "1").out
    assert landed.doit("merge").code == 0
    assert landed.subjects() == subjects
    assert "reopened" not in landed.doit("status").out.partition("#2")[2]


def test_markers_of_a_text(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    (tmp_path / "text.md").write_text(
        "Intro\n\nBlocked by acme/app#4 and other/place#5\n\n**Depends on:** soon\n"
    )
    result = project.doit("markers", "--json", "--repository", "acme/app", str(tmp_path / "text.md"))
    found = json.loads(result.out)
    line = "Blocked by acme/app#4 and other/place#5"
    assert found["edges"] == [
        {"ref": "#4", "kind": "depends_on", "line": 3, "text": line},
        {"ref": "other/place#5", "kind": "depends_on", "line": 3, "text": line},
    ]
    assert [warning["line"] for warning in found["warnings"]] == [5]
    assert ":3: depends on" in project.doit("markers", str(tmp_path / "text.md")).out
    missing = project.doit("markers", "nowhere.md")
    assert missing.code == 3 and "nowhere.md: cannot be read" in missing.err


def test_summary_is_kept_and_printed(landed: Project) -> None:
    result = landed.doit("summary")
    assert result.code == 0
    assert result.out == (landed.root / "summary.md").read_text()
    assert "| #2 | Second | 2 | merged | #4 | 1 |\n" in result.out
    assert "ost" not in result.out, "no agent told a cost: there is nothing to say"


def test_manifest_that_cannot_be_used_is_one_line(landed: Project) -> None:
    landed.manifest.write_text("forge: {kind: local\n")
    for command in (["merge"], ["status"], ["plan"], ["summary"], ["explain", "1"]):
        result = landed.doit(*command)
        assert result.code != 0
        assert "milestone.yaml" in result.err and "Traceback" not in result.all
        assert len(result.err.strip().splitlines()) == 1


def test_damaged_plan_part_is_said_and_planned_anew(landed: Project) -> None:
    text = landed.manifest.read_text()
    landed.manifest.write_text(text.replace("planning_status: ready", "planning_status: fine"))
    result = landed.doit("merge")
    assert result.code == 3 and "run `doit plan` again" in result.err
    assert landed.doit("plan").code == 0
    assert landed.doit("merge").code == 0


def test_reader_that_leaves_early_is_no_error(landed: Project) -> None:
    shell = f"set -o pipefail; {sys.executable} -m doit status | true; {sys.executable} -m doit plan | true"
    done = subprocess.run(["bash", "-c", shell], cwd=landed.folder, capture_output=True, text=True)
    assert done.stderr == ""


def test_reader_that_leaves_early_does_not_stop_the_landing(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}})
    project.plan()
    shell = f"{sys.executable} -m doit -n 2 merge | head -1"
    done = subprocess.run(["bash", "-c", shell], cwd=project.folder, capture_output=True, text=True)
    assert "started" in done.stdout and done.stderr == ""
    assert project.status()["counts"]["merged"] == 2


def test_doits_own_run_says_what_is_missing(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    (project.folder / "doit.cfg").unlink()
    result = project.doit("worktree:1")
    assert result.code != 0 and "[tool.doit.plugins.command]" in result.all


@pytest.mark.parametrize("word", ["²", "#", "1.5", "-1"])
def test_explain_of_what_is_no_number(landed: Project, word: str) -> None:
    result = landed.doit("explain", word)
    assert result.code == 3 and len(result.err.splitlines()) == 1 and "Traceback" not in result.all
