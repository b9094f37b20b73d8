"""A simulated GitHub for each test, and what talks to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from auto_milestone.github.api import Api
from support.api import make_api
from support.github import GitHub, Repository


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    monkeypatch.setenv("NO_PROXY", "*")
    with GitHub(tmp_path / "github") as made:
        yield made


@pytest.fixture
def repo(github: GitHub) -> Repository:
    """`acme/app` with one file."""
    return github.repository("acme/app")


@pytest.fixture
def api(github: GitHub, repo: Repository, tmp_path: Path) -> Api:
    """With the token of the owner."""
    return make_api(github, tmp_path, github.token())
