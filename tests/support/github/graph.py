"""POST /api/graphql: the query, its cost, its errors in an answer that is 200."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    execute_sync,
    parse,
    specified_rules,
    validate,
)

from .check import Checker
from .doors import let_in
from .graph_cost import count
from .graph_fields import Look, problem
from .graph_schema import schema
from .limits import Limits
from .ticks import tick
from .tokens import Token
from .web import Answer, Refusal, Request
from .world import World

NODES = 500_000
RULES = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]
"""GitHub lets fields of one name and different types pass: gh asks an issue and a pull request for `state` alike."""


@lru_cache(maxsize=500)
def understood(query: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """The document, or what is wrong with it."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, (error,)
    return document, tuple(validate(schema(), document, RULES))


class Graph:
    def __init__(self, world: World, limits: Limits, checker: Checker) -> None:
        self.world = world
        self.limits = limits
        self.checker = checker

    def answer(self, request: Request) -> tuple[Answer, int, str, bool, str]:
        """The answer, its points, the digest of the token, whether it is a mutation, and its first fields."""
        try:
            token = let_in(self.world, request)
            if request.method != "POST":
                raise Refusal(404, "Not Found")
            asked = request.json()
            document, errors = understood(str(asked.get("query", "")))
            operation = chosen(document, asked.get("operationName"))
            mutates = operation is not None and operation.operation is OperationType.MUTATION
            self.limits.check_secondary(5 if mutates else 1, mutates)
        except Refusal as refusal:
            return refusal.answer, 0, "", False, ""
        bucket = self.limits.bucket(token.digest, "graphql")
        if document is None or operation is None or errors:
            return (
                failed(list(errors) or [GraphQLError("An operation is needed")], bucket),
                0,
                token.digest,
                mutates,
                "",
            )
        answer, points = self.run(document, operation, asked, token)
        self.limits.take(bucket, points)
        answer.headers.update(bucket.headers())
        return answer, points, token.digest, mutates, first_fields(operation)

    def outline(self, request: Request) -> tuple[bool, str]:
        """Whether a request is a mutation, and its first fields, without doing it."""
        try:
            asked = request.json()
        except Refusal:
            return False, ""
        document, _ = understood(str(asked.get("query", "")))
        operation = chosen(document, asked.get("operationName"))
        if operation is None:
            return False, ""
        return operation.operation is OperationType.MUTATION, first_fields(operation)

    def run(
        self, document: DocumentNode, operation: OperationDefinitionNode, asked: dict[str, Any], token: Token
    ) -> tuple[Answer, int]:
        variables = asked.get("variables") or {}
        cost = count(document, operation, variables)
        bucket = self.limits.bucket(token.digest, "graphql")
        look = Look(self.world, token, self.world.user(token.login), bucket, cost.points, cost.nodes)
        if bucket.remaining < cost.points:
            words = f"API rate limit exceeded for user ID {look.user.id}."
            return failed([used_up(words)], bucket), 0
        if cost.nodes > NODES:
            words = f"By the time this query traverses to the last field, it is requesting up to {cost.nodes} nodes."
            return failed([problem("MAX_NODE_LIMIT_EXCEEDED", words)], bucket), 0
        with self.world.lock:
            tick(self.world)
            result = execute_sync(
                schema(),
                document,
                context_value=look,
                variable_values=variables,
                operation_name=asked.get("operationName"),
            )
        self.report(result)
        return Answer(200, spelled(result)), cost.points

    def report(self, result: Any) -> None:
        """Errors that no resolver meant are bugs of this server."""
        for error in result.errors or ():
            if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
                self.checker.problems.append(f"graphql {error.path}: {error.original_error!r}")


def used_up(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"type": "RATE_LIMIT", "code": "graphql_rate_limit"})


def chosen(document: DocumentNode | None, name: str | None) -> OperationDefinitionNode | None:
    rows = document.definitions if document else ()
    operations = [one for one in rows if isinstance(one, OperationDefinitionNode)]
    for one in operations:
        if name is None or (one.name and one.name.value == name):
            return one
    return None


def first_fields(operation: OperationDefinitionNode) -> str:
    names = [getattr(one, "name", None) for one in operation.selection_set.selections]
    return " ".join(dict.fromkeys(name.value for name in names if name))


def failed(errors: list[GraphQLError], bucket: Any) -> Answer:
    return Answer(200, {"errors": [spelled_error(one) for one in errors]}, bucket.headers())


def spelled(result: ExecutionResult) -> dict[str, Any]:
    data: dict[str, Any] = {"data": result.data}
    if result.errors:
        data["errors"] = [spelled_error(one) for one in result.errors]
    return data


def spelled_error(error: GraphQLError) -> dict[str, Any]:
    """As GitHub spells it: type and code beside the message, not among the extensions."""
    data: dict[str, Any] = {"message": error.message}
    data.update(error.extensions or {})
    if error.path:
        data["path"] = error.path
    if error.locations:
        data["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    return data
