"""CI on GitHub: what counts as green, what goes to the agent, what stops an issue."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from support.github import ALL, GitHub, Repository
from support.github.ci import Check, Status, always, red_once
from support.github_project import GitHubProject, small, until

TWICE = {1: [["write issue-1.txt done", "commit"], ["write b.txt x", "commit"]]}
"""What the agent of #1 does at first, and then."""


NO_CHECKS = {name: level for name, level in ALL.items() if name != "checks"}
"""All that a fine-grained token can have: GitHub has no permission for checks."""


def land(project: GitHubProject) -> tuple[str, str]:
    project.doit("merge")
    return project.state(1)


@pytest.mark.parametrize(
    "rows",
    [
        [Check("test"), Status("ci/old")],
        [Check("test", "neutral"), Check("docs", "skipped")],
        [Status("ci/old", delay=0.3)],
        [Check("test", appears=0.4, delay=0.2)],
        [Check("test"), Check("flaky", "failure", app="other")],
    ],
    ids=["both kinds", "neutral and skipped", "status alone", "late", "only the required one counts"],
)
def test_green(rows: Sequence[Check | Status], tmp_path: Path, github: GitHub, repo: Repository) -> None:
    if len(rows) == 2 and rows[1] == Check("flaky", "failure", app="other"):
        repo.protect("main", checks=["test"])
    repo.ci = always(*rows)
    assert land(small(tmp_path / "p", github, repo))[0] == "merged"


@pytest.mark.parametrize(
    "row", [Check("test", "timed_out"), Status("ci/old", "error")], ids=["run", "status"]
)
def test_red_goes_to_the_agent_with_all_that_is_known(
    row: Check | Status, tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    said = {"title": "2 failed", "summary": "See below", "log": "E  assert 1 == 2\n"}
    notes = [{"path": "a.py", "start_line": 7, "message": "wrong"}]
    red = Check("test", row.conclusion, annotations=notes, **said) if isinstance(row, Check) else row
    repo.ci = lambda push: [red] if push.attempt == 1 else [Check("test")]
    script = {
        1: [["write issue-1.txt done", "commit"], [f"prompt {tmp_path}/prompt", "write b.txt x", "commit"]]
    }
    assert land(small(tmp_path / "p", github, repo, script=script))[0] == "merged"
    prompt = (tmp_path / "prompt").read_text()
    wanted = ["2 failed", "See below", "a.py:7: failure: wrong", "E  assert 1 == 2"]
    for words in wanted if isinstance(row, Check) else ["ci/old"]:
        assert words in prompt


def test_cancelled_is_no_verdict(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    repo.ci = always(Check("test", "cancelled"))
    project = small(tmp_path / "p", github, repo, manifest="ci: {appear_within: 1s}")
    state, reason = land(project)
    assert state == "failed" and reason.startswith("CI was cancelled: re-run `test` (http")
    assert project.status()["issues"]["1"]["attempts"] == 1


def test_run_that_a_person_has_to_approve(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    repo.ci = always(Check("test", "action_required"))
    project = small(tmp_path / "p", github, repo)
    process = project.start("merge")
    until(lambda: "a person to approve the run of `test`" in project.state(1)[1])
    repo.checks[0].conclusion = "success"
    assert process.wait(60) == 0


def test_no_ci_is_not_green(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    project = small(tmp_path / "p", github, repo, manifest="ci: {appear_within: 1s}")
    state, reason = land(project)
    assert state == "failed" and "CI did not report any check within 1 s" in reason and "`ci: skip`" in reason
    project.manifest.write_text(project.manifest.read_text().replace("ci: {appear_within: 1s}", "ci: skip"))
    assert land(project)[0] == "merged"


def test_required_check_that_never_comes(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    repo.ci = always(Check("lint"))
    project = small(tmp_path / "p", github, repo, manifest="ci: {required: [test], appear_within: 1s}")
    state, reason = land(project)
    assert state == "failed" and "CI did not report test within 1 s (there are: lint)" in reason


def test_newer_run_of_a_check_counts(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    repo.ci = always(Check("test", "cancelled"), Check("test", appears=0.3, delay=0.2))
    assert land(small(tmp_path / "p", github, repo))[0] == "merged"


def test_token_that_may_see_no_checks_reads_the_jobs(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    """GitHub has no permission for checks that a fine-grained token could be given."""
    repo.ci = red_once(Check("test", delay=0.2), Status("deploy"))
    project = small(tmp_path / "p", github, repo, script=TWICE)
    listed = {name: level for name, level in ALL.items() if name != "checks"}
    project.environment["GH_ENTERPRISE_TOKEN"] = github.token(permissions=listed)
    assert land(project)[0] == "merged"
    assert project.status()["issues"]["1"]["attempts"] == 2


def test_token_that_may_see_neither_is_told_what_it_lacks(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.ci = always(Check("test"))
    project = small(tmp_path / "p", github, repo)
    listed = {name: level for name, level in ALL.items() if name not in ("checks", "actions")}
    project.environment["GH_ENTERPRISE_TOKEN"] = github.token(permissions=listed)
    state, reason = land(project)
    assert state == "failed" and "give it the permission actions: read" in reason
    out = project.doit("explain", "1").out
    assert "log:" not in out and "try again: `doit merge:1`" in out


def test_checks_that_cannot_be_seen_are_not_green(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    repo.ci = always(Check("test"), Check("other", "failure", app="circleci"))
    project = small(tmp_path / "p", github, repo)
    project.environment["GH_ENTERPRISE_TOKEN"] = github.token(permissions=NO_CHECKS)
    project.doit("merge")
    assert not repo.pull(2).merged


def test_the_hundred_and_first_job_is_red(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    repo.ci = always(*(Check(f"test {at:03}") for at in range(100)), Check("last", "failure"))
    project = small(tmp_path / "p", github, repo, manifest="fix_rounds: 0")
    project.environment["GH_ENTERPRISE_TOKEN"] = github.token(permissions=NO_CHECKS)
    project.doit("merge")
    assert not repo.pull(2).merged
