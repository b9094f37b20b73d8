"""`doit plan` as a person types it: what is written, the exit code, and what later runs make of it."""

import json
import shutil
from pathlib import Path

import pytest
from support.project import Project

PERSON = "# my own words, kept\r\n"


def graph(folder: Path, **more) -> Project:
    issues = {
        1: {"title": "First"},
        2: {"title": "Second", "body": "Intro\n\nBlocked by #1"},
        3: {"title": "Third", "blocked_by": [1], "body": "Related to #2"},
        9: {"title": "Elsewhere", "milestone": "M2", "body": "Blocks #3"},
    }
    return Project(folder, issues, **more)


def state_folders(project: Project) -> list[str]:
    return [path.name for path in project.folder.glob(".milestone/[!.]*") if path.is_dir()]


def test_plan_is_printed_and_written(tmp_path: Path) -> None:
    project = graph(tmp_path / "p")
    out = project.plan().out
    assert "M1: 0 of 3 issues closed, 3 open" in out
    assert "Planning status: ready" in out
    assert "Recommended parallel: 1 (3 issues in 2 waves, 1.5 a wave)" in out
    assert "#2 after #1  [body:3 Blocked by #1]" in out
    assert "#3 after #1  [native]" in out
    text = project.manifest.read_text()
    assert "execution_waves: [{wave: 1, issues: [1]}, {wave: 2, issues: [2, 3]}]" in text
    assert "related: [2]" in text


def test_json_is_the_same_plan_as_data(tmp_path: Path) -> None:
    project = graph(tmp_path / "p")
    plan = json.loads(project.doit("plan", "--json").out)
    assert plan["planning_status"] == "ready"
    assert plan["free_issues"] == [1]
    assert plan["critical_path"] == [1, 2]
    assert plan["issues"]["3"]["depends_on"] == [{"issue": 1, "source": "native", "satisfied": False}]
    assert plan["issues"]["1"]["blocks"] == [2, 3]


def test_the_persons_part_stays_byte_for_byte(tmp_path: Path) -> None:
    project = graph(tmp_path / "p")
    before = project.manifest.read_bytes() + PERSON.encode()
    project.manifest.write_bytes(before)
    project.plan()
    first = project.manifest.read_bytes()
    assert first.startswith(before)
    stamp = project.manifest.stat().st_mtime_ns
    project.plan()
    assert project.manifest.read_bytes() == first
    assert project.manifest.stat().st_mtime_ns == stamp


def test_planning_touches_nothing_but_manifest_and_state(tmp_path: Path) -> None:
    project = graph(tmp_path / "p")
    before = project.snapshot()
    project.plan()
    after = project.snapshot()
    changed = {name for name in after if after[name] != before.get(name)}
    assert {name for name in changed if not name.startswith(".milestone/")} == {"milestone.yaml"}
    assert project.git("for-each-ref", "--format=%(refname)").split() == ["refs/heads/main"]


def test_numbers_name_issues(tmp_path: Path) -> None:
    project = graph(tmp_path / "p")
    for words in (["1", "2"], ["1,2"], ["#1, #2"]):
        result = project.doit("plan", *words)
        assert result.code == 0, result.all
        assert "Issues: 0 of 2 issues closed" in result.out


def test_issue_that_is_not_there_is_said_and_the_others_are_planned(tmp_path: Path) -> None:
    project = graph(tmp_path / "p")
    result = project.doit("plan", "1", "77")
    assert result.code == 1
    assert "issue #77 not found" in result.err
    assert "First" in result.out and "First" in project.manifest.read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["M9"], 'milestone \'M9\' not found; there are: "M1", "M2"'),
        (["m1: "], "milestone 'm1: ' not found; did you mean \"M1\"?"),
        (["1", "two"], "usage: doit plan"),
        ([" "], "usage: doit plan"),
        (["--wave", "1"], "wave"),
    ],
)
def test_what_cannot_be_planned_is_one_line(tmp_path: Path, words: list[str], message: str) -> None:
    project = graph(tmp_path / "p")
    before = project.manifest.read_bytes()
    result = project.doit("plan", *words)
    assert result.code != 0
    assert message in result.err
    assert len(result.err.strip().splitlines()) == 1 and result.out == ""
    assert project.manifest.read_bytes() == before
    assert state_folders(project) == []


def test_where_no_issue_names_a_milestone_the_way_is_told(tmp_path: Path) -> None:
    result = Project(tmp_path / "p", {1: {"milestone": None}}).doit("plan")
    way = "name issues instead, as in `issues: [12, 13]`"
    assert (result.code, result.err) == (1, f"ERROR: milestone 'M1' not found; there are none: {way}\n")


