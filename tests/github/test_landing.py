"""What a protected branch, a queue, a stranger or a network in trouble makes of a landing on GitHub."""

import time
from collections.abc import Callable
from pathlib import Path

from support.github import GitHub, Queue, Repository
from support.github.ci import Check, always
from support.github_project import GitHubProject


def begin(
    folder: Path, github: GitHub, more: str = "", second: str = "acme"
) -> tuple[GitHubProject, Repository]:
    """Two issues, the second by `second`, and CI that takes a moment."""
    repo = github.repository("acme/app")
    repo.ci = always(Check("test", delay=0.3))
    milestone = repo.milestone("M1")
    repo.issue("First", "Text", milestone=milestone)
    repo.issue("Second", "Text", milestone=milestone, author=second)
    return GitHubProject(folder, github, repo, manifest=f'milestone: "M1"\npoll: 0.1\n{more}'), repo


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def told(project: GitHubProject, text: str) -> bool:
    return text in (project.root / "journal.jsonl").read_text()


def test_draft_becomes_ready_and_says_what_it_is(tmp_path: Path, github: GitHub) -> None:
    project, repo = begin(tmp_path / "p", github, "pull: {draft: true, labels: [agent]}\n")
    project.plan()
    assert project.doit("pull:1").code == 0
    (pull,) = repo.pulls()
    assert pull.draft and [label.name for label in pull.labels] == ["agent"]
    assert pull.body == "Closes #1\n\n- Attempts: 1\n"
    result = project.doit("-n", "2", "merge")
    assert result.code == 0, result.all
    assert not pull.draft and pull.merged


def test_review_is_waited_for_and_a_stranger_is_held(tmp_path: Path, github: GitHub) -> None:
    project, repo = begin(tmp_path / "p", github, "trust_label: safe\n", second="mallory")
    repo.protect("main", checks=["test"], reviews=1)
    project.plan()
    process = project.start("-n", "2", "merge")
    until(lambda: repo.pulls() and told(project, "an approving review on GitHub"))
    repo.person("ann").review(3, "APPROVED")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, out + err
    assert project.state(1)[0] == "merged"
    held = "mallory, who wrote it, may not write here: read it, then add `trust: [mallory]` to milestone.yaml"
    assert project.state(2) == ("blocked", f"{held}, or put the label `safe` on it")


def test_queue_lands_both(tmp_path: Path, github: GitHub) -> None:
    project, repo = begin(tmp_path / "p", github)
    repo.protect("main", checks=["test"], queue=Queue(delay=0.3))
    result = project.land()
    assert result.code == 0, result.all
    assert project.files() == {"README.md", "issue-1.txt", "issue-2.txt"}
    assert all(pull.merged for pull in repo.pulls())


def test_branch_that_must_hold_base_is_brought_there(tmp_path: Path, github: GitHub) -> None:
    project, repo = begin(tmp_path / "p", github)
    repo.protect("main", checks=["test"], strict=True)
    result = project.land()
    assert result.code == 0, result.all
    assert sorted(pull.pushes for pull in repo.pulls()) == [1, 2]
    assert project.status()["issues"]["1"]["attempts"] == project.status()["issues"]["2"]["attempts"] == 1


def test_network_that_goes_away_and_comes_back(tmp_path: Path, github: GitHub) -> None:
    project, repo = begin(tmp_path / "p", github)
    project.plan()
    process = project.start("-n", "2", "merge")
    until(repo.pulls)
    with github.down():
        until(lambda: told(project, "it cannot be reached"))
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, out + err
    assert len(repo.pulls()) == 2 and all(pull.merged for pull in repo.pulls())
