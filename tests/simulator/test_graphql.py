"""GraphQL: what a watcher reads, what a tool changes."""

import pytest
from support.github import ALL, GitHub, Queue
from support.github.ci import Check, Status, always
from support.github_client import Client

PULL = """fragment P on PullRequest {
  number state isDraft mergeable mergeStateStatus reviewDecision merged headRefOid isInMergeQueue
  latestOpinionatedReviews(first: 5) { nodes { state author { login } commit { oid } } }
  reviewThreads(first: 10) { nodes { id isResolved isOutdated path line comments(first: 5) { nodes { body } } } }
  commits(last: 1) { nodes { commit { oid statusCheckRollup { state contexts(first: 50) {
    pageInfo { hasNextPage endCursor }
    nodes { __typename
      ... on CheckRun { name status conclusion checkSuite { app { slug } } isRequired(pullRequestNumber: 1) }
      ... on StatusContext { context state description } } } } } } }
}"""
HOME = 'repository(owner: "octo", name: "app")'
MUTATION = "mutation($p: ID!) {{ {0}(input: {{pullRequestId: $p}}) {{ pullRequest {{ isDraft }} }} }}"


@pytest.fixture
def pulls(github: GitHub) -> list[int]:
    """Three open pull requests, the first with a review and a thread."""
    repo = github["octo/app"]
    repo.ci = always(Check("test"), Status("lint", "failure", description="2 problems"))
    ann = repo.person("ann")
    for name in ("a", "b", "c"):
        ann.push(name, {name: "1\n"})
        ann.open_pull(name)
    ann.review(1, "CHANGES_REQUESTED", "no", threads=[("a", 1, "why?")])
    return [1, 2, 3]


def test_one_query_reads_many_pull_requests(github: GitHub, client: Client, pulls: list[int]) -> None:
    github["octo/app"].protect("main", checks=["test"], ruleset=True)
    aliases = " ".join(f"p{n}: pullRequest(number: {n}) {{ ...P }}" for n in pulls)
    found = client.query(f"{{ rateLimit {{ cost remaining }} {HOME} {{ {aliases} }} }} {PULL}")
    assert found["data"]["rateLimit"] == {"cost": 1, "remaining": 4999}
    first = found["data"]["repository"]["p1"]
    assert (first["mergeStateStatus"], first["reviewDecision"]) == ("UNSTABLE", "CHANGES_REQUESTED")
    rollup = first["commits"]["nodes"][0]["commit"]["statusCheckRollup"]
    check, status = rollup["contexts"]["nodes"]
    assert (rollup["state"], check["conclusion"], check["isRequired"]) == ("FAILURE", "SUCCESS", True)
    assert (status["context"], status["state"], status["description"]) == ("lint", "FAILURE", "2 problems")
    assert [one["comments"]["nodes"][0]["body"] for one in first["reviewThreads"]["nodes"]] == ["why?"]
    assert github.log.points("graphql") == 1


def test_pages_follow_cursors(client: Client, pulls: list[int]) -> None:
    rows = "pullRequests(first: 2, after: $c) { nodes { number } pageInfo { hasNextPage endCursor } }"
    text = f"query($c: String) {{ {HOME} {{ {rows} }} }}"
    page = client.query(text)["data"]["repository"]["pullRequests"]
    rest = client.query(text, c=page["pageInfo"]["endCursor"])["data"]["repository"]["pullRequests"]
    assert page["pageInfo"]["hasNextPage"] and not rest["pageInfo"]["hasNextPage"]
    assert [one["number"] for one in page["nodes"] + rest["nodes"]] == [1, 2, 3]


def test_the_cost_is_that_of_the_connections(client: Client) -> None:
    inner = "comments(first: 50) { nodes { id } } labels(first: 60) { nodes { name } }"
    rows = f"issues(first: 100) {{ nodes {{ {inner} }} }}"
    text = f"{{ rateLimit {{ cost nodeCount }} {HOME} {{ {rows} }} }}"
    assert client.query(text)["data"]["rateLimit"] == {"cost": 2, "nodeCount": 100 + 5000 + 6000}


def test_one_that_is_not_there_leaves_the_others(client: Client, pulls: list[int]) -> None:
    found = client.query(
        f"{{ {HOME} {{ a: pullRequest(number: 1) {{ number }} b: pullRequest(number: 9) {{ number }} }} }}"
    )
    assert found["data"]["repository"] == {"a": {"number": 1}, "b": None}
    assert [(one["type"], one["path"]) for one in found["errors"]] == [("NOT_FOUND", ["repository", "b"])]


def test_a_field_that_github_has_not_is_refused(client: Client) -> None:
    found = client.query(f"{{ {HOME} {{ pullRequest(number: 1) {{ isGreen }} }} }}")
    assert "data" not in found and "Cannot query field 'isGreen'" in found["errors"][0]["message"]


def test_a_token_without_a_permission_is_forbidden(github: GitHub, pulls: list[int]) -> None:
    weak = Client(github, github.token(permissions={**ALL, "pull_requests": "none"}))
    found = weak.query(f"{{ {HOME} {{ pullRequest(number: 1) {{ number }} }} }}")
    assert found["errors"][0]["type"] == "FORBIDDEN"


