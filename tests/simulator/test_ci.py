"""CI by script: check runs, statuses, annotations and logs."""

from support.github import GitHub
from support.github.ci import Check, Push, Status, always, finish, red_once
from support.github_client import Client

REPO = "/repos/octo/app"


def names(client: Client, sha: str) -> dict[str, str | None]:
    rows = client.get(f"{REPO}/commits/{sha}/check-runs")["check_runs"]
    return {row["name"]: row["conclusion"] or row["status"] for row in rows}


def test_red_once_then_green(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    repo.ci = red_once(Check("test"), Status("lint"))
    ann = repo.person("ann")
    first = ann.push("x", {"a": "1\n"})
    ann.open_pull("x")
    assert names(client, first) == {"test": "failure"}
    assert client.get(f"{REPO}/commits/{first}/status")["state"] == "failure"
    second = ann.push("x", {"a": "2\n"})
    assert names(client, second) == {"test": "success"}
    assert client.get(f"{REPO}/pulls/1")["mergeable_state"] == "clean"


def test_nothing_runs_without_a_pull_request(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    repo.ci = always(Check("test"))
    sha = repo.person("ann").push("x", {"a": "1\n"})
    assert names(client, sha) == {}
    assert client.get(f"{REPO}/commits/{sha}/status")["state"] == "pending"


def test_a_check_that_never_ends_and_one_that_comes_late(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    rows = [Check("stuck", delay=None), Check("late", appears=60), Status("queued", delay=None)]
    repo.ci = always(*rows)
    ann = repo.person("ann")
    sha = ann.push("x", {"a": "1\n"})
    ann.open_pull("x")
    assert names(client, sha) == {"stuck": "in_progress"}
    assert client.get(f"{REPO}/commits/{sha}/status")["statuses"][0]["state"] == "pending"
    finish(repo, "stuck", "timed_out")
    finish(repo)
    assert names(client, sha) == {"stuck": "timed_out", "late": "success"}


def test_the_newest_run_of_a_name_counts(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    repo.ci = red_once(Check("test"))
    ann = repo.person("ann")
    sha = ann.push("x", {"a": "1\n"})
    ann.open_pull("x")
    ann.rerun(1)
    assert names(client, sha) == {"test": "success"}
    assert len(client.get(f"{REPO}/commits/{sha}/check-runs?filter=all")["check_runs"]) == 2


def test_a_failure_says_why(github: GitHub, client: Client) -> None:
    def script(push: Push) -> list[Check]:
        row = {"path": "a", "start_line": 3, "message": "assert 1 == 2"}
        log = f"{push.branch} {push.attempt} {push.read('a')}"
        return [Check("test", "failure", title="1 failed", summary="see a", annotations=[row], log=log)]

    repo = github["octo/app"]
    repo.ci = script
    ann = repo.person("ann")
    sha = ann.push("x", {"a": "text\n"})
    ann.open_pull("x")
    run = client.get(f"{REPO}/commits/{sha}/check-runs")["check_runs"][0]
    assert client.get(f"{REPO}/check-runs/{run['id']}")["output"]["title"] == "1 failed"
    note = client.get(f"{REPO}/check-runs/{run['id']}/annotations")[0]
    assert (note["path"], note["start_line"], note["message"]) == ("a", 3, "assert 1 == 2")
    moved = client.ask("GET", f"{REPO}/actions/jobs/{run['id']}/logs")
    assert moved.status_code == 302
    text = Client(github, "").ask("GET", moved.headers["Location"]).text
    assert text.endswith("Z x 1 text\n")
