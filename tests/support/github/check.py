"""What REST answers, held against the models that githubkit generates from GitHub's published description.

The answers differ in form from the newest description in these places, and nowhere else:

- `merge_commit_sha` of a pull request: versions of the API before 2026-03-10 have it, and they are what a client
  gets that names no version.
- `rate` of /rate_limit: the deprecated twin of `resources.core`, which those versions have too.
- GraphQL: fields of one name and different types may stand side by side (`gh` needs it); `schema/newer.graphql`.
- `status` in a 422: GitHub sends it, as in every error, though the description of this one leaves it out.
- `reactions`, `locked` and the like are constants: nobody here reacts or locks.
"""

from __future__ import annotations

import re
import threading
import warnings
from functools import cache
from types import GenericAlias
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

BEYOND = {"merge_commit_sha", "rate", "status"}
SAMPLE = 25
"""Of a list with more rows, this many from both ends are validated: a page of 100 stays fast."""


@cache
def adapter(model: str) -> TypeAdapter[Any]:
    """`Issue`, `list[Issue]`; made once, for some models take a while."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from githubkit_schemas.latest import models

        found = re.fullmatch(r"list\[(\w+)\]", model)
        if model == "BranchRules":
            return TypeAdapter(cast(Any, GenericAlias(list, rule_union(models))))
        kind: Any = getattr(models, found[1] if found else model)
        return TypeAdapter(cast(Any, GenericAlias(list, kind)) if found else kind)


def rule_union(models: Any) -> Any:
    """The union of all rules that a branch may have."""
    union = models.RepositoryRuleDetailedOneof0
    number = 1
    while hasattr(models, f"RepositoryRuleDetailedOneof{number}"):
        union |= getattr(models, f"RepositoryRuleDetailedOneof{number}")
        number += 1
    return union


class Checker:
    """Collects every answer that is not of the published form."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._lock = threading.Lock()

    def check(self, model: str, where: str, data: Any) -> None:
        if not model:
            return
        rows = data[:SAMPLE] + data[SAMPLE:][-SAMPLE:] if isinstance(data, list) else data
        problems = [*broken(model, rows), *unknown(model, rows)]
        with self._lock:
            self.problems += [f"{where}: {one}" for one in problems]


def broken(model: str, data: Any) -> list[str]:
    try:
        adapter(model).validate_python(data)
    except ValidationError as error:
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5]]
    return []


def unknown(model: str, data: Any) -> list[str]:
    """Fields that the model does not have."""
    names = known(model)
    rows = data if isinstance(data, list) else [data]
    return sorted({f"{key}: no such field" for row in rows for key in row if names and key not in names})


@cache
def known(model: str) -> frozenset[str]:
    from githubkit_schemas.latest import models

    kind = getattr(models, model.removeprefix("list[").removesuffix("]"), None)
    fields = getattr(kind, "model_fields", {})
    return frozenset(field.alias or name for name, field in fields.items()) | (
        BEYOND if fields else frozenset()
    )
