"""The front page of the milestone as doit sees it: manifest x phases -> task dicts.

Every phase of every issue is a task whose target is a receipt. A receipt depends on the receipt of the phase
before it; an issue's first phase depends on the merge receipts of its blockers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doit.exceptions import InvalidDodoFile

from ..errors import MilestoneError
from ..milestone import Milestone
from ..model import PHASES
from ..paths import MANIFEST, STATE
from ..receipts import read_receipt
from ..streams import open_streams
from .actions import plan_action, summary_action
from .pages import PHASE_DOCS, SHORT
from .selection import current
from .session import Session

Task = dict[str, Any]
QUIET = {"capture": False}
"""doit's capture swaps the global sys.stdout: threads would write into each other's tasks."""

PLAN_PARAMS = [
    {"name": "epic", "long": "epic", "type": int, "default": 0, "help": "plan the sub-issues of this issue"},
    {"name": "as_json", "long": "json", "type": bool, "default": False, "help": "print the plan as JSON"},
]


class Tasks:
    """What dodo.py asks: the configuration and the tasks of the manifest beside it."""

    def __init__(self, folder: Path | None = None) -> None:
        open_streams()
        self._session = Session((folder or Path.cwd()) / MANIFEST)

    @property
    def config(self) -> dict[str, Any]:
        """DOIT_CONFIG."""
        milestone = self._session.milestone
        root = milestone.paths.root if milestone else self._session.manifest.parent / STATE / "unplanned"
        return {
            "dep_file": str(root / "doit.db"),
            "backend": "milestone",
            "sort": "definition",
            "default_tasks": ["merge", "cleanup", "summary"],
            "verbosity": 1,
        }

    def dicts(self) -> Iterator[Task]:
        """All task dicts. Raises InvalidDodoFile for a manifest that cannot be used."""
        session = self._session
        yield {
            "basename": "plan",
            "doc": SHORT["plan"],
            "actions": [(plan_action, [session])],
            "params": PLAN_PARAMS,
            "pos_arg": "source",
            "io": QUIET,
            "uptodate": [False],
            "meta": {"session": session},
        }
        yield {
            "basename": "summary",
            "doc": SHORT["summary"],
            "actions": [(summary_action, [session])],
            "io": QUIET,
            "uptodate": [False],
            "meta": {"last": True},
        }
        for phase in PHASES:
            yield {"basename": phase, "name": None, "doc": f"{PHASE_DOCS[phase]} (all issues)"}
        yield {"basename": "wave", "name": None, "doc": "land one wave, with what it needs"}
        milestone = session.milestone
        if milestone is not None and milestone.manifest.plan is not None:
            try:
                yield from _issues(session, milestone)
            except MilestoneError as error:
                raise InvalidDodoFile(str(error)) from None


def _issues(session: Session, milestone: Milestone) -> Iterator[Task]:
    selection, paths, todo = current(), milestone.paths, set(milestone.schedule.todo)
    left = set()
    for number in (*milestone.schedule.todo, *sorted(set(milestone.plan.issues) - todo)):
        landed = milestone.proved(number, "merge")
        if number in todo and selection.needs(number, landed):
            left.add(number)
            before = _first_inputs(milestone, number)
            for phase in PHASES:
                target = paths.receipt(number, phase)
                yield _phase(session, milestone, number, phase, before, target)
                before = [target]
        elif landed and selection.cleanup and not milestone.proved(number, "cleanup"):
            inputs, target = [paths.receipt(number, "merge")], paths.receipt(number, "cleanup")
            yield _phase(session, milestone, number, "cleanup", inputs, target)
    for at, wave in enumerate(milestone.schedule.waves, 1):
        yield {
            "basename": "wave",
            "name": str(at),
            "doc": f"land {', '.join(f'#{number}' for number in wave)}",
            "actions": None,
            "task_dep": [f"merge:{number}" for number in wave if number in left],
        }


def _first_inputs(milestone: Milestone, number: int) -> list[Path]:
    """The merge receipts that an issue starts from."""
    blockers = sorted(milestone.schedule.tasks_before(number))
    return [milestone.paths.receipt(blocker, "merge") for blocker in blockers]


def _phase(
    session: Session, milestone: Milestone, number: int, phase: str, inputs: list[Path], target: Path
) -> Task:
    return {
        "basename": phase,
        "name": str(number),
        "doc": milestone.plan.issues[number].title,
        "actions": [(session.act, [phase, number, inputs])],
        "file_dep": [str(path) for path in inputs],
        "targets": [str(target)],
        "uptodate": [_Stands(target, number, phase)],
        "clean": True,
        "io": QUIET,
        "meta": {"issue": number, "phase": phase},
    }


@dataclass(frozen=True)
class _Stands:
    """Is there a receipt that can be read? What doit asks, and `info` shows."""

    target: Path
    number: int
    phase: str

    def __call__(self) -> bool:
        return read_receipt(self.target, self.number, self.phase) is not None

    def __repr__(self) -> str:
        return f"the receipt of {self.phase}:{self.number} stands"
