"""What is planned from what the issues say: their blockers, what needs review, their branches."""

import json
from pathlib import Path

from support.project import Project
from support.repository import commit, sh
from support.stubborn import make_stubborn


def test_epic_is_its_sub_issues(tmp_path: Path) -> None:
    issues = {
        1: {"title": "Epic"},
        2: {"title": "Part", "parent": 1},
        3: {"title": "Part of part", "parent": 2},
        4: {},
    }
    project = Project(tmp_path / "p", issues)
    result = project.doit("plan", "--epic", "1")
    assert result.code == 0, result.all
    plan = json.loads(project.doit("plan", "--epic", "1", "--json").out)
    assert list(plan["issues"]) == ["2", "3"] and plan["epic"] == 1
    missing = project.doit("plan", "--epic", "77")
    assert missing.code == 1 and "issue #77 not found" in missing.err


def test_outside_blockers_missing_ones_and_orphans(tmp_path: Path) -> None:
    issues = {
        1: {"body": "Blocked by #9 and #77"},
        2: {"body": "Depends on other/place#5"},
        3: {"body": "Blocked by #8"},
        4: {},
        8: {"milestone": "M2", "state": "closed", "state_reason": "completed"},
        9: {"milestone": "M2"},
    }
    project = Project(tmp_path / "p", issues)
    out = project.plan().out
    assert "  #8 in M2: closed as completed, needed by #3\n" in out
    assert "  #77: not found, needed by #1\n" in out
    assert 'cut #2 after other/place#5: `force_resolve: ["other/place#5"]` in milestone.yaml' in out
    plan = json.loads(project.doit("plan", "--json").out)
    states = {str(entry["issue"]): (entry["state"], entry["resolved_by"]) for entry in plan["external"]}
    assert states == {
        "8": ("completed", "closed as completed"),
        "9": ("open", None),
        "77": ("missing", None),
        "other/place#5": ("unknown", None),
    }
    assert plan["validation"]["missing_deps"] == [77]
    assert plan["validation"]["orphans"] == [4]
    assert plan["free_issues"] == [3, 4]
    cuts = [deadlock["cut"] for deadlock in plan["deadlocks"]]
    assert [{"issue": 1, "blocker": 9}] in cuts and [{"issue": 2, "blocker": "other/place#5"}] in cuts


def test_cycle_needs_review_and_names_the_cut(tmp_path: Path) -> None:
    issues = {1: {"body": "Blocked by #3"}, 2: {"body": "Blocked by #1"}, 3: {"body": "Blocked by #2"}}
    project = Project(tmp_path / "p", issues)
    plan = json.loads(project.doit("plan", "--json").out)
    assert plan["planning_status"] == "needs_review"
    assert plan["validation"]["circular_deps"] == [[1, 3, 2, 1]]
    assert len(plan["deadlocks"]) == 1 and len(plan["deadlocks"][0]["cut"]) == 1


def test_files_that_two_unordered_issues_name_propose_an_edge(tmp_path: Path) -> None:
    issues = {
        1: {"body": "Change `src/app.py`."},
        2: {"body": "Also changes src/app.py, and no.such.py"},
        3: {"body": "After #1\n\nsrc/app.py again"},
    }
    project = Project(tmp_path / "p", issues)
    clone = project.folder.parent / "clone"
    sh(tmp_path, "git", "clone", "-q", str(project.repository), str(clone))
    commit(clone, "src/app.py", "app = 1\n")
    sh(clone, "git", "push", "-q", "origin", "main")
    plan = json.loads(project.doit("plan", "--json").out)
    assert plan["planning_status"] == "needs_review"
    kinds = [(problem["kind"], problem["issues"]) for problem in plan["planning_issues"]]
    assert kinds == [("overlap", [1, 2, 3])]
    edges = [(edge["issue"], edge["depends_on"], edge["reason"]) for edge in plan["proposed_plan"]]
    assert edges == [(2, 1, "both name src/app.py"), (3, 2, "both name src/app.py")]


def test_a_repository_that_cannot_be_seen_is_planned_from_the_texts_without_git(tmp_path: Path) -> None:
    issues = {
        1: {"body": "Change `src/app.py`."},
        2: {"body": "Also src/app.py and Node.js"},
        3: {"body": "Node.js"},
    }
    project = Project(tmp_path / "p", issues)
    make_stubborn(project, blind=True)
    result = project.doit("plan", "--json", PATH=str(tmp_path))
    assert result.code == 0, result.all
    plan = json.loads(result.out)
    assert [problem["issues"] for problem in plan["planning_issues"]] == [[1, 2]]
    assert plan["free_issues"] == [1, 2, 3]


def test_native_and_written_blockers_that_differ_need_review(tmp_path: Path) -> None:
    issues = {1: {}, 2: {}, 3: {"blocked_by": [1], "body": "Blocked by #2"}}
    plan = json.loads(Project(tmp_path / "p", issues).doit("plan", "--json").out)
    assert [problem["kind"] for problem in plan["planning_issues"]] == ["disagreement"]
    assert [edge["issue"] for edge in plan["issues"]["3"]["depends_on"]] == [1, 2]


def test_unreadable_marker_needs_review_and_shows_its_line(tmp_path: Path) -> None:
    issues = {1: {"body": "Text\n\n**Blocked by:** the database team"}}
    plan = json.loads(Project(tmp_path / "p", issues).doit("plan", "--json").out)
    assert plan["planning_status"] == "needs_review"
    assert plan["planning_issues"][0]["message"].startswith("#1 body:3 ")


def test_branch_is_named_after_number_and_title(tmp_path: Path) -> None:
    titles = {
        1: "Add $(id); `rm -rf`: a very long title that goes on and on until it has to be cut somewhere",
        2: "Überprüfung des Nachweises",
        3: "日本語だけ",
        4: "🎉",
    }
    project = Project(tmp_path / "p", {number: {"title": title} for number, title in titles.items()})
    plan = json.loads(project.doit("plan", "--json").out)
    branches = [plan["issues"][number]["branch"] for number in "1234"]
    assert branches[0] == "feat/issue-1-add-id-rm-rf-a-very-long-title-that-goes"
    assert branches[1] == "feat/issue-2-uberprufung-des-nachweises"
    assert all(len(branch) < 80 and not branch.endswith("-") for branch in branches)
    assert len(set(branches)) == 4
    assert project.doit("-n", "2", "merge").code == 0
