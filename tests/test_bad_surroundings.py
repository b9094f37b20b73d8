"""The machine around it: home, git, locale, streams, folder names."""

import os
from pathlib import Path

import pytest
from support.conditions import as_ordinary_user, doit, kept, outside, refused
from support.project import Project
from support.terminal import Terminal


@pytest.mark.parametrize("value", [None, "/nowhere/at/all", "read only"])
def test_home_that_is_no_help(tmp_path: Path, value: str | None) -> None:
    project = Project(tmp_path / "p", {1: {}})
    if value == "read only":
        value = str(tmp_path / "home")
        (tmp_path / "home").mkdir(mode=0o555)
    identity = {"GIT_AUTHOR_NAME": "Sam", "GIT_AUTHOR_EMAIL": "sam@example.org"}
    env = {
        "HOME": value,
        "TMPDIR": "/nowhere/at/all",
        **identity,
        **{key.replace("AUTHOR", "COMMITTER"): one for key, one in identity.items()},
    }
    for command in ("plan", "merge"):
        result = doit(project, command, env=env, before=as_ordinary_user)
        assert result.code == 0, result.all
    assert "issue-1.txt" in project.files()


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("", "`git` was not found; install it, or put its folder on PATH"),
        ("#!/bin/sh\necho git version 2.20.1\n", "git 2.38 or newer is needed, found 2.20: update git"),
        ("#!/bin/sh\necho hello\n", "git 2.38 or newer is needed, found none: update git"),
    ],
)
def test_git_that_cannot_be_used(tmp_path: Path, program: str, message: str) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="checks: [[sh, -c, 'true']]")
    before = kept(project)
    if program:
        path = f"{outside(tmp_path / 'bin', 'git', program)}:{os.environ['PATH']}"
    else:
        (tmp_path / "bin").mkdir()
        path = str(tmp_path / "bin")
    refused(doit(project, "plan", env={"PATH": path}), 1, message)
    assert kept(project) == before


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C", "LANG": None},
        {"LC_ALL": None, "LANG": None, "LC_CTYPE": None},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=["C", "none", "ascii", "latin-1"],
)
def test_letters_that_the_terminal_does_not_have(tmp_path: Path, env: dict[str, str | None]) -> None:
    project = Project(tmp_path / "p", {1: {"title": "日本 🎉"}})
    for command in (["plan"], ["merge"], ["explain", "1"], ["list", "--all"]):
        result = doit(project, *command, env=env)
        assert result.code == 0 and "Traceback" not in result.all, result.all
    assert project.subjects()[-1].startswith("日本 🎉")


@pytest.mark.parametrize("number", [0, 1, 2])
def test_standard_stream_that_is_closed(tmp_path: Path, number: int) -> None:
    project = Project(tmp_path / "p", {1: {}})
    streams = {("stdin", "stdout", "stderr")[number]: None}
    for command in (["plan"], ["merge"], ["status"]):
        result = doit(project, *command, before=lambda: os.close(number), **streams)
        assert result.code == 0 and "Traceback" not in result.all, result.all
    assert "issue-1.txt" in project.files()


def test_standard_output_on_a_full_disk(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    with Path("/dev/full").open("w") as full:
        line = "standard output: No space left on device: make room, then run the same command again"
        assert doit(project, "plan", stdout=full).err.strip() == line
        landing = doit(project, "merge", stdout=full)
        assert landing.code == 0 and landing.err.strip() == line
        refused(doit(project, "status", "--json", stdout=full), 1, line)
    assert "issue-1.txt" in project.files()


@pytest.mark.parametrize(
    "name", ['it\'s "q" and more', "日本 é", "$(touch PWNED) `id`", "-n", "[red]x", "a\nb"]
)
def test_name_of_the_folder(tmp_path: Path, name: str) -> None:
    project = Project(tmp_path / name, {1: {}})
    assert project.land().code == 0
    assert "issue-1.txt" in project.files() and not list(tmp_path.rglob("PWNED"))


def test_narrow_terminal(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"title": "[red]wide[/red] " + "word " * 20}})
    project.plan()
    person = Terminal(project.folder, "merge", columns=20)
    assert person.close() == 0, person.shown
    assert "[red]wide[/red]" in person.shown.replace("\n", "")
    assert "issue-1.txt" in project.files()


def test_interpreter_that_takes_warnings_for_errors(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    for command in ("plan", "merge"):
        result = doit(project, command, env={"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "default"})
        assert result.code == 0 and "tasks/" not in result.err, result.err
