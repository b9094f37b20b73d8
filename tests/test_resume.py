"""Running the same command again, after anything."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.project import Project
from support.repository import sh

TOP = Path(__file__).resolve().parents[1]


def until(true: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


class Sample:
    """The sample milestone in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        for name in ("dodo.py", "milestone.yaml", "pyproject.toml"):
            shutil.copy(TOP / name, folder)
        shutil.copytree(TOP / "examples", folder / "examples")

    def start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "doit", "-n", "2", "merge"],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def land(self) -> "subprocess.CompletedProcess[str]":
        argv = [sys.executable, "-m", "doit", "-n", "2", "merge"]
        return subprocess.run(argv, cwd=self.folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    @property
    def root(self) -> Path:
        return self.folder / ".milestone" / "badge-generator"

    def events(self) -> int:
        journal = self.root / "journal.jsonl"
        return journal.read_bytes().count(b"\n") if journal.exists() else 0

    def git(self, *args: str) -> str:
        return sh(
            self.folder / ".milestone" / ".forge" / "badgekit-badgekit" / "repository.git", "git", *args
        )

    def end(self) -> tuple[str, list[str], list[str], list[str]]:
        """(tree on base, titles that landed, receipts, states of the pull requests)."""
        titles = [line.split(" (#")[0] for line in self.git("log", "--format=%s", "main").splitlines()]
        receipts = [str(path.relative_to(self.root)) for path in self.root.glob("receipts/*/*.json")]
        pulls = [
            json.loads(path.read_text())["state"]
            for path in self.folder.glob(".milestone/.forge/*/pulls/*.json")
        ]
        return self.git("rev-parse", "main^{tree}"), sorted(titles), sorted(receipts), pulls


def test_kill_at_five_instants_gives_the_same_end(tmp_path: Path) -> None:
    undisturbed = Sample(tmp_path / "undisturbed")
    assert undisturbed.land().returncode == 0
    expected = undisturbed.end()
    assert len(expected[1]) == 14 and len(set(expected[1])) == 14
    disturbed = Sample(tmp_path / "disturbed")
    for instant in (3, 20, 60, 110, 160):
        runner = disturbed.start()
        until(lambda at=instant, it=runner: disturbed.events() >= at or it.poll() is not None)
        assert runner.poll() is None, "the milestone landed before the kill"
        runner.send_signal(signal.SIGKILL)
        runner.wait()
    last = disturbed.land()
    assert last.returncode == 0, last.stdout + last.stderr
    assert disturbed.end() == expected


def test_sample_lands_whole_and_its_own_checks_pass_on_base(tmp_path: Path) -> None:
    sample = Sample(tmp_path / "sample")
    done = sample.land()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "13 of 13 issues merged" in done.stdout
    checkout = tmp_path / "checkout"
    sh(
        tmp_path,
        "git",
        "clone",
        "-q",
        str(next(sample.folder.glob(".milestone/.forge/*/repository.git"))),
        str(checkout),
    )
    sh(checkout, sys.executable, "-m", "compileall", "-q", "badgekit")
    sh(checkout, sys.executable, "-m", "unittest", "discover", "-s", "tests", "-t", ".")
    second = [
        path
        for path in sample.root.glob("agents/126/attempts.json")
        if len(json.loads(path.read_text())["attempts"]) == 2
    ]
    assert second, "126 is recorded with a first attempt that fails its checks"


def slow(folder: Path, **more) -> Project:
    """Issue 1's agent writes a mark, then works for long; its second start finishes at once."""
    begun = folder.parent / "begun"
    steps = [
        f"sh echo $$ >> {begun}; test $(wc -l < {begun}) -gt 1 || sleep 600",
        "write one.txt one",
        "commit",
    ]
    return Project(folder, {1: {}}, script={1: [steps]}, **more)


def starts(project: Project) -> list[int]:
    begun = project.folder.parent / "begun"
    return [int(line) for line in begun.read_text().split()] if begun.exists() else []


def test_killed_runner_leaves_an_agent_and_the_next_run_ends_it(tmp_path: Path) -> None:
    project = slow(tmp_path / "p")
    project.plan()
    runner = project.start("merge")
    until(lambda: starts(project))
    runner.send_signal(signal.SIGKILL)
    runner.communicate()
    leftover = starts(project)[0]
    os.kill(leftover, 0)
    result = project.doit("merge")
    assert result.code == 0, result.all
    assert "one.txt" in project.files()
    assert not Path(f"/proc/{leftover}/cwd").exists()
    assert project.status()["issues"]["1"]["attempts"] == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_asked_to_stop_it_ends_the_agent_and_goes_on_later(tmp_path: Path, number: int, code: int) -> None:
    project = slow(tmp_path / "p")
    project.plan()
    runner = project.start("merge")
    until(lambda: starts(project))
    runner.send_signal(number)
    out, _ = runner.communicate(timeout=60)
    assert runner.returncode == code
    assert "goes on where this run left off" in out
    assert project.state(1) == ("pending", "interrupted in work")
    assert project.doit("merge").code == 0
    assert "one.txt" in project.files()


def test_second_signal_kills_an_agent_that_will_not_end(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    steps = [f"sh trap '' TERM; echo $$ >> {begun}; sleep 600 & while true; do wait; done"]
    project = Project(tmp_path / "p", {1: {}}, script={1: [steps]})
    project.plan()
    runner = project.start("merge")
    until(begun.exists)
    runner.send_signal(signal.SIGINT)
    time.sleep(0.3)
    runner.send_signal(signal.SIGINT)
    runner.communicate(timeout=60)
    assert runner.returncode == 130


def test_two_runners_do_not_run_at_once(tmp_path: Path) -> None:
    project = slow(tmp_path / "p")
    project.plan()
    first = project.start("merge")
    until(lambda: starts(project))
    second = project.doit("merge")
    assert second.code == 3
    assert f"pid {first.pid} on " in second.err
    assert project.state(1)[0] == "running"
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=60)
    assert len(starts(project)) == 1


def test_lost_receipts_are_found_again_from_what_they_prove(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}})
    assert project.land().code == 0
    subjects = project.subjects()
    shutil.rmtree(project.root / "receipts")
    result = project.doit("-n", "2", "merge")
    assert result.code == 0, result.all
    assert project.subjects() == subjects
    receipt = project.receipt(2, "merge")
    assert receipt and receipt["result"] in ("merged", "adopted")


