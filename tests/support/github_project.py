"""A milestone of one's own on the simulated GitHub, driven through the real `doit` as a person would."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .github import GitHub, Repository
from .project import Project


class GitHubProject(Project):
    """Of `repo`, with the token of somebody who may do everything there. `script` and `manifest` as in Project."""

    def __init__(
        self,
        folder: Path,
        github: GitHub,
        repo: Repository,
        script: Mapping[int, list[list[str]]] | None = None,
        manifest: str = "",
    ) -> None:
        self._begin(folder)
        self.repository = repo.path
        self.forge = f"forge: {{kind: github, repository: {repo.full_name}, base_url: {github.rest_url}}}"
        self.environment = {"GH_ENTERPRISE_TOKEN": github.token(), "NO_PROXY": "*"}
        self.set_script(script or {})
        self.manifest.write_text(self._manifest(manifest))


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something has happened."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def small(
    folder: Path,
    github: GitHub,
    repo: Repository,
    issues: int = 1,
    manifest: str = "",
    poll: float = 0.1,
    **more: Any,
) -> GitHubProject:
    """A project with milestone M1 of so many independent issues, on a server without limits."""
    github.limits.enabled = False
    milestone = repo.milestone("M1")
    for number in range(1, issues + 1):
        repo.issue(f"Issue {number}", "Do it.", milestone=milestone)
    project = GitHubProject(folder, github, repo, manifest=f"poll: {poll}\nchecks: []\n{manifest}", **more)
    project.plan()
    github.log.clear()
    return project
