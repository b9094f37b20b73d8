"""Pull requests, pushed with git and merged for real."""

from pathlib import Path

import pytest
from support.github import GitHub
from support.github_client import Client
from support.repository import commit, sh

PULLS = "/repos/octo/app/pulls"


@pytest.fixture
def clone(github: GitHub, client: Client, tmp_path: Path) -> Path:
    """A clone with two commits on feat/x, pushed."""
    repo = github["octo/app"]
    assert client.git(tmp_path, "clone", "-q", repo.clone_url, "clone")[0] == 0
    sh(tmp_path / "clone", "git", "checkout", "-qb", "feat/x")
    for name in ("a", "b"):
        commit(tmp_path / "clone", name, name + "\n", f"Add {name}")
    assert client.git(tmp_path / "clone", "push", "-q", "origin", "feat/x")[0] == 0
    return tmp_path / "clone"


def open_pull(client: Client, **more: object) -> dict[str, object]:
    answer = client.ask("POST", PULLS, {"title": "X", "head": "feat/x", "base": "main", **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


@pytest.mark.parametrize(
    "method, subjects, parents",
    [
        ("squash", ["X (#2)", "Begin"], 1),
        ("merge", ["Merge pull request #2 from octo/feat/x", "Add b", "Add a", "Begin"], 2),
        ("rebase", ["Add b", "Add a", "Begin"], 1),
    ],
)
def test_a_merge_is_a_real_merge(
    github: GitHub, client: Client, clone: Path, method: str, subjects: list[str], parents: int
) -> None:
    repo = github["octo/app"]
    issue = repo.issue("One")
    open_pull(client, body="Closes #1")
    done = client.ask(
        "PUT", f"{PULLS}/2/merge", {"merge_method": method, "sha": sh(clone, "git", "rev-parse", "HEAD")}
    )
    assert done.json() == {
        "sha": repo.tip("main"),
        "merged": True,
        "message": "Pull Request successfully merged",
    }
    assert sh(repo.path, "git", "log", "--topo-order", "--format=%s", "main").splitlines() == subjects
    assert len(sh(repo.path, "git", "log", "-1", "--format=%P", "main").split()) == parents
    assert sh(repo.path, "git", "rev-parse", "main^{tree}") == sh(clone, "git", "rev-parse", "HEAD^{tree}")
    assert (issue.state, client.get(f"{PULLS}/2")["merged"]) == ("closed", True)


def test_the_words_of_a_squash_are_those_that_were_given(github: GitHub, client: Client, clone: Path) -> None:
    issue = github["octo/app"].issue("One")
    open_pull(client)
    wish = {"merge_method": "squash", "commit_title": "Land it", "commit_message": "Fixes #1"}
    client.ask("PUT", f"{PULLS}/2/merge", wish)
    path = github["octo/app"].path
    assert sh(path, "git", "log", "-1", "--format=%B", "main") == "Land it\n\nFixes #1"
    assert issue.state == "closed"


@pytest.mark.parametrize(
    "wish, error",
    [
        ({"head": "feat/x"}, {"code": "custom", "message": "A pull request already exists for octo:feat/x."}),
        (
            {"head": "octo:feat/x"},
            {"code": "custom", "message": "A pull request already exists for octo:feat/x."},
        ),
        ({"head": "absent"}, {"code": "invalid", "field": "head"}),
        ({"base": "absent"}, {"code": "invalid", "field": "base"}),
        ({"head": "same"}, {"code": "custom", "message": "No commits between main and same"}),
    ],
)
def test_a_pull_request_that_cannot_be(
    github: GitHub, client: Client, clone: Path, wish: dict[str, str], error: dict[str, str]
) -> None:
    sh(github["octo/app"].path, "git", "branch", "same", "main")
    open_pull(client)
    answer = client.ask("POST", PULLS, {"title": "X", "head": "feat/x", "base": "main", **wish})
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"resource": "PullRequest", **error}])
    assert len(client.get(f"{PULLS}?state=all")) == 1


