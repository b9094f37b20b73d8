"""Everything that one server holds: people, repositories, tokens, and the one lock around it."""

from __future__ import annotations

import base64
import itertools
import threading
from pathlib import Path
from typing import Any

from .repository import Repository
from .state import Issue, User
from .tokens import Token, Tokens


class World:
    """The state of one server. Whoever reads or changes it holds `lock`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.repositories: dict[str, Repository] = {}
        """By `owner/name`, in lower case."""
        self.renamed: dict[str, Repository] = {}
        self.tokens = Tokens()
        self.nodes: dict[str, Any] = {}
        """What GraphQL finds by node id."""
        self.url = ""
        self._ids = itertools.count(1001)

    def new_id(self) -> int:
        return next(self._ids)

    def node_id(self, prefix: str, thing: Any) -> str:
        """The opaque name of a thing; asking for it makes it findable."""
        packed = base64.urlsafe_b64encode(b"octo:%d" % thing.id).decode().rstrip("=")
        return self.nodes.setdefault(f"{prefix}_{packed}", thing) and f"{prefix}_{packed}"

    def user(self, login: str, kind: str = "") -> User:
        """The account of that name, made when it is first named."""
        if login not in self.users:
            guess = "Bot" if login.endswith("[bot]") else "User"
            self.users[login] = User(login, self.new_id(), kind or guess)
        return self.users[login]

    def find(self, owner: str, name: str) -> tuple[Repository | None, bool]:
        """The repository of that name; and whether it has another name now."""
        key = f"{owner}/{name}".lower().removesuffix(".git")
        if key in self.repositories:
            return self.repositories[key], False
        return self.renamed.get(key), key in self.renamed

    def rename(self, repository: Repository, name: str) -> None:
        """Give a repository another name; the old one answers with redirects from now on."""
        old = repository.full_name.lower()
        self.renamed[old] = self.repositories.pop(old)
        repository.name = name
        self.repositories[repository.full_name.lower()] = repository

    def level(self, token: Token, repository: Repository) -> str:
        """What the holder of a token may do in a repository: one of LEVELS."""
        if token.repositories is not None and repository.full_name not in token.repositories:
            return "none"
        return repository.level(token.login)

    def issue_at(self, repository: Repository, number: int) -> Issue | None:
        return repository.numbered.get(number)
