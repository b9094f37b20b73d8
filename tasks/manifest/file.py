"""The file milestone.yaml: its text, its two parts, and what is wrong with them.

Every problem is a ConfigError of one line: `milestone.yaml:12: forge.kidn: unknown key; did you mean `kind`?`
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ..errors import ConfigError
from ..files import write_atomic
from ..model import Plan, Ref, show_ref
from ..naming import COMMAND
from . import text as manifest_text
from . import yaml_lines
from .plan_data import plan_from
from .schema_check import SettingError, check_person, check_plan
from .settings import Settings, read_ref, settings_from
from .yaml_lines import YamlProblem, show_path

LARGEST = 64 << 20

_BOM = "\ufeff"
_DAMAGED = f"the plan part is damaged: run `{COMMAND} plan` again"
_IF_NEW = f"or run `{COMMAND} plan` again if it is new"
_ISSUES_TWICE = (
    ": without milestone or epic the keys of the mapping are the source: "
    "`issues: {1: {}, 2: {depends_on: [1]}}`"
)
_EXAMPLE = (
    '`milestone: "My milestone"`, `forge: {kind: local, issues: issues, repository: .}` and `agent: claude`'
)


@dataclass(frozen=True)
class Manifest:
    """A manifest as it was read. `plan` is None before the first `doit plan`."""

    path: Path
    settings: Settings
    plan: Plan | None


class ManifestFile:
    """The text of a manifest, and what its parts hold."""

    @classmethod
    def read(cls, path: Path) -> "ManifestFile":
        """Raises ConfigError."""
        return cls(path, read_bytes(path))

    def __init__(self, path: Path, data: bytes) -> None:
        self.path, self.data = path, data
        self._bom, self.text = _decoded(path, data)
        self.upper, self.lower = manifest_text.split(self.text)
        self._person: dict[str, Any] | None = None

    def with_text(self, text: str) -> "ManifestFile":
        return ManifestFile(self.path, (self._bom + text).encode())

    def replace(self, text: str) -> bool:
        """Write `text` in the place of this; False, and untouched, when it is the same. Raises OSError."""
        new = self.with_text(text).data
        if new == self.data:
            return False
        # The file that a link leads to, not the link.
        write_atomic(self.path.resolve(), new)
        return True

    def manifest(self) -> Manifest:
        """Both parts, checked together. Raises ConfigError."""
        settings = self.settings()
        plan = self._plan()
        if plan is not None:
            self.check_names(settings, plan)
        return Manifest(self.path, settings, plan)

    def settings(self) -> Settings:
        """The person's part, whatever the plan part holds. Raises ConfigError."""
        try:
            return settings_from(self.person())
        except SettingError as problem:
            self.fail(problem.path, problem.what)

    def person(self) -> dict[str, Any]:
        """The person's keys, checked against the schema."""
        if self._person is None:
            self._person = self._read_person()
        return self._person

    def fail(self, path: yaml_lines.Path, what: str) -> NoReturn:
        """Raise what is wrong at `path` of the person's part."""
        line = yaml_lines.lines_of(self.upper, [path])[path]
        where = f"{show_path(path)}: " if path else ""
        raise ConfigError(f"{_shown(self.path)}:{line}: {where}{what}")

    def _read_person(self) -> dict[str, Any]:
        # With the key of the lower part, so that what cannot stand above it is found here.
        data = self._load(f"{self.upper}plan:\n" if self.lower else self.upper)
        if data is None:
            raise ConfigError(f"{_shown(self.path)}: is empty; write {_EXAMPLE} into it")
        if not isinstance(data, dict):
            raise ConfigError(
                f"{_shown(self.path)}:1: has to be a mapping of `key: value` lines; write {_EXAMPLE}"
            )
        if self.lower:
            data.pop("plan", None)
            self._check_below()
        if "plan" in data:
            self._fail_above()
        try:
            check_person(data)
        except SettingError as problem:
            self.fail(problem.path, problem.what)
        return data

    def _check_below(self) -> None:
        """What a person writes at the end of the file would be lost with the next plan."""
        if found := manifest_text.key_below(self.lower):
            key, line = found
            what = f"stands below the line `{manifest_text.MARKER}` and would be lost; move it above"
            raise ConfigError(f"{self._below((), line)}: {key}: {what}")

    def _fail_above(self) -> NoReturn:
        what = f"the line `{manifest_text.MARKER}` above it is gone; delete `plan:` and all below it"
        self.fail(("plan",), f"{what}, then run `{COMMAND} plan`")

    def _load(self, text: str) -> Any:
        try:
            return yaml_lines.load(text)
        except YamlProblem as problem:
            if problem.path == ("plan",) and self.lower:
                self._fail_above()
            where = f"{show_path(problem.path)}: " if problem.path else ""
            place = f"{problem.line}:{problem.column}" if problem.column else str(problem.line)
            more = _ISSUES_TWICE if problem.path == ("issues",) and problem.what == yaml_lines.TWICE else ""
            raise ConfigError(f"{_shown(self.path)}:{place}: {where}{problem.what}{more}") from None

    def _plan(self) -> Plan | None:
        if not self.lower:
            return None
        try:
            data = yaml_lines.load(self.lower)
        except YamlProblem as problem:
            self._damaged(problem.path, problem.what, problem.line)
        if not isinstance(data, dict) or data.keys() != {"plan"}:
            self._damaged((), "below this line stands something else than `plan:`", 1)
        try:
            check_plan(data["plan"])
        except SettingError as problem:
            self._damaged(("plan", *problem.path), problem.what)
        plan = plan_from(data["plan"])
        for path, number in _named(plan):
            if number not in plan.issues:
                self._damaged(path, f"#{number} is not under `plan.issues`")
        return plan

    def _below(self, path: yaml_lines.Path, line: int | None = None) -> str:
        """File and line of a place of the plan part."""
        line = line or yaml_lines.lines_of(self.lower, [path])[path]
        return f"{_shown(self.path)}:{self.upper.count(chr(10)) + line}"

    def _damaged(self, path: yaml_lines.Path, what: str, line: int | None = None) -> NoReturn:
        where = f"{show_path(path)}: " if path else ""
        raise ConfigError(f"{self._below(path, line)}: {where}{what.partition('; ')[0]}; {_DAMAGED}")

    def check_names(self, settings: Settings, plan: Plan) -> None:
        """Every issue that the person's part names has to mean something to the plan. Raises ConfigError."""
        data = self.person()
        changes = data.get("issues", {})
        numbers = [(("skip", index), int(number)) for index, number in enumerate(data.get("skip", []))]
        if isinstance(changes, dict):
            numbers += [(("issues", number), int(number)) for number in changes]
        for path, number in numbers:
            if number not in plan.issues:
                self.fail(path, f"#{number} is no issue of this plan; take it out, {_IF_NEW}")
        by_hand = {ref for change in settings.changes.values() for ref in change.depends_on or ()}
        known = _mentioned(plan) | by_hand
        looked_up = _not_there(plan) - by_hand
        for index, item in enumerate(data.get("force_resolve", [])):
            ref = read_ref(item, settings.forge)
            if ref in looked_up:
                self.fail(("force_resolve", index), f"{show_ref(ref)} is not found; take it out, {_IF_NEW}")
            if ref not in known:
                what = f"{show_ref(ref)} is no issue of this plan and blocks none of them"
                self.fail(("force_resolve", index), f"{what}; take it out, or run `{COMMAND} plan` again")


