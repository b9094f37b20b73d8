"""What a person does on GitHub's pages and with git, for tests."""

from __future__ import annotations

from dataclasses import dataclass

from .repository import Repository
from .state import User


@dataclass(eq=False)
class Person:
    """Somebody with access to a repository."""

    repository: Repository
    user: User
