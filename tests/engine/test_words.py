"""Words and options that cannot be used: one line that says what was meant."""

from pathlib import Path

import pytest
from support.project import Project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """#1 lands; #2 fails; the others are not to do."""
    issues = {
        1: {},
        2: {},
        3: {"state": "closed"},
        4: {"state": "closed", "state_reason": "not_planned"},
        5: {},
    }
    script = {2: [["exit 1"]]}
    project = Project(tmp_path_factory.mktemp("words") / "p", issues, script, manifest="skip: [5]")
    project.land("merge")
    return project


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (["stauts"], "`stauts` is no command and no task; did you mean `status`?"),
        (["marge:2"], "`marge:2` is no command and no task; did you mean `merge:2`?"),
        (["merge:abc"], "`merge:abc` is no task: behind `merge:` stands a number, as in `merge:12`"),
        (["wave:"], "`wave:` is no task: behind `wave:` stands a number, as in `wave:12`"),
        (["status:2"], "`status:2` is no command and no task; did you mean `status`?"),
        (["merge", "2"], "`2` is no task; did you mean `merge:2`?"),
        (["merge:999"], "the plan has no issue 999; it has #1, #2, #3, #4, #5"),
        (["wave:7"], "there is no wave 7: the waves are numbered from 1 to 1, see `doit plan`"),
        (["merge:5"], "#5 is named in `skip` in milestone.yaml: take it out there to land it"),
        (["-n", "two", "merge"], "-n takes a number of agents from 1, not `two`: doit -n 2 merge"),
        (["-n", "0", "merge"], "-n takes a number of agents from 1, not `0`: doit -n 2 merge"),
        (["merge", "-n", "-3"], "-n takes a number of agents from 1, not `-3`: doit -n 2 merge"),
        (["merge", "-n"], "-n takes a number of agents from 1, not `merge`: doit -n 2 merge"),
        (["plan", "--epic"], "option --epic needs a value; `doit help plan` lists the options"),
        (["-z", "merge"], "option -z is unknown; `doit help merge` lists the options"),
        (["plan", "--jsn"], "option --jsn is unknown; `doit help plan` lists the options"),
        (["plan", "--epic", "x"], "option `epic` takes a number, not `x`"),
        (["status", "--yaml"], "option --yaml is unknown; `doit help status` lists the options"),
        (["status", "2"], "`doit status` takes no arguments, not `2`"),
    ],
)
def test_one_line_says_what_was_meant(project: Project, typed: list[str], line: str) -> None:
    result = project.doit(*typed)
    assert (result.code, result.out, result.err) == (3, "", f"ERROR: {line}\n")


def test_what_is_near_to_nothing_names_what_there_is(project: Project) -> None:
    result = project.doit("xyzzy")
    assert result.code == 3 and len(result.err.splitlines()) == 1
    assert "there are plan, merge, status, explain" in result.err


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("merge:1", "#1 has landed already: nothing to do."),
        ("work:1", "#1 has landed already: nothing to do."),
        ("merge:3", "#3 is closed already: nothing to do."),
        (
            "merge:4",
            "#4 is closed as not planned: nothing to do; to land it, reopen it and run `doit plan`.",
        ),
    ],
)
def test_nothing_to_do_is_said_and_is_no_error(project: Project, word: str, line: str) -> None:
    result = project.doit(word)
    assert (result.code, result.out, result.err) == (0, f"{line}\n", "")


def test_without_a_plan_an_issue_is_not_looked_for(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    result = project.doit("merge:1")
    assert (result.code, result.err) == (3, "ERROR: milestone.yaml holds no plan yet: run `doit plan`\n")
