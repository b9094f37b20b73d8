"""The plan of a source, from what a workspace offers. Apart from the workspace: planning takes long to import."""

from collections.abc import Mapping, Sequence
from functools import cache

from .errors import MilestoneError
from .git.mirror import Mirror
from .manifest.settings import Source
from .model import PlannedIssue
from .paths import MANIFEST
from .planning.planner import Planned, make_plan
from .workspace import Workspace


def plan_source(workspace: Workspace, source: Source, before: Mapping[int, PlannedIssue]) -> Planned:
    """Plan `source` with the settings of the manifest; `before`: the issues of the plan so far.

    Raises MilestoneError.
    """
    settings, forge = workspace.settings, workspace.forge

    @cache
    def begun() -> set[str]:
        return workspace.mirror.branches()

    def is_busy(branch: str) -> bool:
        pull = None if branch in begun() else forge.find_pull(branch)
        return branch in begun() or bool(pull and pull.state == "open")

    def files() -> Sequence[str]:
        return _files_of(workspace.mirror, settings.base)

    return make_plan(forge, source, settings, files, is_busy, before)


def _files_of(mirror: Mirror, base: str) -> Sequence[str]:
    mirror.fetch(base)
    tip = mirror.remote_tip(base)
    if tip is None:
        raise MilestoneError(f"branch {base} is not in {mirror.url}: set `base` in {MANIFEST}")
    return mirror.files(tip)
