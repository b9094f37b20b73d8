"""Tokens: who holds them and what they may do."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

ALL = {
    "metadata": "read",
    "contents": "write",
    "issues": "write",
    "pull_requests": "write",
    "checks": "read",
    "statuses": "read",
    "actions": "read",
    "administration": "read",
    "merge_queues": "read",
}
"""The permissions of a fine-grained token that may do all that this server offers."""

RANK = {"none": 0, "read": 1, "write": 2, "admin": 3}


@dataclass(eq=False)
class Token:
    """A token of `login`; `permissions` None means a classic token, whose `scopes` count instead."""

    digest: str
    login: str
    permissions: dict[str, str] | None = None
    scopes: tuple[str, ...] = ("repo", "read:org")
    repositories: tuple[str, ...] | None = None
    expired: bool = False
    sso: str = ""
    """The organization that asks for single sign-on before this token is let in."""

    def may(self, needs: str) -> bool:
        """`needs` as `issues:write`; empty means that any token will do."""
        if not needs:
            return True
        name, _, level = needs.partition(":")
        if self.permissions is None:
            return "repo" in self.scopes or (level == "read" and "public_repo" in self.scopes)
        return RANK[self.permissions.get(name, "none")] >= RANK[level]


def digest(secret: str) -> str:
    """How a token is remembered and logged: never in clear."""
    return "sha256:" + hashlib.sha256(secret.encode()).hexdigest()[:16]


class Tokens:
    """The tokens that were given out, by digest."""

    def __init__(self) -> None:
        self._known: dict[str, Token] = {}

    def issue(self, login: str, permissions: dict[str, str] | None, **details: object) -> str:
        """A new token in clear, of an app where the login is one's; the server keeps its digest only."""
        kind = "ghp_" if permissions is None else "github_pat_"
        secret = ("ghs_" if login.endswith("[bot]") else kind) + secrets.token_hex(18)
        self._known[digest(secret)] = Token(digest(secret), login, permissions, **details)  # type: ignore[arg-type]
        return secret

    def find(self, secret: str) -> Token | None:
        return self._known.get(digest(secret))

    def expire(self, secret: str) -> None:
        self._known[digest(secret)].expired = True
