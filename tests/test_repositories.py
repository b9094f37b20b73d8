"""The repositories that a milestone may land in."""

from pathlib import Path

import pytest
from support.conditions import kept, refused
from support.project import Project
from support.repository import commit, make_repository, sh


def working(folder: Path, **more) -> tuple[Project, Path]:
    """A project whose repository is a working one with main checked out."""
    project = Project(folder, {1: {}}, **more)
    work = make_repository(folder / "work")
    project.manifest.write_text(
        project.manifest.read_text().replace("repository: repository.git", "repository: work")
    )
    return project, work


def test_checked_out_base_advances_with_its_files(tmp_path: Path) -> None:
    project, work = working(tmp_path / "p")
    assert project.land().code == 0
    assert (work / "issue-1.txt").read_text() == "done\n"
    assert sh(work, "git", "status", "--porcelain") == ""


def test_checked_out_base_with_changes_is_left_alone(tmp_path: Path) -> None:
    project, work = working(tmp_path / "p")
    project.plan()
    (work / "README.md").write_text("my own edit\n")
    head = sh(work, "git", "rev-parse", "HEAD")
    result = project.doit("merge")
    assert result.code == 1
    state, reason = project.state(1)
    assert state == "failed" and "changes (README.md): commit or stash them, then run the same" in reason
    assert (work / "README.md").read_text() == "my own edit\n"
    assert sh(work, "git", "rev-parse", "HEAD") == head
    sh(work, "git", "checkout", "-q", "README.md")
    assert project.doit("merge").code == 0
    assert (work / "issue-1.txt").exists()


def test_manifest_that_planning_changed_in_the_checked_out_base_is_no_obstacle(tmp_path: Path) -> None:
    project, work = working(tmp_path / "p")
    commit(work, "milestone.yaml", "# committed\n")
    (work / "milestone.yaml").write_text("# planned again\n")
    assert project.land().code == 0
    assert (work / "issue-1.txt").exists()
    assert (work / "milestone.yaml").read_text() == "# planned again\n"


def test_repository_with_another_branch_checked_out(tmp_path: Path) -> None:
    project, work = working(tmp_path / "p")
    sh(work, "git", "checkout", "-q", "-b", "mine")
    assert project.land().code == 0
    assert not (work / "issue-1.txt").exists()
    assert "issue-1.txt" in sh(work, "git", "ls-tree", "--name-only", "main")


def test_detached_head(tmp_path: Path) -> None:
    project, work = working(tmp_path / "p")
    sh(work, "git", "checkout", "-q", "--detach")
    assert project.land().code == 0


