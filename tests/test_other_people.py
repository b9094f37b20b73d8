"""What other people do meanwhile: seen, and never overwritten."""

import json
from pathlib import Path

from support.project import Project
from support.repository import sh
from support.terminal import Terminal


def push(project: Project, branch: str, name: str) -> str:
    """A person adds a commit to a branch of the forge."""
    clone = project.folder.parent / f"clone-{name}"
    sh(project.folder, "git", "clone", "-q", "-b", branch, str(project.repository), str(clone))
    (clone / name).write_text("by hand\n")
    sh(clone, "git", "add", "-A")
    sh(clone, "git", "commit", "-q", "-m", f"By hand: {name}")
    sh(clone, "git", "push", "-q", "origin", branch)
    return sh(clone, "git", "rev-parse", "HEAD")


def close_pull(project: Project) -> Path:
    """A person closes the one pull request; its record."""
    record = next(project.folder.glob(".milestone/.forge/*/pulls/*.json"))
    record.write_text(json.dumps({**json.loads(record.read_text()), "state": "closed"}))
    return record


def test_commits_that_a_person_adds_after_a_failure_are_kept(tmp_path: Path) -> None:
    project = Project(
        tmp_path / "p", {1: {}}, manifest="checks: [[sh, -c, 'test -e hand.txt']]\nfix_rounds: 0"
    )
    project.plan()
    project.doit("merge")
    branch = "feat/issue-1-issue-1"
    sh(project.root / "repo.git", "git", "push", "-q", str(project.repository), branch)
    push(project, branch, "hand.txt")
    assert project.doit("merge").code == 0
    assert {"hand.txt", "issue-1.txt"} <= project.files()


def test_pull_request_closed_while_the_question_stands(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="approval: {channel: terminal}")
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("skip > ")
    record = close_pull(project)
    person.type("merge")
    person.expect("closed by a person")
    assert person.close() == 1
    assert project.subjects() == ["Begin"]
    assert json.loads(record.read_text())["state"] == "closed"


def test_changes_asked_for_a_pull_request_that_was_closed_meanwhile(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="approval: {channel: terminal}")
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("skip > ")
    record = close_pull(project)
    sh(project.repository, "git", "branch", "-D", "feat/issue-1-issue-1")
    person.type("changes: more")
    person.expect("closed by a person")
    assert person.close() == 1
    assert project.status()["issues"]["1"]["attempts"] == 1
    assert list(record.parent.iterdir()) == [record]
    assert "feat/issue-1-issue-1" not in project.git("branch")


def test_branch_that_was_pushed_over_and_deleted_again(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    assert project.doit("work:1").code == 0
    branch = "feat/issue-1-issue-1"
    project.git("branch", branch, "main")
    push(project, branch, "theirs.txt")
    assert project.doit("merge").code == 1
    assert "somebody else" in project.state(1)[1]
    project.git("branch", "-D", branch)
    assert project.doit("merge").code == 0
    assert project.files() == {"README.md", "issue-1.txt"}


def test_issue_closed_as_not_planned_does_not_land(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    assert project.doit("ci:1").code == 0
    project.write_issue(1, state="closed", state_reason="not_planned")
    assert project.doit("merge").code == 1
    assert "closed as not planned" in project.state(1)[1]
    assert project.subjects() == ["Begin"]


def test_title_that_changes_keeps_branch_and_pull_request(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    assert project.doit("pull:1").code == 0
    project.write_issue(1, title="A better title")
    project.plan()
    assert project.doit("merge").code == 0
    pulls = list(project.folder.glob(".milestone/.forge/*/pulls/*.json"))
    assert len(pulls) == 1
    assert project.subjects()[-1].startswith("A better title")


def test_deleting_the_branch_of_a_closed_pull_request_begins_again(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    assert project.doit("pull:1").code == 0
    close_pull(project)
    assert project.doit("merge").code == 1
    project.git("branch", "-D", "feat/issue-1-issue-1")
    (project.root / "receipts" / "1" / "worktree.json").unlink()
    for phase in ("work", "pull", "ci", "review"):
        (project.root / "receipts" / "1" / f"{phase}.json").unlink(missing_ok=True)
    assert project.doit("merge").code == 0
    assert "issue-1.txt" in project.files()


def test_whitespace_is_content_for_an_approval(tmp_path: Path) -> None:
    """The person approves `grant()` inside of the `if`; a repair that moves it out is asked about."""
    wait = "sh while ! git -C ../../../../repository.git log main --format=%s | grep -q 'Issue 1'; do sleep 0.1; done"
    script = {
        2: [
            [wait, "write a.py if admin:\\n    check()\\n    grant()", "commit"],
            ["write a.py if admin:\\n    check()\\ngrant()", "commit Repair"],
        ]
    }
    check = "test ! -e issue-1.txt || test ! -e a.py || ! grep -q '^    grant' a.py"
    manifest = f"checks: [[sh, -c, {json.dumps(check)}]]\napproval: {{channel: terminal}}"
    project = Project(tmp_path / "p", {1: {}, 2: {}}, script=script, manifest=manifest)
    project.plan()
    person = Terminal(project.folder, "-n", "2", "merge")
    for _ in range(3):
        person.expect("skip > ")
        person.type("merge")
    assert person.close() == 0


def test_changes_that_come_to_the_same_content_are_asked_about_again(tmp_path: Path) -> None:
    script = {1: [["write a.txt a", "commit"], ["git commit -q --allow-empty -m Nothing"]]}
    project = Project(tmp_path / "p", {1: {}}, script=script, manifest="approval: {channel: terminal}")
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("skip > ")
    person.type("changes: do something")
    person.expect("skip > ")
    person.type("merge")
    assert person.close() == 0
    assert project.status()["issues"]["1"]["attempts"] == 2


def test_what_was_typed_before_a_question_answers_nothing(tmp_path: Path) -> None:
    script = {1: [["sleep 2", "write a.txt a", "commit"]]}
    project = Project(tmp_path / "p", {1: {}}, script=script, manifest="approval: {channel: terminal}")
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("started")
    person.type("merge")
    person.expect("skip > ")
    person.type("skip")
    person.expect("a person said skip")
    person.close()
    assert project.subjects() == ["Begin"]


def test_issues_that_lie_in_the_repository_land_one_after_the_other(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}})
    sh(project.folder, "rm", "-rf", "repository.git")
    (project.folder / ".gitignore").write_text(".milestone/\n__pycache__/\n*.pyc\n")
    text = project.manifest.read_text().replace("repository: repository.git", "repository: .")
    project.manifest.write_text(text)
    project.plan()
    sh(project.folder, "git", "init", "-q", "-b", "main")
    sh(project.folder, "git", "add", "-A")
    sh(project.folder, "git", "commit", "-q", "-m", "Begin")
    result = project.doit("-n", "2", "merge")
    assert result.code == 0, result.all
    assert (project.folder / "issue-1.txt").exists() and (project.folder / "issue-2.txt").exists()
    assert sh(project.folder, "git", "status", "--porcelain") == ""


def test_red_check_is_looked_at_again_by_the_next_run(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    project = Project(tmp_path / "p", {1: {}}, manifest=f"checks: [[test, -e, {flag}]]\nfix_rounds: 0")
    assert project.land().code == 1
    flag.write_text("the machine is mended\n")
    assert project.doit("merge").code == 0
    assert project.status()["issues"]["1"]["attempts"] == 1
