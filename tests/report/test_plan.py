"""The plan as it is printed."""

from pathlib import Path

from support.project import Project


def test_nothing_open_is_nothing_to_do(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"state": "closed", "state_reason": "completed"}})
    result = project.doit("plan")
    assert result.code == 0
    assert result.out.splitlines() == [
        "M1: 1 of 1 issue closed, 0 open",
        "Planning status: ready",
        "",
        "No open issues: nothing to do.",
    ]
    assert project.doit("merge").code == 0


def test_one_issue_is_one(tmp_path: Path) -> None:
    assert Project(tmp_path / "p", {1: {}}).plan().out.splitlines() == [
        "M1: 0 of 1 issue closed, 1 open",
        "Planning status: ready",
        "Recommended parallel: 1 (one issue)",
        "",
        "Wave  Issue  Title",
        "   1     #1  Issue 1  (free)",
    ]


def test_recommended_parallel_has_an_upper_limit(tmp_path: Path) -> None:
    out = Project(tmp_path / "p", {number: {} for number in range(1, 10)}).plan().out
    assert "Recommended parallel: 4 (9 issues in one wave, 4 at most)" in out


def test_a_long_title_is_cut(tmp_path: Path) -> None:
    assert f"#1  {'x' * 71}…  (free)" in Project(tmp_path / "p", {1: {"title": "x" * 100}}).plan().out


def test_what_the_person_changed_is_shown_with_the_plan(tmp_path: Path) -> None:
    issues = {
        6: {"state": "closed"},
        7: {},
        8: {"body": "After #7"},
        9: {"body": "After #7"},
        10: {"body": "After #7"},
    }
    more = "milestone: M1\nissues: {8: {depends_on: [6]}, 10: {depends_on: [7, 8]}}\nskip: [9]"
    out = Project(tmp_path / "p", issues, manifest=more).plan().out
    assert "\nSkipped: #9 (`skip` in milestone.yaml)\n" in out
    assert out.partition("Blockers:\n")[2].splitlines()[:5] == [
        "     #8 after #7 (replaced in milestone.yaml)  [body:1 After #7]",
        "     #8 after #6 (satisfied)  [manual]",
        "     #9 after #7  [body:1 After #7]",
        "    #10 after #7  [body:1 After #7]",
        "    #10 after #8  [manual]",
    ]


def test_keys_of_issues_are_the_source_without_another(tmp_path: Path) -> None:
    more = "issues: {1: {}, 2: {depends_on: [1]}}"
    out = Project(tmp_path / "p", {1: {}, 2: {}, 3: {}}, manifest=more).plan().out
    assert "Issues: 0 of 2 issues closed" in out and "#2 after #1  [manual]" in out
