"""The actions of the tasks that belong to no issue: `plan` and `summary`."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from doit.exceptions import TaskFailed

from ..errors import ConfigError, MilestoneError, reason_of
from ..files import write_atomic
from ..manifest.manifest import Manifest, check_names, read_settings, write_plan
from ..manifest.plan_data import plan_as_dict
from ..manifest.settings import Source
from ..milestone import Milestone
from ..model import Plan, PlannedIssue
from ..naming import COMMAND
from ..paths import MANIFEST
from ..printable import few
from ..report.plan import plan_lines
from ..report.status import MilestoneStatus, read_status
from ..report.summary import summary
from .lock import is_held
from .session import Session

USAGE = f'usage: {COMMAND} plan ["MILESTONE" | 12 13 14 | 12,13,14 | --epic 635] [--json]'


def parse_source(words: Sequence[str], epic: int, own: Source | None) -> Source:
    """What `doit plan` is to plan: its arguments, or the manifest's own source. Raises ConfigError."""
    parts = [part for word in words for part in re.split(r"[\s,]+", word) if part]
    numbers = [int(part.removeprefix("#")) for part in parts if re.fullmatch(r"#?[1-9]\d{0,9}", part)]
    if epic and not words:
        return Source("epic", epic=epic)
    if epic or (words and not parts):
        raise ConfigError(USAGE)
    if not words:
        if own is None:
            raise ConfigError(f"{MANIFEST} names no milestone, epic or issues; {USAGE}")
        return own
    if len(numbers) == len(parts):
        return Source("issues", issues=tuple(dict.fromkeys(numbers)))
    if len(words) > 1:
        raise ConfigError(f"milestone titles go in quotes, and numbers do not mix with text; {USAGE}")
    return Source("milestone", milestone=words[0])


def plan_action(session: Session, epic: int, as_json: bool, source: Sequence[str]) -> TaskFailed | None:
    """The task `plan`. What cannot be planned is one line on standard error."""
    try:
        return _plan(session, epic, as_json, source)
    except MilestoneError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(reason_of(error))


def _refuse(line: str) -> TaskFailed:
    sys.stderr.write(f"ERROR: {line}\n")
    return TaskFailed(line, report=False)


def _plan(session: Session, epic: int, as_json: bool, words: Sequence[str]) -> TaskFailed | None:
    # Imported here: planning reads texts, which no other task needs and which takes long to import.
    from ..plan_source import plan_source
    from ..workspace import Workspace

    path = session.manifest.resolve()
    words, as_json, epic = _late_options([*(words or ()), *_swallowed()], as_json, epic)
    settings = read_settings(path)
    source = parse_source(words, epic, settings.source)
    # With this source, because the state folder bears its name.
    manifest = Manifest(path, replace(settings, source=source), None)
    workspace = Workspace(Milestone(manifest), session.stop)
    planned = plan_source(workspace, source, _issues_before(session))
    for why in planned.refused.values():
        sys.stderr.write(f"ERROR: {why}\n")
    if planned.elsewhere:
        sys.stderr.write(f"left out, of another repository: {few(planned.elsewhere)}; plan them there\n")
    if not planned.plan.issues and planned.refused:
        return _refuse("nothing is planned")
    plan = _with_reopened(Milestone(Manifest(path, workspace.settings, planned.plan)))
    write_plan(session.manifest, plan)
    if as_json:
        print(json.dumps(_keys_as_text(plan_as_dict(plan)), indent=1, ensure_ascii=False))
    else:
        print("\n".join(plan_lines(plan, settings, planned.groups)))
        if not plan.milestone.open:
            print("\nNo open issues: nothing to do.")
    check_names(session.manifest, plan)
    workspace.check_settings()
    return TaskFailed("not all are planned", report=False) if planned.refused else None


def _with_reopened(milestone: Milestone) -> Plan:
    """The plan with a mark at the issues that have landed and are open again."""
    issues = {
        number: replace(issue, reopened=issue.state == "open" and milestone.proved(number, "merge"))
        for number, issue in milestone.plan.issues.items()
    }
    return replace(milestone.plan, issues=issues)


def _issues_before(session: Session) -> Mapping[int, PlannedIssue]:
    """The issues of the plan that stands in the manifest, if that can be read."""
    plan = session.milestone.manifest.plan if session.milestone else None
    return plan.issues if plan else {}


def _swallowed() -> list[str]:
    """Words with an equals sign, which doit 0.37 takes for variables of the command line, not for arguments."""
    return [word for word in sys.argv[1:] if "=" in word and not word.startswith("-")]


def _late_options(words: Sequence[str], as_json: bool, epic: int) -> tuple[list[str], bool, int]:
    """Options that stand behind the source: doit hands them on as words."""
    rest = list(words)
    if "--json" in rest:
        rest.remove("--json")
        as_json = True
    if "--epic" in rest:
        at = rest.index("--epic")
        if not (at + 1 < len(rest) and rest[at + 1].isdecimal()):
            raise ConfigError(USAGE)
        epic = int(rest[at + 1])
        del rest[at : at + 2]
    unknown = next((word for word in rest if word.startswith("-")), None)
    if unknown:
        raise ConfigError(f"unknown option {unknown}; {USAGE}")
    return rest, as_json, epic


def _keys_as_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _keys_as_text(one) for key, one in value.items()}
    return [_keys_as_text(one) for one in value] if isinstance(value, list) else value


def summary_action(session: Session) -> TaskFailed | None:
    """The task `summary`: print it, and keep it as summary.md in the state folder."""
    milestone = session.milestone
    if milestone is None:
        return _refuse(session.problem)
    try:
        running = is_held(milestone.paths) and session.context is None
        print(write_summary(milestone, read_status(milestone, running)), end="")
    except MilestoneError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(reason_of(error))
    return None


def write_summary(milestone: Milestone, status: MilestoneStatus) -> str:
    """The summary as Markdown, kept in the state folder; a file that says the same is not touched."""
    text = summary(milestone.plan, status, milestone.paths)
    target = milestone.paths.root / "summary.md"
    if not target.exists() or target.read_bytes() != text.encode():
        write_atomic(target, text.encode())
    return text
