"""Kills at the worst instants, put there by hand: the next run gives the end of an undisturbed one."""

import json
import shutil
from pathlib import Path

import pytest
from support.project import DODO, Project
from support.repository import sh

BOTH = "sh git merge -q origin/main >/dev/null 2>&1; true"
LANDED = "git -C ../../../../repository.git log main --format=%s | grep -q 'Issue 1'"
FIRST_LANDED = f"sh while ! {LANDED}; do sleep 0.1; done"


def die_in(project: Project, code: str) -> None:
    """Patch the program under test so that a run with CRASH=1 dies where `code` says `die()`."""
    head = "import os\n\n\ndef die():\n    if os.environ.get('CRASH'):\n        os._exit(137)\n\n\n"
    (project.folder / "dodo.py").write_text(head + code + "\n" + DODO)


def repaired(folder: Path) -> Project:
    """Issue 2 conflicts with issue 1 and is repaired by its agent inside the merge phase."""
    script = {
        1: [["write README.md one", "commit"]],
        2: [[FIRST_LANDED, "write README.md two", "commit"], [BOTH, "write README.md both", "commit Merge"]],
    }
    project = Project(folder, {1: {}, 2: {}}, script=script)
    project.plan()
    return project


def test_between_push_and_mark_of_a_repair(tmp_path: Path) -> None:
    project = repaired(tmp_path / "p")
    die_in(
        project,
        "from auto_milestone.git.mirror import Mirror\n\nreal = Mirror.mark\n\n\n"
        "def mark(self, issue, name, commit):\n"
        "    if issue == 2 and name == 'pushed' and self.marked(2, 'pushed'):\n        die()\n"
        "    real(self, issue, name, commit)\n\n\nMirror.mark = mark\n",
    )
    assert project.doit("-n", "2", "merge", CRASH="1").code == 137
    assert project.doit("-n", "2", "merge").code == 0
    assert project.git("show", "main:README.md") == "both"


def test_behind_the_push_of_a_repair_ci_is_asked_first(tmp_path: Path) -> None:
    project = repaired(tmp_path / "p")
    die_in(
        project,
        "from auto_milestone.phases import merge\n\nreal = merge.green\n\n\n"
        "def green(*args):\n    die()\n    return real(*args)\n\n\nmerge.green = green\n",
    )
    assert project.doit("-n", "2", "merge", CRASH="1").code == 137
    assert project.doit("-n", "2", "merge").code == 0
    receipt = project.receipt(2, "merge")
    assert receipt
    head = receipt["values"]["head"]
    assert list(project.folder.glob(f".milestone/.forge/*/checks/{head}.json"))


@pytest.mark.parametrize("where", ["before", "behind"])
def test_around_the_landing_itself(tmp_path: Path, where: str) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    calls = {"before": "    die()\n    return real(*args)\n", "behind": "    real(*args)\n    die()\n"}
    die_in(
        project,
        "from auto_milestone.forge.local import LocalForge\n\nreal = LocalForge._advance\n\n\n"
        f"def advance(*args):\n{calls[where]}\n\nLocalForge._advance = advance\n",
    )
    assert project.doit("merge", CRASH="1").code == 137
    assert project.doit("merge").code == 0
    assert [subject.split(" (")[0] for subject in project.subjects()] == ["Begin", "Issue 1"]
    assert "state: closed" in (project.folder / "issues" / "1.md").read_text()


def test_half_made_worktree_is_not_taken_for_work(tmp_path: Path) -> None:
    files = {f"file-{number}.txt": "x\n" for number in range(20)}
    project = Project(tmp_path / "p", {1: {}}, files=files)
    project.plan()
    die_in(
        project,
        "from pathlib import Path\nfrom auto_milestone.git.mirror import Mirror\n\nreal = Mirror._git\n\n\n"
        "def git(self, *args, **more):\n    done = real(self, *args, **more)\n"
        "    if os.environ.get('CRASH') and args[:2] == ('worktree', 'add'):\n"
        "        for path in Path(args[-2]).glob('file-*.txt'):\n            path.unlink()\n        die()\n"
        "    return done\n\n\nMirror._git = git\n",
    )
    assert project.doit("merge", CRASH="1").code == 137
    assert (project.root / "worktrees" / "1").exists()
    assert project.doit("merge").code == 0
    assert project.files() == {*files, "issue-1.txt"}


def test_stale_locks_and_checkouts_of_the_mirror_are_swept(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}})
    project.plan()
    assert project.doit("merge:1").code == 0
    mirror = project.root / "repo.git"
    for name in ("refs/remotes/origin/main.lock", "packed-refs.lock", "config.lock"):
        (mirror / name).write_text("")
    tip = sh(mirror, "git", "rev-parse", "refs/remotes/origin/main")
    scratch = project.root / "scratch" / f"{tip[:12]}-1"
    sh(mirror, "git", "worktree", "add", "-q", "--detach", "--lock", str(scratch), tip)
    shutil.rmtree(scratch)
    assert project.doit("merge").code == 0
    assert "issue-2.txt" in project.files()


def test_runner_that_lost_its_lock_file_still_holds_the_lock(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    project = Project(tmp_path / "p", {1: {}}, script={1: [[f"sh echo x >> {begun}; sleep 600"]]})
    project.plan()
    first = project.start("merge")
    while not begun.exists():
        assert first.poll() is None
    (project.folder / ".milestone" / "lock").unlink()
    assert project.doit("merge").code == 3
    first.terminate()
    first.communicate(timeout=60)
    assert begun.read_text() == "x\n"


def test_question_answered_before_a_kill_is_not_asked_twice(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    die_in(
        project,
        "from auto_milestone.phases import approve\n\nreal = approve._keep_answer\n\n\n"
        "def keep(*args):\n    real(*args)\n    die()\n\n\napprove._keep_answer = keep\n",
    )
    assert project.doit("merge", CRASH="1").code == 137
    text = project.manifest.read_text().replace("channel: auto", "channel: terminal")
    project.manifest.write_text(text)
    assert project.doit("merge").code == 0
    answers = [json.loads(path.read_text())["by"] for path in (project.root / "questions").glob("1-*.json")]
    assert answers == ["auto"]


def test_branch_that_was_only_caught_up_with_base_is_no_work(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}})
    project.plan()
    assert project.doit("worktree:1").code == 0
    assert project.doit("merge:2").code == 0
    die_in(
        project,
        "from auto_milestone.phases import work\n\nreal = work.first_prompt\n\n\n"
        "def prompt(*args):\n    die()\n    return real(*args)\n\n\nwork.first_prompt = prompt\n",
    )
    assert project.doit("merge:1", CRASH="1").code == 137
    assert project.doit("merge").code == 0
    assert {"issue-1.txt", "issue-2.txt"} <= project.files()
    assert project.status()["issues"]["1"]["attempts"] == 1
