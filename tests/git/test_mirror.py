"""Git as the runner uses it: on real repositories."""

from pathlib import Path

import pytest
from auto_milestone.errors import Conflict, MilestoneError
from auto_milestone.git.command import check_branch
from auto_milestone.git.mirror import Mirror
from auto_milestone.git.repository import Repository, import_folder
from support.repository import commit, make_bare, make_repository, sh


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return make_bare(tmp_path / "origin.git")


@pytest.fixture
def mirror(tmp_path: Path, origin: Path) -> Mirror:
    mirror = Mirror(tmp_path / "state" / "repo.git", str(origin))
    mirror.ensure()
    mirror.fetch("main")
    return mirror


def branch_with(mirror: Mirror, path: Path, branch: str, name: str, text: str, base: str = "") -> str:
    mirror.set_branch(branch, base or str(mirror.remote_tip("main")))
    mirror.add_worktree(path, branch)
    return commit(path, name, text)


def test_push_refuses_what_somebody_else_pushed(mirror: Mirror, origin: Path, tmp_path: Path) -> None:
    head = branch_with(mirror, tmp_path / "w", "feat/a", "a.txt", "ours")
    other = make_repository(tmp_path / "other")
    theirs = sh(other, "git", "rev-parse", "HEAD")
    sh(other, "git", "push", "-q", str(origin), "HEAD:refs/heads/feat/a")
    with pytest.raises(Conflict, match="moved by somebody else"):
        mirror.push(head, "feat/a", expected=None)
    assert Repository(origin).tip("feat/a") == theirs


def test_push_moves_a_branch_from_where_we_know_it(mirror: Mirror, origin: Path, tmp_path: Path) -> None:
    first = branch_with(mirror, tmp_path / "w", "feat/a", "a.txt", "one")
    mirror.push(first, "feat/a", expected=None)
    second = commit(tmp_path / "w", "a.txt", "two")
    mirror.push(second, "feat/a", expected=first)
    assert Repository(origin).tip("feat/a") == second


def test_merged_tree_names_the_conflicting_files(mirror: Mirror, tmp_path: Path) -> None:
    one = branch_with(mirror, tmp_path / "one", "feat/one", "README.md", "one\n")
    other = branch_with(mirror, tmp_path / "other", "feat/other", "README.md", "other\n")
    with pytest.raises(Conflict) as caught:
        mirror.merged_tree(one, other)
    assert caught.value.files == ("README.md",)


def test_patch_id_survives_another_base(mirror: Mirror, tmp_path: Path) -> None:
    base = str(mirror.remote_tip("main"))
    head = branch_with(mirror, tmp_path / "one", "feat/one", "a.txt", "a\n")
    later = branch_with(mirror, tmp_path / "base", "feat/base", "b.txt", "b\n")
    landed = mirror.make_commit(mirror.merged_tree(later, head), (later,), "squash")
    assert mirror.patch_id(base, head) == mirror.patch_id(later, landed)
    assert mirror.patch_id(base, head) != mirror.patch_id(base, later)


def test_agent_cannot_make_our_git_run_its_programs(mirror: Mirror, tmp_path: Path) -> None:
    """An agent writes hooks, a file-system monitor and a filter into the shared configuration."""
    path, trap = tmp_path / "w", tmp_path / "trap"
    branch_with(mirror, path, "feat/a", "a.txt", "a")
    hook = tmp_path / "state" / "repo.git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {trap}\n")
    hook.chmod(0o755)
    sh(path, "git", "config", "core.fsmonitor", f"touch {trap}")
    sh(path, "git", "config", "filter.evil.smudge", f"touch {trap}; cat")
    commit(path, ".gitattributes", "* filter=evil\n")
    trap.unlink(missing_ok=True)
    assert mirror.guard()
    mirror.add_scratch(tmp_path / "clean", str(mirror.tip("feat/a")))
    mirror.worktree(path).state()
    assert not trap.exists()


def test_agent_cannot_redirect_us_by_its_git_file(mirror: Mirror, tmp_path: Path) -> None:
    path = tmp_path / "w"
    head = branch_with(mirror, path, "feat/a", "a.txt", "a")
    worktree = mirror.worktree(path)
    other = make_repository(tmp_path / "other")
    (path / ".git").write_text(f"gitdir: {other}/.git\n")
    assert worktree.head() == head


def test_agent_has_no_remote_to_push_to(mirror: Mirror, tmp_path: Path) -> None:
    path = tmp_path / "w"
    branch_with(mirror, path, "feat/a", "a.txt", "a")
    assert sh(path, "git", "remote") == ""


def test_worktree_that_was_removed_by_hand_is_made_again(mirror: Mirror, tmp_path: Path) -> None:
    path = tmp_path / "w"
    head = branch_with(mirror, path, "feat/a", "a.txt", "a")
    sh(tmp_path, "rm", "-rf", str(path))
    assert not mirror.has_worktree(path)
    assert mirror.add_worktree(path, "feat/a").head() == head


def test_leftovers_are_committed_and_nothing_else_is(mirror: Mirror, tmp_path: Path) -> None:
    path = tmp_path / "w"
    head = branch_with(mirror, path, "feat/a", ".gitignore", "ignored\n")
    worktree = mirror.worktree(path)
    worktree.commit_all("nothing to do")
    assert worktree.head() == head
    (path / "new.txt").write_text("new")
    (path / "ignored").write_text("no")
    assert worktree.state().changes == ("new.txt",)
    worktree.commit_all("Leftovers")
    assert worktree.state().settled
    assert sh(path, "git", "log", "--format=%s", f"{head}..HEAD") == "Leftovers"


def test_stale_index_lock_is_removed(mirror: Mirror, tmp_path: Path) -> None:
    path = tmp_path / "w"
    branch_with(mirror, path, "feat/a", "a.txt", "a")
    lock = next((tmp_path / "state" / "repo.git" / "worktrees").iterdir()) / "index.lock"
    lock.write_text("")
    worktree = mirror.worktree(path)
    worktree.unlock()
    (path / "b.txt").write_text("b")
    worktree.commit_all("Goes on")
    assert worktree.state().settled


def test_fetch_forgets_a_branch_that_is_gone(mirror: Mirror, origin: Path, tmp_path: Path) -> None:
    head = branch_with(mirror, tmp_path / "w", "feat/a", "a.txt", "a")
    mirror.push(head, "feat/a", expected=None)
    sh(origin, "git", "branch", "-D", "feat/a")
    mirror.fetch("main", "feat/a")
    assert mirror.remote_tip("feat/a") is None


def test_plain_folder_becomes_a_repository(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.py").write_text("a = 1\n")
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "x.log").write_text("noise")
    import_folder(folder, tmp_path / "made.git", "main")
    listed = sh(tmp_path / "made.git", "git", "ls-tree", "-r", "--name-only", "main")
    assert listed.split() == [".gitignore", "src/a.py"]
    assert not (folder / ".git").exists()


@pytest.mark.parametrize(
    "name", ["$(id)", "a;b", "@", "-x", "a b", "a..b", "A", "x.lock", "a//b", "", "a" * 99]
)
def test_branch_names_that_are_refused(name: str) -> None:
    with pytest.raises(MilestoneError):
        check_branch(name)
