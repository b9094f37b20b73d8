"""What a query costs: the requests that its connections would need, divided by 100."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)


@dataclass
class Count:
    requests: int = 0
    nodes: int = 0

    @property
    def points(self) -> int:
        """At least 1."""
        return max(round(self.requests / 100), 1)


class Counter:
    """Counts one document; fragments count wherever they are spread."""

    def __init__(self, document: DocumentNode, variables: dict[str, Any]) -> None:
        self.count = Count()
        self.variables = variables
        rows = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
        self.fragments = {one.name.value: one for one in rows}

    def walk(self, selections: SelectionSetNode | None, times: int) -> None:
        """`times`: how many things each field is asked of."""
        for one in selections.selections if selections else ():
            if isinstance(one, FragmentSpreadNode):
                self.walk(self.fragments[one.name.value].selection_set, times)
            elif isinstance(one, FieldNode):
                self.field(one, times)
            else:
                self.walk(one.selection_set, times)  # type: ignore[attr-defined]

    def field(self, one: FieldNode, times: int) -> None:
        size = self.size(one)
        if size:
            self.count.requests += times
            self.count.nodes += times * size
        self.walk(one.selection_set, times * (size or 1))

    def size(self, one: FieldNode) -> int:
        """`first` or `last` of a connection; 0: it is none."""
        for argument in one.arguments or ():
            if argument.name.value in ("first", "last"):
                if isinstance(argument.value, VariableNode):
                    return int(self.variables.get(argument.value.name.value) or 0)
                if isinstance(argument.value, IntValueNode):
                    return int(argument.value.value)
        return 0


def count(document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any]) -> Count:
    counter = Counter(document, variables)
    counter.walk(operation.selection_set, 1)
    return counter.count
