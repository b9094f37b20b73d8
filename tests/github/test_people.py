"""What people do on GitHub while the milestone lands, and what the tool shows them there."""

import time
from pathlib import Path

import pytest
from auto_milestone.github.issues import MARK
from support.github import GitHub, Repository
from support.github.ci import Check, always
from support.github_project import GitHubProject, small, until
from support.terminal import Terminal


@pytest.fixture
def waiting(tmp_path: Path, github: GitHub, repo: Repository) -> GitHubProject:
    """A project whose CI ends when a person acts."""
    repo.ci = always(Check("test", delay=None))
    return small(tmp_path / "p", github, repo)


def finish(repo: Repository) -> None:
    for run in repo.checks:
        run.finish = run.start


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("close", "pull request #2 was closed by a person: reopen it, or name the issue in `skip`"),
        ("retarget", "pull request #2 was retargeted to dev: set it to main"),
        ("push", "somebody pushed to feat/issue-1-issue-1 ("),
        ("drop", "#1 was closed as not planned: reopen it, or name it in `skip`"),
    ],
)
def test_what_a_person_changes_stops_the_issue(
    act: str, reason: str, waiting: GitHubProject, github: GitHub, repo: Repository
) -> None:
    person = repo.person("ann")
    person.push("dev", {"dev.txt": "dev"})
    process = waiting.start("merge")
    until(lambda: waiting.state(1) == ("waiting", "CI"))
    acts = {
        "close": lambda: person.close(2),
        "retarget": lambda: person.retarget(2, "dev"),
        "push": lambda: person.push("feat/issue-1-issue-1", {"mine.txt": "mine"}),
        "drop": lambda: person.close(1, "not_planned"),
    }
    tip = repo.tip("main")
    acts[act]()
    finish(repo)
    assert process.wait(60) == 1
    state, why = waiting.state(1)
    assert state == "blocked" and why.startswith(reason)
    assert repo.tip("main") == tip and not repo.pull(2).merged


def test_closed_pull_request_names_its_page_and_what_follows(
    waiting: GitHubProject, repo: Repository
) -> None:
    process = waiting.start("merge")
    until(lambda: waiting.state(1) == ("waiting", "CI"))
    meanwhile = waiting.doit("explain", "1").out
    assert "waiting in ci: CI" in meanwhile and "again" not in meanwhile
    repo.person("ann").close(2)
    finish(repo)
    out, _ = process.communicate(timeout=60)
    why = ": pull request #2 was closed by a person: reopen it, or name the issue in `skip`"
    assert f"{why}\n  page: http" in out and "  log: " not in out
    assert "  - once that is settled: `doit merge:1`" in waiting.doit("explain", "1").out
    assert "or name the issue in `skip`\n" in waiting.doit("status").out


def test_run_that_goes_on_says_where(waiting: GitHubProject, repo: Repository) -> None:
    process = waiting.start("merge")
    until(lambda: waiting.state(1) == ("waiting", "CI"))
    process.kill()
    process.communicate()
    assert waiting.state(1) == ("pending", "interrupted in ci")
    assert "interrupted in ci (pull request #2)" in waiting.doit("status").out
    finish(repo)
    result = waiting.doit("merge")
    assert result.code == 0 and result.out.startswith("#1 goes on in ci\n")


def test_person_who_merges_is_believed(waiting: GitHubProject, repo: Repository) -> None:
    process = waiting.start("merge")
    until(lambda: waiting.state(1) == ("waiting", "CI"))
    merged = repo.person("ann").merge(2, "squash")
    finish(repo)
    assert process.wait(60) == 0
    receipt = waiting.receipt(1, "merge")
    assert receipt and receipt["values"]["merge_commit"] == merged


