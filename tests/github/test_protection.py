"""Protected branches: each demand has its own outcome, and none is passed over."""

import time
from pathlib import Path

import pytest
from support.github import ALL, GitHub, Queue, Repository
from support.github.ci import Check, always
from support.github_project import GitHubProject, small, until


@pytest.fixture(autouse=True)
def green(repo: Repository) -> None:
    repo.ci = always(Check("test", delay=0.1))


def test_required_review_is_waited_for(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    repo.protect("main", checks=["test"], reviews=1)
    project = small(tmp_path / "p", github, repo)
    process = project.start("merge")
    until(lambda: project.state(1) == ("waiting", "an approving review on GitHub"))
    assert github.log.count("PUT", "/merge$") == 0
    repo.person("reviewer").review(2, "APPROVED")
    assert process.wait(60) == 0
    assert repo.pull(2).merged and github.log.count("PUT", "/merge$") == 1


def test_changes_that_a_reviewer_asked_for_are_waited_for(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.protect("main", reviews=1)
    project = small(tmp_path / "p", github, repo)
    process = project.start("merge")
    until(lambda: repo.pulls())
    repo.person("ann").review(2, "CHANGES_REQUESTED", "Not like this.")
    until(lambda: project.state(1) == ("waiting", "ann, who asked for changes on GitHub"))
    repo.person("ann").review(2, "APPROVED")
    assert process.wait(60) == 0


def test_administrator_does_not_pass_over_a_review(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    repo.protect("main", reviews=1, admins=False)
    project = small(tmp_path / "p", github, repo)
    process = project.start("merge")
    until(lambda: project.state(1)[1] == "an approving review on GitHub")
    process.terminate()
    process.wait(60)
    assert not repo.pull(2).merged


def test_branch_that_must_be_up_to_date_is_rebased_and_checked_again(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.protect("main", checks=["test"], strict=True, ruleset=True)
    project = small(tmp_path / "p", github, repo, issues=2)
    done = project.doit("-n", "2", "merge")
    assert done.code == 0, done.all
    assert sorted(pull.pushes for pull in repo.pulls()) == [1, 2]
    assert all(pull.merged for pull in repo.pulls())
    assert {"issue-1.txt", "issue-2.txt"} <= project.files()


def test_merge_queue_is_used_and_waited_for(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    repo.protect("main", checks=["test"], queue=Queue(delay=0.3))
    project = small(tmp_path / "p", github, repo, issues=2)
    done = project.doit("-n", "2", "merge")
    assert done.code == 0, done.all
    assert github.log.count("PUT", "/merge$") == 0 and github.log.count(operation="enqueue") == 2
    assert len(project.subjects()) == 3


def test_queue_that_drops_a_pull_request_stops_its_issue(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.protect("main", queue=Queue(delay=0.1, remove={2: "FAILED_CHECKS"}))
    project = small(tmp_path / "p", github, repo)
    assert project.doit("merge").code == 1
    state, reason = project.state(1)
    assert state == "failed" and reason.startswith("the merge queue dropped pull request #2: look at http")


def see_that_nothing_begins(project: GitHubProject, line: str) -> None:
    done = project.doit("merge")
    assert done.code == 3 and done.err == f"ERROR: {line}\n", done.all
    assert not (project.root / "agents").exists()


def test_merge_method_that_is_not_allowed_is_told_before_anything_begins(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.squashes = False
    repo.protect("main", methods=["squash", "rebase"], ruleset=True)
    project = small(tmp_path / "p", github, repo)
    line = "acme/app does not allow the merge method squash: set `merge: {method: rebase}`"
    see_that_nothing_begins(project, line)
    project.manifest.write_text(
        project.manifest.read_text().replace("poll:", "merge: {method: rebase}\npoll:")
    )
    assert project.doit("merge").code == 0


@pytest.mark.parametrize("method", ["merge", "rebase"])
def test_other_methods(method: str, tmp_path: Path, github: GitHub, repo: Repository) -> None:
    project = small(tmp_path / "p", github, repo, issues=2, manifest=f"merge: {{method: {method}}}")
    done = project.doit("-n", "2", "merge", "cleanup")
    assert done.code == 0, done.all
    assert all(pull.merged for pull in repo.pulls()) and list(repo.branches()) == ["main"]


def test_somebody_pushes_to_main_right_before_the_merge(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    project = small(tmp_path / "p", github, repo)
    github.fault("PUT", "/merge$", "slow", seconds=0.0)
    process = project.start("merge")
    until(lambda: github.log.count("POST", "/pulls$"))
    other = repo.person("acme").push("main", {"other.txt": "other"})
    assert process.wait(60) == 0
    assert {"other.txt", "issue-1.txt"} <= project.files()
    assert project.git("merge-base", "--is-ancestor", other, "main") == ""


@pytest.mark.parametrize("kind", ["role", "permission"])
def test_token_that_may_not_push_is_told_before_anything_begins(
    kind: str, tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    project = small(tmp_path / "p", github, repo)
    repo.person("reader", "read")
    listed = {**ALL, "contents": "read"}
    token = github.token("reader") if kind == "role" else github.token(permissions=listed)
    project.environment["GH_ENTERPRISE_TOKEN"] = token
    line = "the token from GH_ENTERPRISE_TOKEN may not push to acme/app: give it write access to its contents"
    see_that_nothing_begins(project, f"{line} (README: token permissions)")


def test_archived_repository_is_told_before_anything_begins(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    project = small(tmp_path / "p", github, repo)
    repo.archived = True
    see_that_nothing_begins(project, "acme/app is archived: unarchive it on GitHub")


def test_all_that_wait_for_reviews_are_looked_at_together(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.protect("main", reviews=1)
    project = small(tmp_path / "p", github, repo, issues=6)
    process = project.start("-n", "6", "merge")
    waits = ("waiting", "an approving review on GitHub")
    until(lambda: all(project.state(number) == waits for number in range(1, 7)))
    until(lambda: github.log.clear() or time.sleep(2.0) or github.log.count(kind="graphql"))
    assert github.log.count(kind="git") == 0 and github.log.count(kind="rest") == 0
    assert github.log.count(kind="graphql") <= 4  # a tick every 0.8 s
    process.terminate()
    process.wait(60)
