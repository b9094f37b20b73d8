"""A milestone as its manifest tells it: settings, plan, what they mean now, and where its state lies.

Reading only, and quick to import: what a command needs that starts nothing.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .errors import MilestoneError
from .manifest.file import Manifest
from .manifest.manifest import read_manifest
from .manifest.settings import Settings
from .model import External, Plan, Ref
from .naming import COMMAND
from .paths import STATE, StatePaths, slug
from .planning.schedule import Schedule, schedule
from .receipts import read_receipt


def state_slug(settings: Settings, plan: Plan | None) -> str:
    """The name of the state folder: of what was planned, or of what the manifest says is to be planned."""
    if plan is not None:
        return _slug(plan.source, plan.milestone.title, plan.epic)
    source = settings.source
    if source is None:
        return "unplanned"
    return _slug(source.kind, str(source.milestone), source.epic)


def _slug(kind: str, title: str, epic: int | None) -> str:
    if kind == "milestone":
        return slug(title)
    return f"epic-{epic}" if kind == "epic" else "issues"


@dataclass
class Milestone:
    """A manifest and everything that follows from it alone."""

    manifest: Manifest

    @property
    def settings(self) -> Settings:
        return self.manifest.settings

    @property
    def folder(self) -> Path:
        return self.manifest.path.parent

    @property
    def plan(self) -> Plan:
        """Raises MilestoneError where nothing is planned yet."""
        if self.manifest.plan is None:
            raise MilestoneError(f"{self.manifest.path.name} holds no plan yet: run `{COMMAND} plan`")
        return self.manifest.plan

    @cached_property
    def schedule(self) -> Schedule:
        external: dict[Ref, External] = {entry.issue: entry for entry in self.plan.external}
        return schedule(self.settings, self.plan.issues, external)

    @cached_property
    def paths(self) -> StatePaths:
        return StatePaths(self.folder / STATE / state_slug(self.settings, self.manifest.plan))

    def proved(self, issue: int, phase: str) -> bool:
        """Is there a receipt of this phase?"""
        return read_receipt(self.paths.receipt(issue, phase), issue, phase) is not None


def open_milestone(path: Path) -> Milestone:
    """Raises ConfigError for a manifest that cannot be used."""
    return Milestone(read_manifest(path.resolve()))