def test_no_source_at_all_is_one_line_of_usage(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="milestone: M1")
    project.manifest.write_text(project.manifest.read_text().replace("milestone: M1\n", ""))
    result = project.doit("plan")
    assert result.code == 1
    assert "names no milestone, epic or issues" in result.err and "usage" in result.err


def test_title_with_an_equals_sign_is_a_title(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"milestone": "Q1 = release"}})
    result = project.doit("plan", "Q1 = release")
    assert result.code == 0, result.all
    assert "Q1 = release: 0 of 1" in result.out


def test_a_plan_makes_no_clone(tmp_path: Path) -> None:
    project = graph(tmp_path / "p")
    assert project.doit("plan").code == 0
    assert not list(project.folder.glob(".milestone/*/repo.git"))


def test_what_was_begun_is_not_free(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}, 3: {}}, {2: [["exit 1"]]})
    project.plan()
    assert project.doit("pull:1", "work:2").code == 1
    plan = json.loads(project.doit("plan", "--json").out)
    assert plan["free_issues"] == [3]
    shutil.rmtree(project.root / "repo.git")
    plan = json.loads(project.doit("plan", "--json").out)
    assert plan["free_issues"] == [2, 3]


def test_a_closed_issue_keeps_the_wave_that_it_had(tmp_path: Path) -> None:
    project = graph(tmp_path / "p")
    assert project.land().code == 0
    project.plan()
    waves = {
        number: issue["wave"]
        for number, issue in json.loads(project.doit("plan", "--json").out)["issues"].items()
    }
    assert waves == {"1": 1, "2": 2, "3": 2}
    summary = project.doit("summary").out
    assert "- Waves: 2" in summary and "| #3 | Third | 2 |" in summary


def test_a_change_of_one_issue_replaces_its_blockers(tmp_path: Path) -> None:
    project = graph(
        tmp_path / "p", manifest="milestone: M1\nissues: {2: {depends_on: []}, 3: {depends_on: [2]}}"
    )
    project.plan()
    assert project.doit("explain", "2").out.count("has no blockers") == 1
    assert "from manual" in project.doit("explain", "3").out
    assert "waits for #2" in project.state(3)[1]


def test_force_resolve_stays_usable_when_its_dependants_have_landed(tmp_path: Path) -> None:
    issues = {4: {"body": "Blocked by #99 and other/place#5"}, 5: {}, 99: {"milestone": "M2"}}
    project = Project(tmp_path / "p", issues, manifest='force_resolve: [99, "other/place#5"]')
    project.plan()
    assert project.doit("merge:4").code == 0
    assert "#99 in M2: open, needed by none, resolved by `force_resolve`" in project.plan().out
    for words in (["merge"], ["status"], ["explain", "4"], ["summary"]):
        assert project.doit(*words).code == 0, words
    assert "issue-5.txt" in project.files()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("force_resolve: [77]", "milestone.yaml:6: force_resolve[0]: #77 is not found; take it out"),
        ("skip: [77]", "milestone.yaml:6: skip[0]: #77 is no issue of this plan; take it out"),
        ("milestone: M1\nissues: {77: {agent: codex}}", "issues.77: #77 is no issue of this plan"),
        ("agent: claud", "agent: there is no preset 'claud'"),
        ('agent: {command: [sh, "{isue}"]}', "{isue}"),
        ("milestone: M1\nissues: {2: {agent: claud}}", "there is no preset 'claud'"),
    ],
)
def test_what_merge_would_refuse_is_told_by_plan(tmp_path: Path, more: str, message: str) -> None:
    project = graph(tmp_path / "p", manifest=more)
    result = project.doit("plan")
    assert result.code == 1 and "Second" in result.out
    assert message in result.err and len(result.err.splitlines()) == 1
    assert "execution_waves" in project.manifest.read_text()
    refused = project.doit("merge")
    assert refused.code == 3 and refused.err == result.err
    assert project.files() == {"README.md"}


def test_approval_in_its_short_form_lands(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest="approval: auto")
    assert project.land().code == 0
    assert "issue-1.txt" in project.files()


def test_template_with_a_slip_is_told_by_plan(tmp_path: Path) -> None:
    project = graph(tmp_path / "p", manifest="pull: {template: pull.md}")
    (project.folder / "pull.md").write_text("{closes}\n\n{ summary }\n")
    result = project.doit("plan")
    assert result.code == 1 and "pull.md:3: no placeholder { summary }; there are {issue}" in result.err