def test_whole_state_folder_lost_is_adopted_from_the_forge(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}})
    assert project.land().code == 0
    subjects = project.subjects()
    shutil.rmtree(project.root)
    assert project.doit("-n", "2", "merge").code == 0
    assert project.subjects() == subjects
    assert project.status()["counts"]["merged"] == 2


@pytest.mark.parametrize("damage", ["", "{", '{"schema": 1}'])
def test_unreadable_receipt_is_no_receipt(tmp_path: Path, damage: str) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    assert project.doit("work:1").code == 0
    (project.root / "receipts" / "1" / "work.json").write_text(damage)
    assert project.doit("merge").code == 0
    receipt = project.receipt(1, "work")
    assert receipt and receipt["result"] == "done"
    assert project.status()["issues"]["1"]["attempts"] == 1


def test_damaged_database_and_journal_lose_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}})
    project.plan()
    assert project.doit("merge:1").code == 0
    (project.root / "doit.db").write_bytes(b"garbage" * 999)
    with (project.root / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"at": 1, "event": "sta')
    result = project.doit("-n", "2", "merge")
    assert result.code == 0, result.all
    assert "damaged" in result.err
    assert len(project.subjects()) == 3
    assert project.status()["counts"]["merged"] == 2


def push_branch(project: Project, name: str, *files: str) -> str:
    """What a person pushed before: a branch with one commit per file."""
    clone = project.folder.parent / "clone"
    sh(project.folder, "git", "clone", "-q", str(project.repository), str(clone))
    sh(clone, "git", "checkout", "-q", "-b", name)
    for file in files:
        (clone / file).write_text("by hand\n")
        sh(clone, "git", "add", "-A")
        sh(clone, "git", "commit", "-q", "-m", f"By hand: {file}")
    sh(clone, "git", "push", "-q", "origin", name)
    return sh(clone, "git", "rev-parse", "HEAD")


def test_branch_with_commits_gets_its_pull_request_and_no_agent(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    push_branch(project, "feat/issue-1-issue-1", "hand.txt")
    assert project.doit("merge").code == 0
    assert project.files() == {"README.md", "hand.txt"}
    receipt = project.receipt(1, "work")
    assert receipt and receipt["result"] == "adopted"
    assert project.status()["issues"]["1"]["attempts"] == 0


def test_what_a_person_pushed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    assert project.doit("work:1").code == 0
    theirs = push_branch(project, "feat/issue-1-issue-1", "hand.txt")
    assert project.doit("merge").code == 1
    state, reason = project.state(1)
    assert state == "blocked" and "pushed by somebody else" in reason
    assert project.git("rev-parse", "feat/issue-1-issue-1") == theirs


def test_pull_request_that_a_person_closed_stops_its_issue(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    assert project.doit("pull:1").code == 0
    record = next((project.folder / ".milestone" / ".forge").glob("*/pulls/*.json"))
    record.write_text(json.dumps({**json.loads(record.read_text()), "state": "closed"}))
    assert project.doit("merge").code == 1
    state, reason = project.state(1)
    assert state == "blocked" and "closed by a person" in reason
    assert project.subjects() == ["Begin"]


def test_unmerged_work_is_moved_to_quarantine_by_cleanup(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    assert project.land().code == 0
    (project.root / "worktrees" / "1" / "precious.txt").write_text("not committed\n")
    result = project.doit("-n", "2")
    assert result.code == 0, result.all
    kept = list((project.root / "quarantine").glob("1-*/precious.txt"))
    assert [path.read_text() for path in kept] == ["not committed\n"]
    assert str(kept[0].parent) in result.out


def test_text_that_changed_since_the_plan_stops_the_issue(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"body": "Write one"}})
    project.plan()
    project.write_issue(1, body="Delete everything")
    assert project.doit("merge").code == 1
    assert "text changed since the plan" in project.state(1)[1]
    project.plan()
    assert project.doit("merge").code == 0
