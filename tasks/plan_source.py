"""The plan of a source, from what a workspace offers. Apart from the workspace: planning takes long to import."""

from collections.abc import Collection, Mapping
from functools import cache

from .manifest.settings import Source
from .model import PlannedIssue
from .planning.planner import Planned, make_plan
from .workspace import Workspace


def plan_source(workspace: Workspace, source: Source, before: Mapping[int, PlannedIssue]) -> Planned:
    """Plan `source` with the settings of the manifest; `before`: the issues of the plan so far. The forge is asked
    for everything: no clone is made for a plan.

    Raises MilestoneError.
    """
    settings, forge = workspace.settings, workspace.forge

    @cache
    def begun() -> Collection[str]:
        return {*forge.open_branches(), *workspace.branches()}

    return make_plan(forge, source, settings, lambda branch: branch in begun(), before)
