"""Help: ours first, the same for `help WORD` and `WORD --help`, with `auto-milestone` and with doit."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from auto_milestone.engine.commands import Explain, ShowMarkers, Status
from auto_milestone.engine.completion import Completion
from auto_milestone.engine.init import Init
from auto_milestone.engine.pages import SHORT, page
from auto_milestone.engine.run import Run
from auto_milestone.engine.tasks import PLAN_PARAMS
from auto_milestone.model import PHASES
from support.project import Project, Result


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(tmp_path_factory.mktemp("help") / "p", {1: {}})


def ours(folder: Path, *args: str) -> Result:
    argv = [sys.executable, "-m", "auto_milestone", *args]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return Result(done.returncode, done.stdout, done.stderr)


def test_first_page_names_our_commands_first(project: Project) -> None:
    for args in (["help"], ["--help"], ["-h"]):
        result = ours(project.folder, *args)
        assert result.code == 0
        assert result.out.startswith("auto-milestone 0.")
        names = re.findall(r"^  ([a-z-]+)  ", result.out, re.MULTILINE)
        assert names[:7] == list(SHORT), args
        assert {"list", "info", "clean", "forget"} <= set(names[7:])
        assert max(len(line) for line in result.out.splitlines()) < 120


def test_with_doit_it_is_the_same_but_for_its_name(project: Project) -> None:
    page = project.doit("help").out
    assert "  doit -n 2 merge" in page.replace("at once:", "at once: ")
    assert "auto-milestone merge" not in page and "  init" not in page
    assert "auto-milestone" not in project.doit("help", "merge").out
    assert project.doit("-h").out == page


def test_version_is_our_own(project: Project) -> None:
    assert re.fullmatch(
        r"auto-milestone \d+\.\d+\.\d+ \(doit 0\.37\.0\)\n", ours(project.folder, "--version").out
    )


@pytest.mark.parametrize("word", ["plan", "merge", "run", "status", "explain", "markers", "summary", "ci"])
def test_help_of_a_word_is_that_of_the_word_with_help(project: Project, word: str) -> None:
    shown = project.doit("help", word)
    assert shown.code == 0 and shown.out.startswith("doit ")
    assert len(shown.out.splitlines()) > 3 and "OPTIONS" not in shown.out
    assert project.doit(word, "--help").out == shown.out
    assert ours(project.folder, word, "-h").out == shown.out.replace("doit", "auto-milestone").replace(
        "auto-milestone's", "doit's"
    )


def test_help_may_stand_behind_the_options(project: Project) -> None:
    assert project.doit("-n", "2", "merge:12", "--help").out == project.doit("help", "merge").out


def test_pages_name_every_option() -> None:
    for command in (Run, Status, Explain, ShowMarkers, Init, Completion):
        text = page(command.name) or ""
        for option in command.cmd_options:
            assert f"--{option['long']}" in text, (command.name, option["long"])
    assert all(f"--{option['long']}" in (page("plan") or "") for option in PLAN_PARAMS)
    assert all(page(phase) for phase in PHASES)


def test_doits_own_commands_keep_their_help(project: Project) -> None:
    assert "--template=ARG" in project.doit("help", "list").out
    assert "file_dep:" in project.doit("help", "task").out
    assert ours(project.folder, "list", "--help").out == ours(project.folder, "help", "list").out


def test_doits_own_commands_tell_slips_in_one_line(project: Project) -> None:
    for args, line in (
        (["list", "--foo"], "option --foo is unknown; `auto-milestone help list` lists the options"),
        (["info", "merge:999"], "there is no task `merge:999`; `auto-milestone list --all` names them"),
    ):
        result = ours(project.folder, *args)
        assert (result.code, result.out, result.err) == (3, "", f"ERROR: {line}\n")


def test_info_of_no_task_is_one_line_with_doit_as_well(project: Project) -> None:
    result = project.doit("info", "merge:999")
    line = "ERROR: there is no task `merge:999`; `doit list --all` names them\n"
    assert (result.code, result.out, result.err) == (3, "", line)
    assert "--no-status" in project.doit("info", "--help").out


def test_tasks_of_ones_own_keep_their_help(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    with (project.folder / "dodo.py").open("a") as dodo:
        dodo.write("\n\ndef task_docs():\n    return {'actions': None, 'doc': 'build the manual'}\n")
    assert "build the manual" in project.doit("help", "docs").out
    assert "docs" in project.doit("list").out


def test_help_of_nothing_is_one_line(project: Project) -> None:
    result = ours(project.folder, "help", "explian")
    assert result.code == 3
    assert result.err == "ERROR: `explian` is no command and no task; did you mean `explain`?\n"