def test_plain_folder_is_imported_and_never_written(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    plain = project.folder / "plain"
    (plain / "src").mkdir(parents=True)
    (plain / "src" / "app.py").write_text("app = 1\n")
    issue = project.folder / "issues" / "1.md"
    text = issue.read_text()
    project.manifest.write_text(
        project.manifest.read_text().replace("repository: repository.git", "repository: plain")
    )
    assert project.land().code == 0
    assert sorted(path.name for path in plain.rglob("*")) == ["app.py", "src"]
    assert issue.read_text() == text
    assert project.status()["counts"]["merged"] == 1
    assert "1 of 1 issue closed" in project.plan().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("repository: repository.git", "repository: nowhere"),
            "nowhere: no repository and no folder with files",
        ),
        (("issues: issues,", "issues: nowhere,"), "nowhere: no such folder of issue files"),
        (("checks:", "base: develop\nchecks:"), "branch develop is not in"),
    ],
)
def test_what_is_not_there_is_one_line(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.manifest.write_text(project.manifest.read_text().replace(*change))
    result = project.doit("plan")
    assert result.code == 1
    assert message in result.err and len(result.err.strip().splitlines()) == 1


def test_repository_without_a_commit(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    empty = project.folder / "empty"
    empty.mkdir()
    sh(empty, "git", "init", "-q")
    project.manifest.write_text(
        project.manifest.read_text().replace("repository: repository.git", "repository: empty")
    )
    result = project.doit("plan")
    assert result.code == 1 and "branch main is not in" in result.err


def test_base_that_somebody_else_moves_meanwhile_is_built_upon(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    assert project.doit("approve:1").code == 0
    clone = tmp_path / "clone"
    sh(tmp_path, "git", "clone", "-q", str(project.repository), str(clone))
    commit(clone, "theirs.txt", "theirs\n", "Somebody else")
    sh(clone, "git", "push", "-q", "origin", "main")
    assert project.doit("merge").code == 0
    assert {"theirs.txt", "issue-1.txt"} <= project.files()
    assert "Somebody else" in project.subjects()


def test_repository_that_git_does_not_know(tmp_path: Path) -> None:
    project, work = working(tmp_path / "p")
    (work / ".git" / "HEAD").write_text("junk\n")
    sh(project.folder, "git", "init", "-q")
    before = kept(project)
    refused(project.doit("plan"), 1, f"{work}: git finds no repository there: mend it, or name another one")
    assert kept(project) == before


@pytest.mark.parametrize("flags", [[], ["--bare"]])
def test_shallow_clone(tmp_path: Path, flags: list[str]) -> None:
    project, work = working(tmp_path / "p")
    commit(work, "two.txt", "two\n")
    commit(work, "three.txt", "three\n")
    sh(project.folder, "git", "clone", "-q", "--depth", "1", *flags, f"file://{work}", "shallow")
    project.manifest.write_text(
        project.manifest.read_text().replace("repository: work", "repository: shallow")
    )
    assert project.land().code == 0
    shallow = project.folder / "shallow"
    assert [
        line.split(" (")[0] for line in sh(shallow, "git", "log", "--format=%s", "main").splitlines()
    ] == [
        "Issue 1",
        "Write three.txt",
    ]


@pytest.mark.parametrize("place", ["two", "work"])
def test_base_that_is_checked_out_in_another_worktree_advances_there(tmp_path: Path, place: str) -> None:
    project, work = working(tmp_path / "p")
    sh(work, "git", "checkout", "-q", "-b", "mine")
    sh(work, "git", "worktree", "add", "-q", "../base", "main")
    sh(work, "git", "worktree", "add", "-q", "-b", "other", "../two")
    base = project.folder / "base"
    project.manifest.write_text(
        project.manifest.read_text().replace("repository: work", f"repository: {place}")
    )
    project.plan()
    (base / "README.md").write_text("my own edit\n")
    result = project.doit("merge")
    told = f"main is checked out in {base} with changes (README.md): commit or stash them"
    assert result.code == 1 and told in project.state(1)[1]
    assert result.out.splitlines()[0] == f"As it is, nothing can land: {told}"
    assert (base / "README.md").read_text() == "my own edit\n"
    sh(base, "git", "checkout", "-q", "README.md")
    assert project.doit("merge").code == 0
    assert (base / "issue-1.txt").exists() and sh(base, "git", "status", "--porcelain") == ""
    assert not (project.folder / "two" / "issue-1.txt").exists()


def test_submodule(tmp_path: Path) -> None:
    project, work = working(tmp_path / "p")
    inner = make_repository(project.folder / "inner")
    sh(work, "git", "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    sh(work, "git", "commit", "-q", "-m", "Add a submodule")
    assert project.land().code == 0
    assert "160000 commit" in sh(work, "git", "ls-tree", "main") and (work / "issue-1.txt").exists()


def test_file_names_that_are_no_text(tmp_path: Path) -> None:
    add = "sh printf %s {} > \"$(printf 'caf\\351\\nx')\""
    script = {number: [[add.format(number), "commit"]] for number in (1, 2)}
    project = Project(tmp_path / "p", {1: {}, 2: {}}, script=script)
    project.plan()
    assert project.doit("-n", "2", "approve").code == 0
    result = project.doit("-n", "2", "merge")
    assert result.code == 1 and "Traceback" not in result.all
    told = {line for line in result.out.splitlines() if "conflict in merge" in line}
    assert len(told) == 1 and "conflicts with main in caf\ufffd x" in told.pop()
    assert project.git("ls-tree", "--name-only", "main").splitlines() == ["README.md", '"caf\\351\\nx"']