def test_pull_requests_are_found_by_their_head(client: Client, clone: Path) -> None:
    open_pull(client)
    assert [row["number"] for row in client.get(f"{PULLS}?state=all&head=octo:feat/x")] == [1]
    assert client.get(f"{PULLS}?state=all&head=octo:feat") == []
    client.ask("PATCH", f"{PULLS}/1", {"state": "closed"})
    assert client.get(f"{PULLS}?head=octo:feat/x") == []


def refused(client: Client, **wish: object) -> tuple[int, str]:
    answer = client.ask("PUT", f"{PULLS}/1/merge", wish)
    return answer.status_code, answer.json()["message"]


def test_a_merge_is_refused_with_the_words_of_github(github: GitHub, client: Client, clone: Path) -> None:
    repo = github["octo/app"]
    ann, before = repo.person("ann"), repo.tip("main")
    open_pull(client)
    assert refused(client, sha="1" * 40)[0] == 409
    repo.squashes = False
    assert refused(client, merge_method="squash") == (
        405,
        "Squash merges are not allowed on this repository.",
    )
    ann.draft(1)
    assert refused(client) == (405, "Pull Request is still a draft")
    ann.draft(1, False)
    assert repo.tip("main") == before
    ann.push("main", {"a": "other\n"})
    assert refused(client) == (405, "Pull Request is not mergeable")
    row = client.get(f"{PULLS}/1")
    assert (row["mergeable"], row["mergeable_state"]) == (False, "dirty")


def test_a_protected_branch_names_what_is_missing(github: GitHub, client: Client, clone: Path) -> None:
    repo = github["octo/app"]
    ann = repo.person("ann")
    open_pull(client)
    rules = repo.protect("main", checks=["test"], reviews=1, strict=True)
    assert "At least 1 approving review" in refused(client)[1]
    ann.review(1, "APPROVED")
    assert refused(client) == (405, 'Required status check "test" is expected.')
    rules.checks = []
    ann.push("main", {"z": "z\n"})
    assert refused(client)[1].startswith("Head branch is out of date.")
    assert client.get(f"{PULLS}/1")["mergeable_state"] == "behind"
    rules.strict, rules.ruleset, rules.reviews = False, True, 2
    assert refused(client)[1].startswith("Repository rule violations found\n\nAt least 2 approving reviews")


def test_the_rules_of_a_branch_are_shown(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    repo.protect("main", checks=["test"])
    branch = client.get("/repos/octo/app/branches/main")
    assert (branch["protected"], branch["protection"]["required_status_checks"]["contexts"]) == (
        True,
        ["test"],
    )
    repo.protect("main", checks=["test"], ruleset=True, linear=True)
    kinds = [row["type"] for row in client.get("/repos/octo/app/rules/branches/main")]
    assert {"pull_request", "required_status_checks", "required_linear_history"} <= set(kinds)
    repo.rules = False
    assert client.ask("GET", "/repos/octo/app/rules/branches/main").status_code == 404


def test_trees_are_listed_whole_or_say_that_they_are_not(github: GitHub, client: Client, clone: Path) -> None:
    tree = client.get("/repos/octo/app/git/trees/feat/x?recursive=1")
    assert ([row["path"] for row in tree["tree"]], tree["truncated"]) == (["README.md", "a", "b"], False)
    github["octo/app"].truncated = True
    assert client.get("/repos/octo/app/git/trees/feat/x?recursive=1")["truncated"]


def test_a_branch_is_deleted_once(github: GitHub, client: Client, clone: Path) -> None:
    open_pull(client)
    path = "/repos/octo/app/git/refs/heads/feat/x"
    assert [client.ask("DELETE", path).status_code for _ in range(2)] == [204, 422]
    assert client.get(f"{PULLS}/1")["state"] == "closed", "without its branch"


def test_mergeability_may_not_be_known_yet(github: GitHub, client: Client, clone: Path) -> None:
    github["octo/app"].unknown_reads = 2
    assert open_pull(client)["mergeable"] is None
    states = [client.get(f"{PULLS}/1")["mergeable_state"] for _ in range(2)]
    assert states == ["unknown", "clean"]
