import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from auto_milestone.agent.agents import agent_settings, make_agent
from auto_milestone.agent.base import AgentJob, AgentOutcome
from auto_milestone.agent.replay import find_patch, leading_line
from auto_milestone.errors import MilestoneError
from auto_milestone.executor.local import LocalExecutor
from auto_milestone.stopping import Stop

PATCH = """Adds the parser.

diff --git a/code.txt b/code.txt
--- a/code.txt
+++ b/code.txt
@@ -1,3 +1,4 @@
 one
 two
+and a half
 three
diff --git a/new/file.txt b/new/file.txt
new file mode 100644
--- /dev/null
+++ b/new/file.txt
@@ -0,0 +1 @@
+new
"""
SECOND = """diff --git a/code.txt b/code.txt
--- a/code.txt
+++ b/code.txt
@@ -1,4 +1,4 @@
 one
 two
-and a half
+and two thirds
 three
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any git configuration."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in [
        name for name in os.environ if name.startswith(("GIT_", "XDG_", "AUTO_MILESTONE_", "EMAIL"))
    ]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return folder


@pytest.fixture
def patches(tmp_path: Path) -> Path:
    folder = tmp_path / "patches"
    folder.mkdir()
    (folder / "7.patch").write_text(PATCH)
    (folder / "7.3.patch").write_text(SECOND)
    (folder / "71.patch").write_text("")
    return folder


@pytest.fixture
def worktree(tmp_path: Path, home: Path) -> Path:
    """A linked worktree of a bare repository, as the runner makes them."""
    seed, bare, folder = tmp_path / "seed", tmp_path / "repo.git", tmp_path / "worktree"
    seed.mkdir()
    git(seed, "init", "--quiet", "--initial-branch=main")
    (seed / "code.txt").write_text("one\ntwo\nthree\n")
    git(seed, "add", "--all")
    git(seed, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message=seed")
    git(tmp_path, "clone", "--quiet", "--bare", str(seed), str(bare))
    git(bare, "worktree", "add", "--quiet", "-b", "feat/issue-7", str(folder), "main")
    return folder


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(("git", "-C", str(folder), *arguments), capture_output=True, text=True, check=True)
    return done.stdout.strip()


def replay(
    worktree: Path, patches: Path, attempt: int = 1, issue: int = 7
) -> subprocess.CompletedProcess[str]:
    """The module as the runner starts it."""
    return subprocess.run(
        (
            *(sys.executable, "-P", "-m", "auto_milestone.agent.replay", f"--patches={patches}"),
            *(f"--issue={issue}", f"--attempt={attempt}", "--message=-Parse; $(it)"),
        ),
        cwd=worktree,
        env={**os.environ, "AUTO_MILESTONE_RESULT": str(patches.parent / "result.json")},
        capture_output=True,
        text=True,
        check=False,
    )


def commits(worktree: Path) -> list[str]:
    return git(worktree, "log", "--format=%s|%an|%ae", "main..HEAD").splitlines()


def assert_replayed(worktree: Path) -> None:
    assert commits(worktree) == ["-Parse; $(it)|replay|replay@localhost"]
    assert git(worktree, "status", "--porcelain") == ""
    assert (worktree / "code.txt").read_text() == "one\ntwo\nand a half\nthree\n"
    assert git(worktree, "ls-tree", "-r", "--name-only", "HEAD").splitlines() == ["code.txt", "new/file.txt"]


def test_applies_and_commits(worktree: Path, patches: Path) -> None:
    done = replay(worktree, patches)
    assert (done.returncode, done.stderr) == (0, "")
    assert_replayed(worktree)
    result = json.loads((patches.parent / "result.json").read_text())
    assert result == {"status": "done", "tokens": 0, "cost_usd": 0, "summary": "Adds the parser."}


def test_as_the_preset_runs_it(worktree: Path, patches: Path) -> None:
    stop = Stop()
    settings = agent_settings({"preset": "replay", "patches": str(patches)})
    agent = make_agent(settings, LocalExecutor(stop), stop, lambda *_: None)
    state = patches.parent / "state"
    outcome = agent.run(
        AgentJob(
            issue=7,
            title="-Parse; $(it)",
            attempt=1,
            worktree=worktree,
            base="main",
            prompt="Do it.",
            folder=state,
            log=state / "log",
            session="s-1",
            resume=False,
            prompt_anew="Do it.",
        )
    )
    assert outcome == AgentOutcome("exited", 0, "s-1", 0, 0, "Adds the parser.")
    assert_replayed(worktree)


def test_twice_is_once(worktree: Path, patches: Path) -> None:
    for attempt in (1, 1, 2):
        assert replay(worktree, patches, attempt).returncode == 0
        assert_replayed(worktree)


def test_a_later_attempt_has_its_own_recording(worktree: Path, patches: Path) -> None:
    for attempt in (1, 3, 3, 4):
        assert replay(worktree, patches, attempt).returncode == 0
    assert len(commits(worktree)) == 2
    assert (worktree / "code.txt").read_text() == "one\ntwo\nand two thirds\nthree\n"


def half_written(worktree: Path) -> None:
    (worktree / "code.txt").write_text("one\ntw")
    (worktree / "new").mkdir()
    (worktree / "new" / "file.txt").write_text("ne")


def applied_not_committed(worktree: Path) -> None:
    (worktree / "code.txt").write_text("one\ntwo\nand a half\nthree\n")
    (worktree / "new").mkdir()
    (worktree / "new" / "file.txt").write_text("new\n")


def staged_not_committed(worktree: Path) -> None:
    applied_not_committed(worktree)
    git(worktree, "add", "--all")


def cut_after_the_last_hunk(worktree: Path) -> None:
    """What a reverse check of the files alone would take for the whole patch."""
    applied_not_committed(worktree)
    git(worktree, "add", "--all")
    (worktree / "stray").touch()


def lock(worktree: Path, name: str) -> None:
    path = git(worktree, "rev-parse", "--git-path", name)
    (worktree / path).write_text("")


def stale_locks(worktree: Path) -> None:
    half_written(worktree)
    for name in ("index.lock", "HEAD.lock", "refs/heads/feat/issue-7.lock"):
        lock(worktree, name)


def deleted(worktree: Path) -> None:
    (worktree / "code.txt").unlink()


@pytest.mark.parametrize(
    "left",
    [
        half_written,
        applied_not_committed,
        staged_not_committed,
        cut_after_the_last_hunk,
        stale_locks,
        deleted,
    ],
    ids=lambda left: left.__name__,
)
def test_goes_on_after_a_kill(worktree: Path, patches: Path, left: object) -> None:
    assert callable(left)
    left(worktree)
    done = replay(worktree, patches)
    assert (done.returncode, done.stderr) == (0, "")
    assert_replayed(worktree)


def test_locks_of_another_worktree_are_left_alone(worktree: Path, patches: Path) -> None:
    other = worktree.parent / "other"
    git(worktree, "worktree", "add", "--quiet", "-b", "feat/issue-8", str(other))
    path = Path(git(other, "rev-parse", "--git-path", "index.lock"))
    path.write_text("")
    assert replay(worktree, patches).returncode == 0
    assert path.exists()


def test_a_configured_identity_is_used(worktree: Path, patches: Path, home: Path) -> None:
    (home / ".gitconfig").write_text(
        "[user]\nname = Ada\nemail = ada@example.org\n[commit]\ngpgsign = true\n"
    )
    assert replay(worktree, patches).returncode == 0
    assert commits(worktree) == ["-Parse; $(it)|Ada|ada@example.org"]


def test_a_module_in_the_worktree_is_not_imported(worktree: Path, patches: Path) -> None:
    (worktree / "json.py").write_text("raise SystemExit(9)\n")
    assert replay(worktree, patches).returncode == 0


@pytest.mark.parametrize("issue", [8, 70])
def test_nothing_recorded(worktree: Path, patches: Path, issue: int) -> None:
    done = replay(worktree, patches, issue=issue)
    assert done.returncode == 1
    assert done.stderr == f"replay: nothing is recorded for #{issue} (attempt 1) in {patches}\n"
    assert commits(worktree) == []
    assert not (patches.parent / "result.json").exists()


def test_a_patch_that_does_not_fit(worktree: Path, patches: Path) -> None:
    (patches / "7.patch").write_text(PATCH.replace(" one\n", " uno\n"))
    done = replay(worktree, patches)
    assert done.returncode == 1
    assert done.stderr.startswith("replay: `git apply --index")
    assert "patch does not apply" in done.stderr
    assert done.stderr.count("\n") == 1
    assert git(worktree, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("attempt", "name"), [(1, "7.patch"), (2, "7.patch"), (3, "7.3.patch"), (9, "7.3.patch")]
)
def test_the_highest_recording_up_to_the_attempt(patches: Path, attempt: int, name: str) -> None:
    (patches / "7.x.patch").touch()
    (patches / "7.10.patch").touch()
    assert find_patch(patches, 7, attempt) == patches / name


def test_only_a_later_attempt_is_recorded(patches: Path) -> None:
    (patches / "7.patch").unlink()
    with pytest.raises(MilestoneError, match=r"nothing is recorded for #7 \(attempt 2\)"):
        find_patch(patches, 7, 2)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (PATCH, "Adds the parser."),
        (SECOND, ""),
        ("", ""),
        ("From 1234 Mon Sep 17\nFrom: A <a@b>\nDate: x\nSubject: [PATCH] Add it\n\n---\n" + SECOND, "Add it"),
    ],
)
def test_leading_line(tmp_path: Path, text: str, line: str) -> None:
    (tmp_path / "one.patch").write_text(text)
    assert leading_line(tmp_path / "one.patch") == line
