"""Plans from GitHub, through the real `doit plan`."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from support.github import GitHub, Repository
from support.github_project import GitHubProject


@pytest.fixture
def project(tmp_path: Path, github: GitHub, repo: Repository) -> GitHubProject:
    return GitHubProject(tmp_path / "project", github, repo)


def plan(project: GitHubProject, *words: str) -> dict[str, Any]:
    result = project.doit("plan", *words, "--json")
    assert result.code == 0, result.all
    found: dict[str, Any] = json.loads(result.out)
    return found


def blockers(found: dict[str, Any]) -> dict[str, list[Any]]:
    return {
        number: [edge["issue"] for edge in issue["depends_on"]] for number, issue in found["issues"].items()
    }


def milestone_of_a_thousand(repo: Repository) -> None:
    """With 200 native edges that nobody arranged, by five people."""
    milestone = repo.milestone("M1")
    people = ["acme", *(repo.person(name).user.login for name in ("ann", "bob", "eve", "sam"))]
    issues = [
        repo.issue(f"Issue {number}", "Do it.", milestone=milestone, author=people[number % 5])
        for number in range(1, 1001)
    ]
    dice, edges = random.Random(4), set[tuple[int, ...]]()
    while len(edges) < 200:
        edges.add(tuple(sorted(dice.sample(range(1000), 2))))
    for blocker, blocked in edges:
        issues[blocked].block_by(issues[blocker])


def test_thousand_issues_take_few_requests_and_none_that_counts_again(
    github: GitHub, repo: Repository, project: GitHubProject
) -> None:
    milestone_of_a_thousand(repo)
    found = plan(project)
    assert len(found["issues"]) == 1000 and sum(len(some) for some in blockers(found).values()) == 200
    assert len(github.log.entries) <= 10 + 200 and not github.log.writes()
    assert (
        github.log.count(kind="git") == 0 and not (project.folder / ".milestone" / "m1" / "repo.git").exists()
    )
    github.log.clear()
    assert plan(project) == found
    assert github.log.points() == 0


def test_milestone_is_named_by_title_or_number_and_pull_requests_are_no_issues(
    repo: Repository, project: GitHubProject
) -> None:
    milestone = repo.milestone("M1")
    repo.issue("First", milestone=milestone)
    repo.issue("Closed", milestone=milestone)
    repo.person("acme").close(2)
    repo.person("acme").push("feat/x", {"a": "b"})
    repo.person("acme").open_pull("feat/x").milestone = milestone
    by_title = plan(project)
    project.manifest.write_text(project.manifest.read_text().replace('milestone: "M1"', "milestone: 1"))
    by_number = plan(project)
    assert by_title["milestone"] == {"title": "M1", "number": 1, "total": 2, "open": 1, "closed": 1}
    assert by_title["issues"].keys() == by_number["issues"].keys() == {"1", "2"}


def test_native_and_written_blockers_that_differ_are_told(repo: Repository, project: GitHubProject) -> None:
    milestone = repo.milestone("M1")
    one, two = (repo.issue(f"Issue {n}", milestone=milestone) for n in (1, 2))
    repo.issue("Third", "Depends on #1\n", milestone=milestone).block_by(two)
    repo.issue("Fourth", "Depends on #1\n", milestone=milestone).block_by(one)
    found = plan(project)
    assert blockers(found) == {"1": [], "2": [], "3": [1, 2], "4": [1]}
    assert [(issue["kind"], issue["issues"]) for issue in found["planning_issues"]] == [("disagreement", [3])]
    assert found["issues"]["4"]["depends_on"][0]["source"] == "body:1 Depends on #1; native"


def test_closed_native_blocker_is_satisfied_only_if_it_was_completed(
    repo: Repository, project: GitHubProject
) -> None:
    milestone = repo.milestone("M1")
    done, dropped = repo.issue("Done"), repo.issue("Dropped")
    repo.person("acme").close(1)
    repo.person("acme").close(2, "not_planned")
    repo.issue("Third", milestone=milestone).block_by(done)
    repo.issue("Fourth", milestone=milestone).block_by(dropped)
    found = plan(project)
    assert found["free_issues"] == [3]
    assert {entry["issue"]: entry["state"] for entry in found["external"]} == {
        1: "completed",
        2: "not_planned",
    }


def test_blockers_in_other_repositories(github: GitHub, repo: Repository, project: GitHubProject) -> None:
    milestone = repo.milestone("M1")
    other = github.repository("acme/lib")
    other.issue("Done there")
    other.person("acme").close(1)
    other.issue("Open there")
    github.repository("rival/secret", private=True).issue("Nobody may know")
    repo.issue("First", "Depends on acme/lib#1\n", milestone=milestone)
    repo.issue("Second", milestone=milestone).block_by(other.numbered[2])
    repo.issue("Third", "Depends on rival/secret#1\n", milestone=milestone)
    found = plan(project)
    states = {entry["issue"]: entry["state"] for entry in found["external"]}
    assert states == {"acme/lib#1": "completed", "acme/lib#2": "open", "rival/secret#1": "unknown"}
    assert found["free_issues"] == [1]
    why = "rival/secret#1 cannot be read: it is not there, or the token may not read it"
    assert why in str(found["deadlocks"])
    told = "cannot be read: it is not there, or the token may not read it"
    assert project.plan().out.count(told) == 2
    out = project.doit("explain", "3").out
    assert told in out and "freed by: giving the token access to rival/secret#1, or `force_resolve: " in out


def test_epic_is_its_sub_issues_nested_ones_included(
    github: GitHub, repo: Repository, project: GitHubProject
) -> None:
    top, one, two, three = (repo.issue(f"Issue {number}") for number in range(1, 5))
    top.adopt(one, two)
    two.adopt(three)
    found = plan(project, "--epic", "1")
    assert blockers(found) == {"2": [], "3": [], "4": []}


def test_sub_issues_in_other_repositories_are_left_out_and_told(
    github: GitHub, repo: Repository, project: GitHubProject
) -> None:
    lib = github.repository("acme/lib")
    repo.issue("Epic").adopt(repo.issue("Here"), *(lib.issue(f"Elsewhere {n}") for n in (1, 2)))
    lib.person("acme").close(2)
    result = project.doit("plan", "--epic", "1", "--json")
    assert result.code == 0 and json.loads(result.out)["issues"].keys() == {"2"}
    assert result.err == "left out, of another repository: acme/lib#1; plan them there\n"


def test_blockers_that_github_does_not_tell_keep_the_plan_from_being_made(
    github: GitHub, repo: Repository, project: GitHubProject
) -> None:
    """None is guessed, and none of the others is lost."""
    github.limits.enabled = False
    milestone = repo.milestone("M1")
    before = repo.issue("First", milestone=milestone)
    for number in range(2, 31):
        before = repo.issue(f"Issue {number}", milestone=milestone, blocked_by=[before])
    github.fault("GET", "/issues/30/dependencies", "refusal", status=404, message="Not Found")
    see_one_line(project, "says that #30 has blockers and does not tell which (404)")
    assert blockers(plan(project))["30"] == [29]


def test_blockers_of_blockers_in_a_list_of_issues(repo: Repository, project: GitHubProject) -> None:
    one = repo.issue("First")
    two = repo.issue("Second", blocked_by=[one])
    repo.issue("Third", blocked_by=[two])
    assert blockers(plan(project, "3", "2", "1")) == {"1": [], "2": [1], "3": [2]}


def test_epic_without_sub_issues_overwrites_nothing(repo: Repository, project: GitHubProject) -> None:
    repo.issue("First", milestone=repo.milestone("M1"))
    project.plan()
    before = project.manifest.read_text()
    see_one_line(project, "issue #1 has no sub-issues here: name an epic that has some", "--epic", "1")
    assert project.manifest.read_text() == before


def test_issue_that_groups_others_of_the_plan_is_told(
    github: GitHub, repo: Repository, project: GitHubProject
) -> None:
    milestone = repo.milestone("M1")
    top, one, other = (repo.issue(f"Issue {number}", milestone=milestone) for number in range(1, 4))
    top.adopt(one)
    github.repository("acme/lib").issue("Elsewhere").adopt(other)
    assert "#1 has sub-issues in this plan and would go to an agent too" in project.plan().out
    assert "if it only groups them, `skip: [1]` in milestone.yaml" in project.plan().out
    project.manifest.write_text(f"skip: [1]\n{project.manifest.read_text()}")
    assert "sub-issues" not in project.plan().out


def test_pull_request_is_no_issue_to_land(repo: Repository, project: GitHubProject) -> None:
    repo.issue("First")
    repo.person("acme").push("feat/x", {"a": "b"})
    repo.person("acme").open_pull("feat/x")
    before = project.manifest.read_text()
    result = project.doit("plan", "2")
    assert (result.code, result.err) == (
        1,
        "ERROR: #2 is a pull request, no issue\nERROR: nothing is planned\n",
    )
    assert project.manifest.read_text() == before
    result = project.doit("plan", "1", "2")
    assert (result.code, result.err) == (1, "ERROR: #2 is a pull request, no issue\n")
    assert "#1  First" in result.out


def test_pull_request_may_block_an_issue(repo: Repository, project: GitHubProject) -> None:
    repo.person("acme").push("feat/x", {"a": "b"})
    repo.person("acme").open_pull("feat/x")
    repo.issue("Second", "Depends on #1\n", milestone=repo.milestone("M1"))
    assert [(entry["issue"], entry["state"]) for entry in plan(project)["external"]] == [(1, "open")]


def test_old_server_has_no_dependencies_sub_issues_or_rules(repo: Repository, project: GitHubProject) -> None:
    repo.dependencies = repo.sub_issues = repo.rules = False
    milestone = repo.milestone("M1")
    repo.issue("First", milestone=milestone)
    repo.issue("Second", "Depends on #1\n", milestone=milestone)
    assert blockers(plan(project)) == {"1": [], "2": [1]}


def test_overlaps_need_no_files(repo: Repository, project: GitHubProject) -> None:
    repo.truncated = True
    milestone = repo.milestone("M1")
    for number in (1, 2):
        repo.issue(f"Issue {number}", "Change src/app/main.py\n", milestone=milestone)
    found = plan(project)
    assert [issue["kind"] for issue in found["planning_issues"]] == ["overlap"]


def test_issue_that_went_to_another_repository_is_missing(
    github: GitHub, repo: Repository, project: GitHubProject
) -> None:
    milestone = repo.milestone("M1")
    moved, deleted = repo.issue("Moved"), repo.issue("Deleted")
    moved.transfer(github.repository("acme/lib").issue("Moved"))
    deleted.delete()
    repo.issue("Third", "Depends on #1, #2\n", milestone=milestone)
    found = plan(project)
    assert {entry["issue"]: entry["state"] for entry in found["external"]} == {1: "missing", 2: "missing"}


def test_token_that_may_only_read_is_enough(github: GitHub, repo: Repository, project: GitHubProject) -> None:
    repo.issue("First", milestone=repo.milestone("M1"))
    names = ("metadata", "issues", "pull_requests", "contents")
    project.environment["GH_ENTERPRISE_TOKEN"] = github.token(
        "acme", permissions=dict.fromkeys(names, "read")
    )
    assert blockers(plan(project)) == {"1": []}


def see_one_line(project: GitHubProject, words: str, *args: str, **env: str) -> None:
    result = project.doit("plan", *args, **env)
    assert result.code == 1 and words in result.err, result.all
    assert len(result.err.strip().splitlines()) == 1 and "ghp" not in result.all


def test_what_keeps_a_plan_from_being_made_is_one_line(github: GitHub, project: GitHubProject) -> None:
    see_one_line(project, "milestone 'M1' not found; there are none")
    see_one_line(project, "no token for 127.0.0.1", GH_ENTERPRISE_TOKEN="", PATH="/usr/bin:/bin")
    see_one_line(project, "refuses the token from GH_ENTERPRISE_TOKEN", GH_ENTERPRISE_TOKEN="ghp_wrong")
    github.fault("GET", "/milestones$", "secondary", retry_after=600)
    see_one_line(project, "its limit of requests is reached; it lets us in again at ")
    with github.down():
        see_one_line(project, "it cannot be reached")
