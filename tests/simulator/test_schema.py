"""Every field of the GraphQL schema has an answer of its declared type."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
)
from support.github import GitHub, Queue, Repository
from support.github.ci import Check, Status, always
from support.github.graph_schema import PREFIXES, name_of_type, schema
from support.github_client import Client

VALUES = {"first": "2", "number": "3", "owner": '"octo"', "name": '"app"', "qualifiedName": '"refs/heads/x"'}
ABSTRACT = (GraphQLUnionType, GraphQLInterfaceType)
DEEPER = {"PullRequest": 4, "CheckRun": 4, "PullRequestReviewThread": 4, "MergedEvent": 3}
"""How far down to ask of a type, where 2 does not reach everything."""
NEVER = {
    "AutoMergeRequest",
    "Organization",
    "ReactionGroup",
    "ReviewRequest",
    "Team",
}
"""Types of things that nobody makes here: fields that lead to them are null or empty."""


def selection(kind: object, depth: int) -> str:
    """All fields of a type, down to a depth."""
    if isinstance(kind, ABSTRACT):
        rows = schema().get_possible_types(kind)
        return f"{{ {' '.join(f'... on {one.name} {selection(one, depth)}' for one in rows)} }}"
    if not isinstance(kind, GraphQLObjectType):
        return ""
    parts = [spelled(name, one, depth) for name, one in kind.fields.items() if depth or not leads_on(one)]
    return f"{{ __typename {' '.join(parts)} }}"


def leads_on(field: GraphQLField) -> bool:
    """Whether a field has fields of its own."""
    return isinstance(get_named_type(field.type), (GraphQLObjectType, *ABSTRACT))


def spelled(name: str, field: GraphQLField, depth: int) -> str:
    """A field with the arguments that it needs, and everything below it."""
    wanted = [
        key for key, one in field.args.items() if key == "first" or isinstance(one.type, GraphQLNonNull)
    ]
    arguments = f"({', '.join(f'{key}: {VALUES[key]}' for key in wanted)})" if wanted else ""
    return f"{name}{arguments}{selection(get_named_type(field.type), depth - 1)}"


def make_one_of_each(repo: Repository) -> list[Any]:
    """Things of every kind, with a row of every kind in their timelines."""
    repo.ci = always(Check("test", annotations=[{"path": "x", "message": "m"}]), Status("lint"))
    ann, bot = repo.person("ann"), repo.person("robot[bot]")
    issue = repo.issue("One", milestone=repo.milestone("M1"), labels=["a"])
    issue.adopt(repo.issue("Two", blocked_by=[issue]))
    ann.push("dev", {"d": "1\n"})
    ann.push("x", {"x": "1\n"})
    pull = ann.open_pull("x", body="Closes #1")
    pull.milestone = issue.milestone
    ann.force_push("x", {"x": "2\n"})
    ann.retarget(3, "dev")
    ann.retarget(3, "main")
    ann.label(3, "b", "c")
    ann.unlabel(3, "c")
    bot.comment(3, "hello")
    bot.review(3, "COMMENTED", threads=[("x", 1, "why?")])
    ann.edit(3, title="Other")
    ann.close(3)
    ann.reopen(3)
    ann.push("y", {"y": "1\n"})
    other = ann.open_pull("y", base="dev")
    ann.merge(other.number)
    return [repo, issue, issue.milestone, pull, other, *pull.comments, *pull.reviews, *pull.threads]


def enqueue(client: Client, name: str, thing: str) -> None:
    mutation = (
        f"mutation($p: ID!) {{ {name}(input: {{{thing}: $p}}) {{ mergeQueueEntry {{ id position }} }} }}"
    )
    assert "errors" not in client.query(mutation, p=pull_id(client))


def pull_id(client: Client) -> str:
    text = '{ repository(owner: "octo", name: "app") { pullRequest(number: 3) { id } } }'
    found: str = client.query(text)["data"]["repository"]["pullRequest"]["id"]
    return found


def seen(data: Any) -> Iterator[tuple[str, str]]:
    """(type, field) of everything in an answer."""
    if isinstance(data, list):
        for one in data:
            yield from seen(one)
    elif isinstance(data, dict):
        for name, value in data.items():
            yield data.get("__typename", ""), name
            yield from seen(value)


def test_every_field_has_an_answer(github: GitHub, client: Client) -> None:
    repo = github["octo/app"]
    things = make_one_of_each(repo)
    repo.protect("main", queue=Queue(delay=600))
    for name, thing in (("enqueuePullRequest", "pullRequestId"), ("dequeuePullRequest", "id")):
        enqueue(client, name, thing)
    enqueue(client, "enqueuePullRequest", "pullRequestId")
    events = [event for item in repo.items() for event in item.events]
    things += [*events, *repo.queue, *repo.statuses, *repo.checks, *repo.labels.values()]
    missing = {kind for kind, _ in declared() - set(seen(ask(github, client, things)))}
    assert {kind for kind in missing if not kind.endswith(("Payload", "Edge", "Connection"))} == NEVER


def ask(github: GitHub, client: Client, things: list[Any]) -> Any:
    """Everything that the server says of these."""
    ids = [github.world.node_id(PREFIXES[type(one)], one) for one in things]
    names = {name_of_type(one) for one in things}
    parts = [f"... on {name} {selection(schema().type_map[name], DEEPER.get(name, 2))}" for name in names]
    rows = f"nodes(ids: $i) {{ {' '.join(parts)} }}"
    limit = "rateLimit { __typename cost limit nodeCount remaining resetAt used }"
    found = client.query(f"query($i: [ID!]!) {{ {limit} {rows} }}", i=ids)
    words = {one["message"] for one in found.get("errors", [])}
    assert words <= {"Could not resolve to an Issue with the number of 3."}
    return found["data"]


def declared() -> set[tuple[str, str]]:
    """(type, field) of the whole schema, but for the operations themselves."""
    kinds = (one for one in schema().type_map.values() if isinstance(one, GraphQLObjectType))
    named = (one for one in kinds if not one.name.startswith("__") and one.name not in ("Query", "Mutation"))
    return {(kind.name, name) for kind in named for name in kind.fields}
