"""The mirror was deleted by hand while issues were under way: they go on from what the forge has."""

import shutil
import signal
from pathlib import Path

from support.project import Project
from support.repository import commit, sh
from support.terminal import Terminal

ASK = "approval: {channel: terminal}"


def test_pull_requests_and_merges_are_taken_up_and_no_agent_is_asked_again(tmp_path: Path) -> None:
    issues = {1: {}, 2: {"body": "Blocked by #1"}, 3: {}}
    project = Project(tmp_path / "p", issues, manifest=ASK)
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("#1 Issue 1: merge pull request #4?")
    person.expect(" > ")
    person.type("merge")
    person.expect("merge pull request #5?")
    person.expect(" > ")
    person.process.send_signal(signal.SIGINT)
    assert person.close() == 130
    shutil.rmtree(project.root / "repo.git")
    project.manifest.write_text(project.manifest.read_text().replace(ASK, "approval: {channel: auto}"))
    done = project.doit("-n", "2", "merge")
    assert done.code == 0, done.all
    assert "its branch is gone from" in done.out
    assert project.files() == {"README.md", "issue-1.txt", "issue-2.txt", "issue-3.txt"}
    assert len(project.subjects()) == 4
    status = project.status()["issues"]
    assert [status[number]["attempts"] for number in "123"] == [1, 1, 1]
    assert sorted(status[number]["pull"] for number in "123") == [4, 5, 6]


def test_work_that_was_never_pushed_is_done_again_and_its_files_are_kept(tmp_path: Path) -> None:
    script = {1: [["write one.txt first", "commit", "exit 1"], ["write one.txt second", "commit"]]}
    fails_once = "checks: [[sh, -c, 'grep -q second one.txt']]\nfix_rounds: 0"
    project = Project(tmp_path / "p", {1: {}}, script, manifest=fails_once)
    assert project.land().code == 1
    shutil.rmtree(project.root / "repo.git")
    done = project.doit("merge")
    assert done.code == 0, done.all
    assert project.git("show", "main:one.txt") == "second"
    kept = list((project.root / "quarantine").glob("1-*/one.txt"))
    assert [path.read_text() for path in kept] == ["first\n"]


def test_when_all_has_landed_it_is_not_missed(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    assert project.land().code == 0
    shutil.rmtree(project.root / "repo.git")
    assert project.doit("merge").code == 0
    assert project.doit().code == 0
    assert project.plan().code == 0


def test_letting_go_of_our_branch_takes_that_of_the_forge(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest=ASK)
    assert project.land("merge").code == 1
    branch = "feat/issue-1-issue-1"
    sh(tmp_path, "git", "clone", "-q", "--branch", branch, str(project.repository), "theirs")
    commit(tmp_path / "theirs", "theirs.txt", "from a person\n")
    sh(tmp_path / "theirs", "git", "commit", "-q", "--amend", "--message", "Another history")
    sh(tmp_path / "theirs", "git", "push", "-q", "--force", "origin", branch)
    shutil.rmtree(project.root / "worktrees" / "1")
    sh(project.root / "repo.git", "git", "update-ref", "-d", f"refs/heads/{branch}")
    project.manifest.write_text(project.manifest.read_text().replace(ASK, "approval: {channel: auto}"))
    done = project.doit("merge")
    assert done.code == 0, done.all
    assert "theirs.txt" in project.files()
    assert project.status()["issues"]["1"]["attempts"] == 1


def test_files_beside_what_has_landed_are_kept_by_cleanup(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    assert project.land().code == 0
    notes = project.root / "worktrees" / "1" / "notes.txt"
    notes.write_text("by hand\n")
    shutil.rmtree(project.root / "repo.git")
    assert project.doit("cleanup").code == 0
    kept = list((project.root / "quarantine").glob("1-*/notes.txt"))
    assert [path.read_text() for path in kept] == ["by hand\n"]
