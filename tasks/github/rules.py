"""What the repository and its base branch demand of a merge."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import ConfigError, MilestoneError
from .api import Api, NotFound, part
from .problems import Refused
from .rows import Row
from .token import Token

ALLOWED = {"squash": "allow_squash_merge", "merge": "allow_merge_commit", "rebase": "allow_rebase_merge"}
"""Our method -> the repository's setting; a token without write access is not shown it."""

ACTIONS = "github-actions[bot]"


def find_repository(api: Api, name: str) -> Row:
    """The repository, asked for once with the person's token: is it there, may it be read?

    Raises ConfigError when it is not, or bears another name by now; and as `Api.get`.
    """
    try:
        found: Row = api.known(f"/repos/{name}")
    except NotFound:
        where = api.place.host
        raise ConfigError(
            f"forge: {name} is not on {where}, or the token may not see it: mend `forge.repository`, "
            "or give the token access to it"
        ) from None
    now = found["full_name"]
    if now.casefold() != name.casefold():
        raise ConfigError(f"forge: {name} is called {now} now: set `repository: {now}`")
    return found


class Rules:
    """Of the branch `base`; `repository` is what `find_repository` gave, for `token`."""

    def __init__(self, api: Api, repository: Row, base: str, token: Token) -> None:
        self._api, self._repository, self._base, self._token = api, repository, base, token
        self._name: str = repository["full_name"]
        self._known: Sequence[Row] | None = None

    def required_checks(self) -> frozenset[str]:
        """Names, of classic branch protection and of rulesets."""
        return frozenset([*self._of_protection(), *self._of_rulesets()])

    def _of_protection(self) -> Iterator[str]:
        branch = self._api.find(f"/repos/{self._name}/branches/{part(self._base)}") or {}
        checks = (branch.get("protection") or {}).get("required_status_checks") or {}
        yield from checks.get("contexts") or ()

    def _of_rulesets(self) -> Iterator[str]:
        for rule in self._rules("required_status_checks"):
            yield from (check["context"] for check in rule["required_status_checks"])

    def _rules(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """Parameters of the rules of a kind. An older server has no rulesets."""
        if self._known is None:
            try:
                self._known = list(self._api.rows(f"/repos/{self._name}/rules/branches/{part(self._base)}"))
            except Refused:
                self._known = []
        return (rule.get("parameters") or {} for rule in self._known if rule["type"] == kind)

    def see_that_it_can_land(self, method: str) -> None:
        """Raises ConfigError for what keeps everything from landing."""
        if self._repository.get("archived"):
            raise ConfigError(f"{self._name} is archived: unarchive it on GitHub")
        allowed = [name for name, key in ALLOWED.items() if self._repository.get(key) is not False]
        for rule in self._rules("pull_request"):
            methods = rule.get("allowed_merge_methods")
            allowed = [name for name in allowed if methods is None or name in methods]
        if method not in allowed:
            others = " or ".join(allowed) or "..."
            raise ConfigError(
                f"{self._name} does not allow the merge method {method}: set `merge: {{method: {others}}}`"
            )

    def obstacle(self) -> str | None:
        """What keeps CI from beginning, and what to do; None: nothing is seen."""
        if self._token.of_app and "GITHUB_ACTIONS" in os.environ and self._is_of_actions():
            return (
                f"what the token from {self._token.source} pushes starts no workflow, since it is that of GitHub "
                "Actions: use a personal or an app's token"
            )
        return None

    def _is_of_actions(self) -> bool:
        try:
            login = self._api.query("{ viewer { login } }")["viewer"]["login"]
        except MilestoneError:
            return False
        return bool(login == ACTIONS)
