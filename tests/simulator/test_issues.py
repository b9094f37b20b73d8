"""Milestones and issues, as a plan reads them."""

from github import Auth, Github
from support.github import GitHub
from support.github_client import Client

ISSUES = "/repos/octo/app/issues"


def test_a_milestone_of_1000_issues_is_ten_pages(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    milestone = repo.milestone("M1")
    for number in range(1000):
        repo.issue(f"Issue {number}", "text", milestone=milestone, labels=["a"])
    repo.issue("elsewhere")
    path, pages, numbers = f"{ISSUES}?milestone=1&state=all&per_page=100", 0, set()
    while path:
        answer = client.ask("GET", path)
        numbers |= {row["number"] for row in answer.json()}
        pages, path = pages + 1, answer.links.get("next", {}).get("url", "")
    assert (pages, numbers) == (10, set(range(1, 1001)))


def test_a_client_that_nobody_here_wrote_reads_a_milestone(github: GitHub) -> None:
    repo = github["octo/app"]
    milestone = repo.milestone("M1")
    first = repo.issue("First", milestone=milestone)
    repo.issue("Second", milestone=milestone, blocked_by=[first], author=None)
    auth = Auth.Token(github.token())
    hub = Github(base_url=github.rest_url, auth=auth, seconds_between_requests=0, retry=None)
    rows = list(hub.get_repo("octo/app").get_issues(milestone=hub.get_repo("octo/app").get_milestone(1)))
    assert [(row.number, row.issue_dependencies_summary.blocked_by) for row in rows] == [(2, 1), (1, 0)]
    assert [one.number for one in rows[0].get_blocked_by()] == [1]
    assert rows[0].user is None, "a ghost"


def test_pull_requests_are_rows_of_the_milestone_too(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    ann = repo.person("ann")
    ann.push("b", {"f": "1\n"})
    ann.open_pull("b").milestone = repo.milestone("M1")
    assert [row["pull_request"]["merged_at"] for row in client.get(f"{ISSUES}?milestone=1")] == [None]


def test_an_answer_that_did_not_change_is_304_and_free(github: GitHub, client: Client) -> None:
    issue = github["octo/app"].issue("One")
    tag = client.ask("GET", f"{ISSUES}/1").headers["ETag"]
    before = github.log.points("rest")
    again = client.ask("GET", f"{ISSUES}/1", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, github.log.points("rest")) == (304, b"", before)
    issue.title = "Uno"
    assert client.ask("GET", f"{ISSUES}/1", headers={"If-None-Match": tag}).json()["title"] == "Uno"


def test_closed_blockers_are_listed_too_but_not_counted_as_open(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    other = github.repository("octo/other")
    here, there = repo.issue("here"), other.issue("there")
    repo.issue("blocked", blocked_by=[here, there])
    other.person("ann").close(there.number, "not_planned")
    rows = client.get(f"{ISSUES}/2/dependencies/blocked_by")
    assert [row["state_reason"] for row in rows] == [None, "not_planned"]
    summary = client.get(f"{ISSUES}/2")["issue_dependencies_summary"]
    assert (summary["blocked_by"], summary["total_blocked_by"]) == (1, 2)
    assert [row["number"] for row in client.get("/repos/octo/other/issues/1/dependencies/blocking")] == [2]


def test_an_old_server_has_no_dependencies(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    repo.dependencies = repo.sub_issues = False
    repo.issue("One")
    assert client.ask("GET", f"{ISSUES}/1/dependencies/blocked_by").status_code == 404
    assert client.ask("GET", f"{ISSUES}/1/sub_issues").status_code == 404
    assert "issue_dependencies_summary" not in client.get(f"{ISSUES}/1")


def test_an_epic_has_sub_issues(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    epic, child = repo.issue("epic"), repo.issue("child")
    epic.adopt(child)
    assert [row["number"] for row in client.get(f"{ISSUES}/1/sub_issues")] == [2]
    assert client.get(f"{ISSUES}/2")["parent_issue_url"].endswith("/octo/app/issues/1")


def test_what_is_gone_says_how(github: GitHub, client: Client) -> None:
    repo, other = github["octo/app"], github.repository("octo/other")
    repo.issue("deleted").delete()
    repo.issue("moved").transfer(other.issue("here now"))
    assert [client.ask("GET", f"{ISSUES}/{n}").status_code for n in (1, 2, 3)] == [410, 301, 404]
    there = client.ask("GET", f"{ISSUES}/2").headers["Location"]
    assert client.get(there)["title"] == "here now"


def test_a_renamed_repository_redirects_reads_and_writes(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    repo.issue("One")
    github.rename(repo, "newer")
    read, write = client.ask("GET", f"{ISSUES}/1"), client.ask("PATCH", f"{ISSUES}/1", {"title": "Uno"})
    assert (read.status_code, write.status_code) == (301, 307)
    assert client.get(read.headers["Location"])["title"] == "One"
    assert client.ask("PATCH", write.headers["Location"], {"title": "Uno"}).json()["title"] == "Uno"


def test_what_a_tool_writes_is_there(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    repo.issue("One")
    made = client.ask("POST", f"{ISSUES}/1/comments", {"body": "hello"}).json()
    client.ask("PATCH", f"{ISSUES}/comments/{made['id']}", {"body": "bye"})
    client.ask("POST", f"{ISSUES}/1/labels", {"labels": ["done"]})
    client.ask("PATCH", f"{ISSUES}/1", {"state": "closed", "state_reason": "not_planned"})
    assert [row["body"] for row in client.get(f"{ISSUES}/1/comments")] == ["bye"]
    row = client.get(f"{ISSUES}/1")
    assert (row["state_reason"], [one["name"] for one in row["labels"]]) == ("not_planned", ["done"])
    assert [one.path for one in github.log.writes()] == [
        f"{ISSUES}/1/comments",
        f"{ISSUES}/comments/{made['id']}",
        f"{ISSUES}/1/labels",
        f"{ISSUES}/1",
    ]
