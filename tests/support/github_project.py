"""A milestone of one's own on the simulated GitHub, driven through the real `doit` as a person would."""

from collections.abc import Mapping
from pathlib import Path

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