def test_pull_request_that_a_person_opened_is_adopted(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.ci = always(Check("test"))
    project = small(tmp_path / "p", github, repo)
    person = repo.person("ann")
    person.push("feat/issue-1-issue-1", {"issue-1.txt": "by hand"})
    person.open_pull("feat/issue-1-issue-1", "By hand")
    assert project.doit("merge").code == 0
    assert [pull.number for pull in repo.pulls()] == [2] and repo.pull(2).merged
    assert project.git("show", "main:issue-1.txt") == "by hand"


def test_pull_request_says_what_it_is(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    repo.ci = always(Check("test"))
    result = '{"status": "done", "summary": "Wrote it. @ann look, closes #9", "cost_usd": 0.5}'
    script = {1: [["write issue-1.txt done", "commit", f"result {result}"]]}
    more = "pull: {labels: [agent, bot], draft: true}"
    project = small(tmp_path / "p", github, repo, script=script, manifest=more)
    assert project.doit("merge").code == 0
    pull = repo.pull(2)
    assert (pull.title, pull.draft, sorted(label.name for label in pull.labels)) == (
        "Issue 1",
        False,
        ["agent", "bot"],
    )
    body = pull.body or ""
    assert "Closes #1" in body and "$0.50" in body and "Wrote it." in body
    assert "@ann" not in body and "closes #9" not in body


def test_issue_bears_one_comment_from_beginning_to_end(
    waiting: GitHubProject, github: GitHub, repo: Repository
) -> None:
    process = waiting.start("merge")
    until(lambda: repo.numbered[1].comments)
    assert "#2" in repo.numbered[1].comments[0].body
    finish(repo)
    assert process.wait(60) == 0
    [comment] = repo.numbered[1].comments
    assert repo.tip("main")[:10] in comment.body
    github.log.clear()
    assert waiting.doit("merge").code == 0 and not github.log.writes()


def test_comment_of_a_stranger_with_our_mark_is_not_ours(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.ci = always(Check("test"))
    project = small(tmp_path / "p", github, repo)
    repo.person("mallory", "read").comment(1, f"{MARK}\nMine.")
    assert project.doit("merge").code == 0
    assert [comment.author.login for comment in repo.numbered[1].comments] == ["mallory", "acme"]


def test_comment_that_cannot_be_written_stops_nothing(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    repo.ci = always(Check("test"))
    github.fault("POST", "/comments$", "500", times=None)
    assert small(tmp_path / "p", github, repo).doit("merge").code == 0


def test_stranger_cannot_allow_an_issue_by_the_label_of_a_template(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    """An issue form may set labels: that the label is there says nothing of who wanted it."""
    repo.ci = always(Check("test"))
    milestone = repo.milestone("M1")
    project = small(tmp_path / "p", github, repo, issues=0, manifest="trust_label: safe")
    repo.issue("Mine", "Do it.", milestone=milestone, author="mallory", association="NONE")
    repo.person("mallory", "none").label(1, "safe")
    project.plan()
    assert (
        project.doit("merge").code == 1 and "mallory, who wrote it, may not write here" in project.state(1)[1]
    )
    repo.person("ann").unlabel(1, "safe")
    repo.person("ann").label(1, "safe")
    repo.person("mallory", "none").edit(1, body="Do it all.")
    project.plan()
    assert project.doit("merge").code == 1
    time.sleep(1.1)  # GitHub's times are whole seconds, and the label must be the later one
    repo.person("ann").unlabel(1, "safe")
    repo.person("ann").label(1, "safe")
    assert project.doit("merge").code == 0


def test_one_open_pull_request_though_it_was_retargeted(
    tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    """The run was killed between opening it and its receipt."""
    project = small(tmp_path / "p", github, repo)
    repo.person("acme").push("release", {"release.txt": "1"})
    assert project.doit("pull:1").code == 0
    (project.root / "receipts" / "1" / "pull.json").unlink()
    repo.person("acme").retarget(2, "release")
    project.doit("merge")
    assert len(repo.pulls()) == 1


@pytest.mark.parametrize("how", ["merge", "close"])
def test_question_that_was_decided_on_github_is_withdrawn(
    how: str, tmp_path: Path, github: GitHub, repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.ci = always(Check("test"))
    project = small(tmp_path / "p", github, repo, manifest="approval: terminal")
    for name, value in project.environment.items():
        monkeypatch.setenv(name, value)
    person = Terminal(project.folder, "merge")
    person.expect("#1 Issue 1: merge pull request #2?")
    repo.person("ann").merge(2, "squash") if how == "merge" else repo.person("ann").close(2)
    if how == "merge":
        person.expect("1 of 1 issues merged")
        assert person.close() == 0
    else:
        person.expect("pull request #2 was closed by a person")
        person.type("")
        assert person.close() == 1


def test_answer_to_a_pull_request_that_was_merged_meanwhile_does_nothing(
    tmp_path: Path, github: GitHub, repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.ci = always(Check("test"))
    project = small(tmp_path / "p", github, repo, manifest="approval: terminal", poll=60)
    for name, value in project.environment.items():
        monkeypatch.setenv(name, value)
    person = Terminal(project.folder, "merge")
    person.expect("skip > ")
    repo.person("ann").merge(2, "squash")
    person.type("changes: do more")
    assert person.close() == 0
    assert project.status()["issues"]["1"]["attempts"] == 1 and repo.pull(2).pushes == 1
