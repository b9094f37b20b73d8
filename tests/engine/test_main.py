"""`auto-milestone`: the same commands in a folder without a dodo.py, and `init`."""

import configparser
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from auto_milestone.engine.main import COMMANDS
from auto_milestone.manifest.manifest import read_settings
from auto_milestone.naming import command_name
from support.project import Project
from support.repository import make_repository, sh

TOP = Path(__file__).resolve().parents[2]


def run(folder: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    argv = [sys.executable, "-m", "auto_milestone", *args]
    return subprocess.run(
        argv, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=dict(os.environ)
    )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Neither dodo.py nor doit's configuration."""
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}})
    (project.folder / "dodo.py").unlink()
    (project.folder / "doit.cfg").unlink()
    return project


def test_plan_and_landing_without_a_dodo_file(project: Project) -> None:
    assert run(project.folder, "plan").returncode == 0
    done = run(project.folder, "-n", "2", "merge")
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.files() == {"README.md", "issue-1.txt", "issue-2.txt"}
    assert "2 merged" in run(project.folder, "status").stdout
    assert "plan" in run(project.folder, "list").stdout


def test_advice_names_the_command_that_is_there(project: Project) -> None:
    done = run(project.folder, "merge")
    assert done.returncode == 3
    assert done.stderr == "ERROR: milestone.yaml holds no plan yet: run `auto-milestone plan`\n"
    assert command_name(Path("/usr/bin/auto-milestone")) == "auto-milestone"
    assert command_name(Path("/x/site-packages/doit/__main__.py")) == "doit"
    assert command_name(Path("/usr/bin/doit")) == "doit"


@pytest.mark.parametrize("words", [[""], ["1", ""], ["Q1 = nothing"]])
def test_odd_words_are_one_line(project: Project, words: list[str]) -> None:
    done = run(project.folder, "plan", *words)
    assert len(done.stderr.strip().splitlines()) <= 1 and "Traceback" not in done.stderr


def test_no_manifest_is_one_line(tmp_path: Path) -> None:
    for command in (["plan"], ["merge"], ["status"], ["summary"]):
        done = run(tmp_path, *command)
        assert done.returncode != 0
        assert "milestone.yaml: is not there" in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_from_a_subfolder_the_folder_of_the_manifest_is_told(project: Project) -> None:
    below = project.folder / "src" / "deep"
    below.mkdir(parents=True)
    for command in (["plan"], ["merge"], ["status"]):
        done = run(below, *command)
        assert done.returncode != 0 and len(done.stderr.splitlines()) == 1
        assert done.stderr.endswith(
            f"milestone.yaml: is not there; one lies in {project.folder}: run the command there\n"
        )
    assert list(below.iterdir()) == []


def test_init_writes_what_is_needed_and_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log")
    first = run(tmp_path, "init")
    assert first.returncode == 0, first.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".gitignore",
        "dodo.py",
        "doit.cfg",
        "milestone.yaml",
    ]
    assert (tmp_path / ".gitignore").read_text() == "*.log\n.milestone/\n"
    settings = read_settings(tmp_path / "milestone.yaml")
    assert (settings.base, settings.agent, settings.forge["kind"]) == ("main", "claude", "local")
    (tmp_path / "milestone.yaml").write_text("mine")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert run(tmp_path, "init").stdout.count("left as it is") == 4
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_init_writes_runs_with_doit(project: Project) -> None:
    assert run(project.folder, "init").returncode == 0
    assert project.land().code == 0
    assert project.status()["counts"]["merged"] == 2


def test_after_init_plan_works_with_no_further_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "claude").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    folder = make_repository(tmp_path / "app")
    sh(folder, "git", "branch", "--move", "trunk")
    (folder / "issues").mkdir()
    for number, title in ((1, "Other"), (2, 'The "first" one'), (3, 'The "first" one')):
        front = f"---\nnumber: {number}\ntitle: Issue {number}\nmilestone: {json.dumps(title)}\n---\n"
        (folder / "issues" / f"{number}.md").write_text(front)
    first = run(folder, "init")
    assert first.stdout.splitlines()[-2:] == ["  auto-milestone plan", "  auto-milestone -n 2 merge"]
    done = run(folder, "plan")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('The "first" one: 0 of 2 issues closed, 2 open\n')
    argv = [sys.executable, "-m", "doit", "plan"]
    plain = subprocess.run(argv, cwd=folder, capture_output=True, text=True)
    assert (plain.returncode, plain.stdout) == (0, done.stdout), plain.stderr


def test_init_in_a_clone_of_a_github_repository_names_it(tmp_path: Path) -> None:
    folder = make_repository(tmp_path / "app")
    sh(folder, "git", "remote", "add", "origin", "git@github.acme.org:team/app.git")
    assert "with the milestone of team/app" in run(folder, "init").stdout
    forge = read_settings(folder / "milestone.yaml").forge
    assert forge == {"kind": "github", "repository": "team/app", "base_url": "https://github.acme.org/api/v3"}


def test_init_takes_a_host_of_ones_own_from_gh_host_and_names_its_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_repository(tmp_path / "app")
    sh(folder, "git", "remote", "add", "origin", "git@code.acme.org:team/app.git")
    monkeypatch.setenv("GH_HOST", "code.acme.org")
    said = run(folder, "init").stdout
    assert (
        "and a token in GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN, or that of `gh auth login`:" in said
    )
    text = (folder / "milestone.yaml").read_text()
    assert "GH_ENTERPRISE_TOKEN" in text and " GITHUB_TOKEN" not in text
    forge = read_settings(folder / "milestone.yaml").forge
    assert forge == {"kind": "github", "repository": "team/app", "base_url": "https://code.acme.org/api/v3"}
    monkeypatch.delenv("GH_HOST")
    again = run(folder, "init").stdout
    assert "with the milestone of team/app" in again and "folder of your issues" not in again


def test_init_leaves_github_as_a_comment_where_it_is_not_known(tmp_path: Path) -> None:
    folder = make_repository(tmp_path / "app")
    sh(folder, "git", "remote", "add", "origin", "git@code.acme.org:team/app.git")
    run(folder, "init")
    text = (folder / "milestone.yaml").read_text()
    assert "#   kind: github" in text and "GH_ENTERPRISE_TOKEN" in text
    assert read_settings(folder / "milestone.yaml").forge["kind"] == "local"


def test_init_without_issues_says_what_is_missing(tmp_path: Path) -> None:
    assert "Next: name the folder of your issues in milestone.yaml" in run(tmp_path, "init").stdout


def test_init_names_the_issue_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "issues").mkdir()
    (tmp_path / "issues" / "a.md").write_text("# Only a text\n")
    said = run(tmp_path, "init").stdout.splitlines()[-3]
    line = "issues/a.md: no front matter; begin it with `---`, `number: 12`, `title: ...`, `---`"
    assert said == f"Next: mend {line}; then"
    make_repository(tmp_path / "app")
    text = (tmp_path / "milestone.yaml").read_text().replace("repository: . ", "repository: app ")
    (tmp_path / "milestone.yaml").write_text(text)
    assert line in run(tmp_path, "plan").stderr


def test_there_is_one_list_of_commands() -> None:
    own = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["doit"]["plugins"]["command"]
    config = configparser.ConfigParser()
    config.read(TOP / "tasks" / "templates" / "doit.cfg")
    assert own == COMMANDS == dict(config["COMMAND"])
    assert (TOP / "tasks" / "templates" / "dodo.py.txt").read_text() == (TOP / "dodo.py").read_text()
