"""The person's part of milestone.yaml as frozen values: checked and filled in once, when it is loaded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from ..durations import parse_duration
from ..model import Ref
from .schema_check import SettingError
from .yaml_lines import Path

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """What a plan is made from; the field that `kind` names is set."""

    kind: Literal["milestone", "issues", "epic"]
    milestone: str | int | None = None
    issues: tuple[int, ...] = ()
    epic: int | None = None


@dataclass(frozen=True, slots=True)
class IssueChange:
    """What `issues: {14: ...}` changes. `depends_on` replaces every blocker of the issue; None: as planned."""

    depends_on: tuple[Ref, ...] | None = None
    agent: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a person sets; times in seconds. `agent` and `forge` are read by their own tables."""

    source: Source | None
    forge: Mapping[str, Any]
    base: str = "main"
    agent: str | Mapping[str, Any] = "claude"
    setup: tuple[tuple[str, ...], ...] = ()
    checks: tuple[tuple[str, ...], ...] = ()
    check_timeout: float = 30 * 60.0
    fix_rounds: int = 2
    approval_channels: tuple[str, ...] = ("terminal",)
    merge_method: str = "squash"
    pull_draft: bool = False
    pull_labels: tuple[str, ...] = ()
    pull_template: str | None = None
    """A path from the manifest's folder on; None: ours."""
    comments: bool = True
    force_resolve: frozenset[Ref] = frozenset()
    skip: frozenset[int] = frozenset()
    changes: Mapping[int, IssueChange] = field(default_factory=dict)
    approve_plan: bool = False
    barrier: bool = False
    trust: frozenset[str] = frozenset()
    """Logins, in lower case, whose issues may run although they may not write to the repository."""
    trust_label: str | None = None
    ci_skip: bool = False
    """No CI is waited for."""
    ci_required: tuple[str, ...] = ()
    """Names of checks; empty: those that the forge requires."""
    ci_appear_within: float = 10 * 60.0
    ci_deadline: float = 2 * 3600.0
    poll: float = 15.0


def settings_from(data: Mapping[str, Any]) -> Settings:
    """The settings that `data` means; it has passed the schema (`schema_check.check_person`).

    A key that is not there has the default of its field. Raises SettingError for what a schema cannot say.
    """
    agent = data.get("agent")
    given: dict[str, Any] = {
        "base": data.get("base"),
        "agent": dict(agent) if isinstance(agent, Mapping) else agent,
        "setup": _read(data.get("setup"), _commands),
        "checks": _read(data.get("checks"), _commands),
        "check_timeout": _read(data.get("check_timeout"), parse_duration),
        "fix_rounds": _read(data.get("fix_rounds"), int),
        "approval_channels": _read(data.get("approval"), _approval),
        "merge_method": data.get("merge", _NOTHING).get("method"),
        "pull_draft": data.get("pull", _NOTHING).get("draft"),
        "pull_labels": _read(data.get("pull", _NOTHING).get("labels"), tuple),
        "pull_template": data.get("pull", _NOTHING).get("template"),
        "comments": data.get("comments"),
        "force_resolve": frozenset(read_ref(ref, data["forge"]) for ref in data.get("force_resolve", ())),
        "skip": frozenset(int(number) for number in data.get("skip", ())),
        "changes": _changes(data),
        "approve_plan": data.get("approve_plan"),
        "barrier": data.get("barrier"),
        "trust": frozenset(login.casefold() for login in data.get("trust", ())),
        "trust_label": data.get("trust_label"),
        **_ci(data.get("ci", _NOTHING)),
        "poll": _read(data.get("poll"), parse_duration),
    }
    kept = {key: value for key, value in given.items() if value is not None}
    return Settings(source=_source(data), forge=dict(data["forge"]), **kept)


def read_ref(value: str | int | float, forge: Mapping[str, Any]) -> Ref:
    """An issue as a person names it: `owner/repo#3` of the forge's own repository is 3."""
    if not isinstance(value, str):
        return int(value)
    repository, _, number = value.rpartition("#")
    own = forge.get("name") or forge.get("repository", "")
    return int(number) if repository.casefold() == str(own).casefold() else value


def _read(value: Any, reader: Callable[[Any], Any]) -> Any:
    return None if value is None else reader(value)


def _source(data: Mapping[str, Any]) -> Source | None:
    if "milestone" in data:
        title = data["milestone"]
        return Source("milestone", milestone=title if isinstance(title, str) else int(title))
    if "epic" in data:
        return Source("epic", epic=int(data["epic"]))
    numbers = tuple(int(number) for number in data.get("issues", ()))
    return Source("issues", issues=numbers) if numbers else None


def _changes(data: Mapping[str, Any]) -> dict[int, IssueChange]:
    issues = data.get("issues", ())
    if not isinstance(issues, Mapping):
        return {}
    return {int(number): _change(data, number, change) for number, change in issues.items()}


def _change(data: Mapping[str, Any], number: str, change: Mapping[str, Any]) -> IssueChange:
    agent = change.get("agent", {})
    settings = {"preset": agent} if isinstance(agent, str) else dict(agent)
    if "depends_on" not in change:
        return IssueChange(agent=settings)
    refs = tuple(read_ref(ref, data["forge"]) for ref in change["depends_on"])
    if int(number) in refs:
        where: Path = ("issues", number, "depends_on", refs.index(int(number)))
        raise SettingError(where, f"#{number} cannot depend on itself; take it out")
    return IssueChange(tuple(dict.fromkeys(refs)), settings)


def _ci(ci: str | Mapping[str, Any]) -> dict[str, Any]:
    """`skip`, or what is waited for and how long."""
    if isinstance(ci, str):
        return {"ci_skip": True}
    return {
        "ci_required": _read(ci.get("required"), tuple),
        "ci_appear_within": _read(ci.get("appear_within"), parse_duration),
        "ci_deadline": _read(ci.get("deadline"), parse_duration),
    }


def _commands(commands: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(command) for command in commands)


def _approval(approval: str | Mapping[str, Any]) -> tuple[str, ...] | None:
    """`auto` is short for `{channel: auto}`."""
    channel = approval if isinstance(approval, str) else approval.get("channel")
    return None if channel is None else _channels(channel)


def _channels(channel: str | list[str]) -> tuple[str, ...]:
    return (channel,) if isinstance(channel, str) else tuple(channel)
