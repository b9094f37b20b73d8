"""Keywords that close issues."""

from __future__ import annotations

import re

from . import changes
from .repository import Repository
from .state import Issue, User
from .state_pulls import Pull

KEYWORD = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:([\w.-]+/[\w.-]+))?#(\d+)\b", re.IGNORECASE
)


def named(repository: Repository, text: str | None) -> list[Issue]:
    """The issues that a text closes, each once."""
    found: dict[Issue, None] = {}
    for home, number in KEYWORD.findall(text or ""):
        where = repository.world.repositories.get(home.lower()) if home else repository
        issue = where.numbered.get(int(number)) if where else None
        if issue and not isinstance(issue, Pull):
            found[issue] = None
    return list(found)


def references(pull: Pull) -> list[Issue]:
    """The issues that this pull request will close: only on the default branch."""
    if pull.base != pull.repository.default_branch:
        return []
    return named(pull.repository, pull.body)


def close_named(repository: Repository, text: str | None, actor: User | None) -> None:
    for one in named(repository, text):
        changes.close(one, actor)
