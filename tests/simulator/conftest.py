"""A server of one's own for each test, and a plain client for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.github import GitHub
from support.github_client import Client


@pytest.fixture
def github(tmp_path: Path) -> Iterator[GitHub]:
    with GitHub(tmp_path / "github") as server:
        server.repository("octo/app")
        yield server


@pytest.fixture
def client(github: GitHub) -> Client:
    return Client(github, github.token())
