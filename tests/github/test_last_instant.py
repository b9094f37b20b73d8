"""What happens between approval and merge: nothing lands that should not, whatever changes meanwhile."""

from pathlib import Path

import pytest
from support.github import GitHub, Repository, bare
from support.github.ci import Check, add_check, always
from support.github_project import GitHubProject, small, until

REVIEW = "an approving review on GitHub"


@pytest.fixture(autouse=True)
def green(repo: Repository) -> None:
    repo.ci = always(Check("test"))


def gated(folder: Path, github: GitHub, repo: Repository) -> tuple[GitHubProject, Path, Path]:
    """Approved, and base has moved: the train's check says that it has begun, and waits to be let go."""
    inside, go = folder / "inside", folder / "go"
    script = folder / "check.sh"
    script.write_text(f"test -f other.txt || exit 0; touch {inside}; until [ -f {go} ]; do sleep 0.1; done")
    project = small(folder / "p", github, repo)
    project.manifest.write_text(
        project.manifest.read_text().replace("checks: []", f"checks: [[sh, {script}]]")
    )
    assert project.doit("approve:1").code == 0
    repo.person("acme").push("main", {"other.txt": "other"})
    return project, inside, go


def test_nothing_lands_on_another_base(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    project, inside, go = gated(tmp_path, github, repo)
    repo.person("acme").push("release", {"release.txt": "1"})
    process = project.start("merge")
    until(inside.exists)
    repo.person("acme").retarget(2, "release")
    go.touch()
    process.wait(60)
    assert not repo.pull(2).merged


def test_issue_that_is_not_wanted_any_more_does_not_land(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    project, inside, go = gated(tmp_path, github, repo)
    process = project.start("merge")
    until(inside.exists)
    repo.person("acme").close(1, "not_planned")
    go.touch()
    process.wait(60)
    assert not repo.pull(2).merged


def test_state_that_github_does_not_tell_is_no_leave(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.protect("main", reviews=1, admins=False)
    project = small(tmp_path / "p", github, repo)
    assert project.doit("approve:1").code == 0
    repo.pull(2).unknown_reads = 1000
    process = project.start("merge")
    until(lambda: process.poll() is not None or project.state(1)[0] == "waiting")
    process.terminate()
    process.wait(60)
    assert not repo.pull(2).merged


def test_check_that_turned_red_after_the_ci_phase(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    project = small(tmp_path / "p", github, repo, manifest="ci: {required: [test]}")
    assert project.doit("approve:1").code == 0
    add_check(repo, repo.pull(2).head_sha, Check("test", "failure"), repo.world.new_id())
    project.doit("merge")
    assert not repo.pull(2).merged


def test_request_for_changes_where_no_review_is_required(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    project = small(tmp_path / "p", github, repo)
    assert project.doit("approve:1").code == 0
    repo.person("acme").review(2, "CHANGES_REQUESTED", "no")
    process = project.start("merge")
    until(lambda: process.poll() is not None or project.state(1)[0] == "waiting")
    process.terminate()
    process.wait(60)
    assert not repo.pull(2).merged


def test_base_moves_before_the_pull_request_is_marked_merged(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.protect("main", reviews=1, pulls=False)
    project = small(tmp_path / "p", github, repo)
    process = project.start("merge")
    until(lambda: project.state(1)[1] == REVIEW)
    tree, names = f"{repo.pull(2).head_sha}^{{tree}}", bare.identity("GitHub <a@b>", "AUTHOR")
    env = {**names, **bare.identity("GitHub <a@b>", "COMMITTER")}
    squash = bare.git(repo.path, "commit-tree", tree, "-p", repo.tip("main"), "-m", "squash", env=env)
    bare.git(repo.path, "update-ref", "refs/heads/main", squash)
    github.log.clear()
    until(lambda: process.poll() is not None or github.log.count(kind="graphql") > 12)
    state = project.state(1)
    process.terminate()
    process.wait(60)
    assert state[0] in ("waiting", "running"), state
