"""The sample milestone of 13 issues lands on GitHub: once, whatever happens."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.github import GitHub, Repository
from support.github_project import GitHubProject
from support.github_sample import sample_project, sample_repository
from support.repository import sh


@pytest.fixture
def repo(github: GitHub) -> Repository:
    github.limits.enabled = False
    return sample_repository(github)


def see_that_all_landed_once(folder: Path, repo: Repository) -> None:
    """13 pull requests merged, 13 issues closed, no branch left, and the sum passes the project's tests."""
    assert sorted(pull.state for pull in repo.pulls()) == ["closed"] * 13
    assert all(pull.merged for pull in repo.pulls())
    issues = [item for item in repo.items() if item not in repo.pulls()]
    assert [issue.state for issue in issues] == ["closed"] * 13
    assert all(len(issue.comments) == 1 for issue in issues)
    assert list(repo.branches()) == ["main"]
    assert sh(repo.path, "git", "rev-list", "--count", "main") == "14"
    sh(folder, "git", "clone", "-q", str(repo.path), "landed")
    subprocess.run(
        [sys.executable, "-m", "unittest", "discover", "-s", "tests", "-t", "."],
        cwd=folder / "landed",
        check=True,
        capture_output=True,
    )


def test_server_shows_what_was_pushed_a_moment_later(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.late_heads, repo.unknown_reads = 2, 2
    project = sample_project(tmp_path / "project", github, repo)
    assert project.doit("plan", "126", "124", "122", "123").code == 0
    done = project.doit("-n", "2", "merge")
    assert done.code == 0, done.all
    assert project.status()["counts"]["merged"] == 4


def start(project: GitHubProject) -> "subprocess.Popen[str]":
    return project.start("-n", "2", "merge", "cleanup")


def merged(project: GitHubProject) -> int:
    return len(list((project.folder / ".milestone").glob("*/receipts/*/merge.json")))


def test_sample_lands_and_a_second_run_writes_nothing(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    project = sample_project(tmp_path / "project", github, repo)
    project.plan()
    assert not github.log.writes()
    done = project.doit("-n", "2", "merge", "cleanup")
    assert done.code == 0, done.all
    see_that_all_landed_once(tmp_path, repo)
    assert project.status()["issues"]["126"]["attempts"] == 2
    github.log.clear()
    again = project.doit("-n", "2", "merge", "cleanup")
    assert again.code == 0 and not github.log.writes(), again.all


def test_sample_lands_once_when_it_is_killed(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    project = sample_project(tmp_path / "project", github, repo)
    project.plan()
    for goal in (1, 4, 8):
        process = start(project)
        while merged(project) < goal and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    done = project.doit("-n", "2", "merge", "cleanup")
    assert done.code == 0, done.all
    see_that_all_landed_once(tmp_path, repo)
