"""What is asked of a repository, while it changes."""

from pathlib import Path

import pytest
from auto_milestone.errors import MilestoneError
from auto_milestone.git.history import History
from support.repository import commit, make_repository, sh


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository")


@pytest.fixture
def history(repository: Path) -> History:
    return History(repository / ".git")


def test_a_name_is_looked_up_each_time(history: History, repository: Path) -> None:
    first = history.tip("main")
    assert history.tip("feat/a") is None
    second = commit(repository, "a.txt", "a")
    sh(repository, "git", "branch", "feat/a")
    assert (history.tip("main"), history.tip("feat/a")) == (second, second) != (first, second)
    sh(repository, "git", "pack-refs", "--all")
    sh(repository, "git", "branch", "-D", "feat/a")
    assert history.tip("feat/a") is None and history.tip("main") == second


def test_what_is_not_there(history: History) -> None:
    gone = "0123456789" * 4
    assert history.commit(gone) is None and history.commit("refs/heads/with space") is None
    assert not history.is_ancestor(gone, "main") and history.merge_base("main", gone) is None
    with pytest.raises(MilestoneError, match="is not in"):
        history.tree(gone)


def test_ancestors(history: History, repository: Path) -> None:
    first = str(history.tip("main"))
    second = commit(repository, "a.txt", "a")
    sh(repository, "git", "checkout", "-q", "-b", "side", first)
    side = commit(repository, "b.txt", "b")
    assert history.is_ancestor(first, "main") and not history.is_ancestor("main", first)
    assert history.is_ancestor(first, first) and history.merge_base(second, side) == first
    assert not history.is_ancestor(second, side) and not history.is_ancestor(side, second)


def test_a_commit_of_another_history(history: History, repository: Path) -> None:
    sh(repository, "git", "checkout", "-q", "--orphan", "other")
    other = commit(repository, "b.txt", "b")
    assert history.merge_base("main", other) is None and not history.is_ancestor("main", other)


def test_a_replaced_commit_is_seen_as_it_is(history: History, repository: Path) -> None:
    """Else an agent could have one tree checked and another one pushed."""
    bad = commit(repository, "a.txt", "bad")
    tree = sh(repository, "git", "rev-parse", f"{bad}^{{tree}}")
    sh(repository, "git", "checkout", "-q", "-b", "good", "HEAD~1")
    good = commit(repository, "a.txt", "good")
    sh(repository, "git", "replace", bad, good)
    assert sh(repository, "git", "rev-parse", f"{bad}^{{tree}}") != tree, "git itself would be deceived"
    assert History(repository / ".git").tree(bad) == tree
    assert history.size(str(history.merge_base("main", "good")), bad) == (1, 1, 0)


def test_patch_id_sees_what_stands_behind_a_carriage_return(history: History, repository: Path) -> None:
    base = str(history.tip("main"))
    good = commit(repository, "a.py", "x = 1\rindex = 'good'\n")
    sh(repository, "git", "reset", "-q", "--hard", base)
    bad = commit(repository, "a.py", "x = 1\rindex = 'bad'\n")
    assert history.patch_id(base, good) != history.patch_id(base, bad)
