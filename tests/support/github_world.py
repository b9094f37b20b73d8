"""The world of the GitHub forge, for its contract."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from auto_milestone.forge.base import Forge
from auto_milestone.forge.forges import make_forge
from auto_milestone.forge.surroundings import Surroundings
from auto_milestone.git.mirror import Mirror
from auto_milestone.git.repository import Repository
from auto_milestone.github.issues import MARK
from auto_milestone.stopping import Stop

from .github import GitHub
from .github.ci import Check, add_check
from .worlds import World


class Hurry(Stop):
    """Nobody who sleeps with it waits."""

    def sleep(self, seconds: float) -> None:
        self.check()


class GitHubWorld(World):
    """`acme/app` on a simulated GitHub, with the token of its owner."""

    def __init__(self, folder: Path, github: GitHub) -> None:
        self.folder, self.github = folder, github
        github.limits.enabled = False
        self.repo = github.repository("acme/app")
        milestone = self.repo.milestone("M1")
        first = self.repo.issue("Issue 1", "Body", milestone=milestone)
        second = self.repo.issue("Issue 2", "Body", milestone=milestone)
        third = self.repo.issue("Issue 3", "Body", milestone=milestone, labels=["feature"])
        self.repo.person("acme").close(second.number)
        first.adopt(third)
        third.block_by(second)
        self.token = github.token()
        self.repository = Repository(self.repo.path)
        self.mirror = Mirror(folder / "repo.git", self.forge.remote_url(), self.forge.git_environment)
        self.mirror.ensure()
        self.mirror.fetch("main")

    @property
    def settings(self) -> dict[str, str]:
        return {"kind": "github", "repository": "acme/app", "base_url": self.github.rest_url}

    @property
    def forge(self) -> Forge:
        return self._forge(Stop())

    @property
    def hurried_forge(self) -> Forge:
        """The same; for it, time flies."""
        return self._forge(Hurry())

    def _forge(self, stop: Stop) -> Forge:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GH_ENTERPRISE_TOKEN", self.token)
            around = Surroundings(self.folder, "main", lambda head: [], stop, lambda *_, **__: None)
            return make_forge(self.settings, around)

    def let_checks_pass(self, head: str) -> None:
        add_check(self.repo, head, Check("test"), self.repo.world.new_id())

    def comments(self, issue: int) -> list[str]:
        bodies = [comment.body for comment in self.repo.numbered[issue].comments]
        return [body.removeprefix(f"{MARK}\n") for body in bodies if body.startswith(MARK)]


@contextmanager
def github_world(folder: Path) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch, GitHub(folder / "github") as github:
        patch.setenv("NO_PROXY", "*")
        yield GitHubWorld(folder, github)