def test_the_timeline_tells_who_labelled_when_the_text_was_last_edited(
    github: GitHub, client: Client
) -> None:
    repo = github["octo/app"]
    repo.issue("One", "text")
    ann = repo.person("ann", "triage")
    ann.edit(1, title="Uno", body="other text")
    ann.label(1, "go")
    kinds = "itemTypes: [LABELED_EVENT, RENAMED_TITLE_EVENT]"
    rows = "nodes { __typename ... on LabeledEvent { actor { login } createdAt label { name } } }"
    found = client.query(
        f"{{ {HOME} {{ issue(number: 1) {{ lastEditedAt timelineItems({kinds}, last: 9) {{ {rows} }} }} }} }}"
    )
    issue = found["data"]["repository"]["issue"]
    renamed, labelled = issue["timelineItems"]["nodes"]
    assert renamed["__typename"] == "RenamedTitleEvent" and labelled["actor"]["login"] == "ann"
    assert issue["lastEditedAt"] <= labelled["createdAt"]


UPDATE = "mutation($i: UpdateRefsInput!) { updateRefs(input: $i) { clientMutationId } }"


def test_refs_are_updated_all_or_none(github: GitHub, client: Client, pulls: list[int]) -> None:
    repo = github["octo/app"]
    main, zero = repo.tip("main"), "0" * 40
    home = client.query(f"{{ {HOME} {{ id }} }}")["data"]["repository"]["id"]

    def update(*rows: tuple[str, str, str]) -> list[str]:
        refs = [{"name": f"refs/heads/{name}", "beforeOid": old, "afterOid": new} for name, old, new in rows]
        found = client.query(UPDATE, i={"repositoryId": home, "refUpdates": refs})
        return [one["type"] for one in found.get("errors", [])]

    assert update(("new", zero, main), ("a", main, zero)) == ["UNPROCESSABLE"]
    assert "new" not in repo.branches() and "a" in repo.branches()
    assert update(("new", zero, main), ("a", repo.tip("a"), zero)) == []
    assert "new" in repo.branches() and "a" not in repo.branches()
    assert update(("new", zero, main)) == ["UNPROCESSABLE"], "it exists"
    assert repo.pull(1).state == "closed", "its branch is gone"


def test_drafts_threads_and_replies(github: GitHub, client: Client, pulls: list[int]) -> None:
    found = client.query(f"{{ {HOME} {{ pullRequest(number: 1) {{ id ...P }} }} }} {PULL}")["data"][
        "repository"
    ]
    pull, thread = found["pullRequest"]["id"], found["pullRequest"]["reviewThreads"]["nodes"][0]["id"]
    for name, drafted in (("convertPullRequestToDraft", True), ("markPullRequestReadyForReview", False)):
        found = client.query(MUTATION.format(name), p=pull)["data"][name]
        assert found["pullRequest"] == {"isDraft": drafted}
    client.query(
        'mutation($t: ID!) { addPullRequestReviewThreadReply(input: {pullRequestReviewThreadId: $t, body: "done"})'
        " { comment { id } } resolveReviewThread(input: {threadId: $t}) { thread { isResolved } } }",
        t=thread,
    )
    one = github["octo/app"].pull(1).threads[0]
    assert one.resolved_by and [each.body for each in one.comments] == ["why?", "done"]


ENQUEUE = """mutation($p: ID!, $h: GitObjectID) { enqueuePullRequest(input: {pullRequestId: $p, expectedHeadOid: $h}) {
  mergeQueueEntry { position state } } }"""


def test_a_queue_lands_one_and_removes_another(github: GitHub, client: Client, pulls: list[int]) -> None:
    repo = github["octo/app"]
    repo.protect("main", queue=Queue(delay=60, remove={2: "FAILED_CHECKS"}))
    merge = client.ask("PUT", "/repos/octo/app/pulls/3/merge")
    assert (merge.status_code, merge.json()["message"]) == (
        405,
        "Changes must be made through the merge queue",
    )
    text = "{ p1: pullRequest(number: 1) { id } p2: pullRequest(number: 2) { id } }"
    ids = client.query(f"{{ {HOME} {text} }}")["data"]["repository"]
    stale = client.query(ENQUEUE, p=ids["p1"]["id"], h=repo.tip("main"))
    assert stale["errors"][0]["type"] == "UNPROCESSABLE"
    for name, place in (("p1", 1), ("p2", 2)):
        entry = client.query(ENQUEUE, p=ids[name]["id"])["data"]["enqueuePullRequest"]["mergeQueueEntry"]
        assert entry["position"] == place
    for entry in repo.queue:
        entry.seconds = 0
    removed = "timelineItems(last: 1) { nodes { ... on RemovedFromMergeQueueEvent { reason } } }"
    after = client.query(
        f"{{ {HOME} {{ p1: pullRequest(number: 1) {{ merged }} p2: pullRequest(number: 2) {{ state {removed} }} }} }}"
    )
    assert after["data"]["repository"] == {
        "p1": {"merged": True},
        "p2": {"state": "OPEN", "timelineItems": {"nodes": [{"reason": "FAILED_CHECKS"}]}},
    }


def test_an_exhausted_budget_is_an_error_in_a_200(github: GitHub, client: Client) -> None:
    client.query("{ viewer { login } }")
    github.limits.spend(remaining=0)
    found = client.query("{ viewer { login } }")
    assert [(one["type"], one["code"]) for one in found["errors"]] == [("RATE_LIMIT", "graphql_rate_limit")]