def _named(plan: Plan) -> Iterator[tuple[yaml_lines.Path, int]]:
    """The numbers that have to be issues of the plan, and where they stand."""
    for wave, issues in enumerate(plan.execution_waves):
        yield from _listed(("plan", "execution_waves", wave, "issues"), issues)
    yield from _listed(("plan", "free_issues"), plan.free_issues)
    yield from _listed(("plan", "critical_path"), plan.critical_path)
    for issue in plan.issues.values():
        yield from _listed(("plan", "issues", str(issue.number), "blocks"), issue.blocks)


def _listed(path: yaml_lines.Path, numbers: Iterable[int]) -> Iterator[tuple[yaml_lines.Path, int]]:
    for index, number in enumerate(numbers):
        yield (*path, index), number


def _mentioned(plan: Plan) -> set[Ref]:
    """The issues of the plan and everything that blocks one of them."""
    blockers = {edge.issue for issue in plan.issues.values() for edge in issue.depends_on}
    elsewhere = {external.issue for external in plan.external}
    missing = {*plan.validation.missing_deps, *plan.validation.external_deps}
    return {*plan.issues, *blockers, *elsewhere, *missing}


def _not_there(plan: Plan) -> set[Ref]:
    """What `force_resolve` alone named when the plan was made, and the forge did not know."""
    return {entry.issue for entry in plan.external if entry.state == "missing" and not entry.needed_by}


def read_bytes(path: Path) -> bytes:
    shown = _shown(path)
    if path.is_dir():
        raise ConfigError(f"{shown}: is a folder; it has to be a file that holds {_EXAMPLE}")
    if path.exists() and not path.is_file():
        raise ConfigError(f"{shown}: is no plain file; it has to be one that holds {_EXAMPLE}")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        above = next((one for one in path.absolute().parents[1:] if (one / path.name).is_file()), None)
        if above:
            raise ConfigError(f"{shown}: is not there; one lies in {above}: run the command there") from None
        how = f"`auto-milestone init` writes one, or write {_EXAMPLE} into it"
        raise ConfigError(f"{shown}: is not there; {how}, then run `{COMMAND} plan`") from None
    except OSError as error:
        raise ConfigError(f"{shown}: cannot be read: {error.strerror}") from None
    if len(data) > LARGEST:
        raise ConfigError(f"{shown}: is larger than {LARGEST >> 20} MiB; that is no manifest")
    return data


def _decoded(path: Path, data: bytes) -> tuple[str, str]:
    """The byte order mark, or nothing, and the text behind it."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise ConfigError(f"{_shown(path)}:{line}:{column}: is not UTF-8; save it as UTF-8") from None
    return (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)


def _shown(path: Path) -> str:
    """`path` as a person standing in the current folder would write it."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
