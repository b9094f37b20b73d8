"""The schema: a subset of GitHub's own, name by name, with a resolver for every field.

`schema/newer.graphql` holds what GitHub has had since 2025 and older copies of its public schema lack.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
)

from . import graph_checks, graph_issues, graph_mutations, graph_pulls, graph_repository  # noqa: F401
from .graph_fields import FIELDS, Look, Resolver
from .repository import Repository
from .state import Comment, Event, Issue, Label, Milestone, User
from .state_pulls import CheckRun, Pull, QueueEntry, Review, Status, Thread, ThreadComment

FOLDER = Path(__file__).parent / "schema"
PREFIXES = {
    User: "U",
    Repository: "R",
    Label: "LA",
    Milestone: "MI",
    Pull: "PR",
    Issue: "I",
    Comment: "IC",
    Event: "EV",
    Review: "PRR",
    Thread: "PRRT",
    ThreadComment: "PRRC",
    CheckRun: "CR",
    Status: "SC",
    QueueEntry: "MQE",
}
TYPES = {
    Repository: "Repository",
    Label: "Label",
    Milestone: "Milestone",
    Pull: "PullRequest",
    Issue: "Issue",
    Comment: "IssueComment",
    Review: "PullRequestReview",
    Thread: "PullRequestReviewThread",
    ThreadComment: "PullRequestReviewComment",
    CheckRun: "CheckRun",
    Status: "StatusContext",
    QueueEntry: "MergeQueueEntry",
    graph_repository.Commit: "Commit",
    graph_repository.Branch: "Ref",
    graph_checks.Rollup: "StatusCheckRollup",
}


@cache
def schema() -> GraphQLSchema:
    made = build_schema("\n".join(path.read_text() for path in sorted(FOLDER.glob("*.graphql"))))
    for kind in made.type_map.values():
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            kind.resolve_type = name_of_type
        elif isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                field.resolve = resolver(kind.name, name)
    return made


def name_of_type(thing: Any, *_: Any) -> str:
    """The GraphQL type of a thing."""
    if isinstance(thing, User):
        return thing.kind
    if isinstance(thing, Event):
        return thing.kind
    return TYPES[type(thing)]


def resolver(kind: str, name: str) -> Any:
    found = FIELDS.get((kind, name)) or plain(name)

    def resolve(thing: Any, info: GraphQLResolveInfo[Look], **arguments: Any) -> Any:
        return found(thing, info.context, **arguments)

    return resolve


def plain(name: str) -> Resolver:
    """A field of the thing itself; `id` is its node id."""

    def read(thing: Any, look: Look, **arguments: Any) -> Any:
        if isinstance(thing, Mapping):
            return thing[name]
        if name == "id":
            return look.world.node_id(PREFIXES[type(thing)], thing)
        return getattr(thing, name)

    return read
