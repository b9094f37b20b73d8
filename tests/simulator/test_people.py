"""What other people do meanwhile is seen by the next reader."""

from support.github import GitHub
from support.github_client import Client

PULL = "/repos/octo/app/pulls/1"


def test_a_person_pushes_closes_reopens_retargets_and_merges(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    ann = repo.person("ann")
    ann.push("dev", {"d": "1\n"})
    ann.push("x", {"a": "1\n"})
    ann.open_pull("x", body="text")
    head = ann.force_push("x", {"a": "2\n"})
    assert client.get(PULL)["head"]["sha"] == head
    ann.close(1)
    assert client.get(PULL)["state"] == "closed"
    ann.reopen(1)
    ann.retarget(1, "dev")
    ann.edit(1, title="Other")
    row = client.get(PULL)
    assert (row["state"], row["base"]["ref"], row["title"]) == ("open", "dev", "Other")
    landed = ann.merge(1, "squash")
    assert (client.get(PULL)["merged_by"]["login"], repo.tip("dev")) == ("ann", landed)


def test_a_push_ages_threads_and_dismisses_approvals(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    ann, bob = repo.person("ann"), repo.person("bob")
    repo.protect("main", reviews=1, dismiss_stale=True)
    ann.push("x", {"a": "1\n", "b": "1\n"})
    ann.open_pull("x")
    bob.review(1, "APPROVED", threads=[("a", 1, "why?"), ("b", 1, "and this?")])
    assert client.get(PULL)["mergeable_state"] == "clean"
    ann.push("x", {"a": "2\n"})
    assert client.get(PULL)["mergeable_state"] == "blocked"
    assert [one.outdated for one in repo.pull(1).threads] == [True, False]
    assert [row["state"] for row in client.get(f"{PULL}/reviews")] == ["DISMISSED"]


def test_a_branch_that_was_deleted_closes_its_pull_request_for_good(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    ann = repo.person("ann")
    ann.push("x", {"a": "1\n"})
    ann.open_pull("x")
    ann.delete_branch("x")
    assert client.get(PULL)["state"] == "closed"
    answer = client.ask("PATCH", PULL, {"state": "open"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "state")


def test_a_merged_base_that_is_deleted_hands_its_pull_requests_on(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    ann = repo.person("ann")
    ann.push("x", {"a": "1\n"})
    ann.open_pull("x")
    ann.push("y", {"b": "1\n"})
    ann.open_pull("y", base="x")
    ann.merge(1)
    ann.delete_branch("x")
    row = client.get("/repos/octo/app/pulls/2")
    assert (row["state"], row["base"]["ref"]) == ("open", "main")


def test_everybody_belongs_in_their_own_way(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    repo.person("ann")
    for author in ("octo", "ann", "eve"):
        repo.issue("One", author=author)
    rows = client.get("/repos/octo/app/issues?state=all")
    assert [row["author_association"] for row in rows] == ["NONE", "COLLABORATOR", "OWNER"]


def test_the_same_number_is_never_given_twice(github: GitHub) -> None:
    repo = github["octo/app"]
    ann = repo.person("ann")
    ann.push("x", {"a": "1\n"})
    assert [repo.issue("One").number, ann.open_pull("x").number, repo.issue("Two").number] == [1, 2, 3]
