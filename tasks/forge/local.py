"""A forge without account or network: Markdown issue files, a git repository, pull requests as small records.

A repository that is a plain folder is imported on first use; the folder and its issue files are then never
written: an issue that gets closed is noted beside the imported repository.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import CommandError, ConfigError, Conflict, ForgeError, MilestoneError, Moved
from ..files import read_json, write_json
from ..git.mirror import Mirror
from ..git.repository import Repository, import_folder, is_repository
from ..model import CheckRun, Issue, Pull
from ..naming import COMMAND
from ..paths import MANIFEST
from ..printable import few
from .base import Landing, NewPull
from .issue_folder import IssueFolder
from .pull_file import numbers_by_branch, read_pull
from .surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """`forge: {kind: local, issues: DIR, repository: PATH, name: owner/repo}`, paths made absolute."""

    issues: Path
    repository: Path
    name: str


def local_settings(forge: Mapping[str, Any], folder: Path) -> LocalSettings:
    """From the manifest's `forge`; relative paths are relative to the manifest's folder."""
    return LocalSettings(
        issues=folder / forge["issues"],
        repository=folder / forge["repository"],
        name=forge.get("name") or f"local/{Path(forge['repository']).resolve().name}",
    )


class LocalForge(IssueFolder):
    """The Forge of `kind: local`. `home` is its folder in the state; the project's own checks are its CI."""

    def __init__(self, settings: LocalSettings, home: Path, around: Surroundings) -> None:
        super().__init__(settings.issues, self._noted_in, home / "comments")
        self.name = settings.name
        self._settings, self._home, self._around = settings, home, around
        self._not_ours = {MANIFEST}
        """Files that may be changed in a checked-out base: planning and the person's choices write the manifest."""
        self._repository: Repository | None = None
        self._by_branch: dict[str, list[int]] | None = None

    def _noted_in(self, path: Path) -> Path | None:
        """Where a state is noted when the issue's file is not ours to write: its repository was imported, or
        holds the file, and would be left dirty."""
        ours = self._top is not None and not path.resolve().is_relative_to(self._top)
        return None if ours else self._home / "issues" / path.name

    @cached_property
    def _top(self) -> Path | None:
        """The folder of the repository that issues land in; None: it is imported from there."""
        source = self._settings.repository
        return source.resolve() if is_repository(source) else None

    # -- git

    def remote_url(self) -> str:
        """The path of the repository, imported first where it is a plain folder. Raises ConfigError."""
        return str(self._origin().path)

    def _origin(self) -> Repository:
        with self._lock:
            if self._repository is None:
                self._repository = Repository(self._import())
            return self._repository

    def _import(self) -> Path:
        source = self._settings.repository
        if is_repository(source):
            return source
        imported = self._home / "repository.git"
        if not imported.exists():
            if not source.is_dir() or not any(source.iterdir()):
                raise ConfigError(
                    f"{source}: no repository and no folder with files; mend `forge.repository`"
                )
            self._home.mkdir(parents=True, exist_ok=True)
            import_folder(source, imported, self._around.base)
        return imported

    def files(self, base: str) -> Sequence[str]:
        repository = self._origin()
        tip = repository.tip(base)
        if tip is None:
            raise MilestoneError(f"branch {base} is not in {repository.path}: set `base` in {MANIFEST}")
        return repository.files(tip)

    def git_environment(self, refused: Mapping[str, str] | None = None) -> Mapping[str, str]:
        return {}

    # -- pull requests

    def _write(self, record: dict[str, Any]) -> None:
        write_json(self._pull_file(record["number"]), record)

    def _pull_file(self, number: int) -> Path:
        return self._home / "pulls" / f"{number}.json"

    def _record(self, number: int) -> dict[str, Any]:
        """As it is on disk now: a person may have closed it."""
        path = self._pull_file(number)
        record = read_pull(path)
        if record is None:
            how = f"to open another one: `{COMMAND} clean pull:N` for its issue N, then run the same command again"
            raise ForgeError(f"pull request #{number}: {path} is missing or damaged; {how}")
        return record

    def _branches(self) -> dict[str, list[int]]:
        """Branch -> its pull requests. Only this forge adds some, under its lock."""
        if self._by_branch is None:
            self._by_branch = numbers_by_branch(self._home / "pulls")
        return self._by_branch

    def open_pull(self, new: NewPull) -> Pull:
        with self._lock:
            there = self.find_pull(new.branch)
            if there and there.state == "open":
                return there
            known = [number for numbers in self._branches().values() for number in numbers]
            number = max([*self.issue_numbers(), *known], default=0) + 1
            self._write(
                {
                    "number": number,
                    "issue": new.issue,
                    "branch": new.branch,
                    "base": new.base,
                    "head": new.head,
                    "state": "open",
                    "title": new.title,
                    "body": new.body,
                    "labels": list(new.labels),
                    "draft": new.draft,
                }
            )
            self._branches().setdefault(new.branch, []).append(number)
            return self.pull(number)

    def find_pull(self, branch: str) -> Pull | None:
        with self._lock:
            mine = [self.pull(number) for number in self._branches().get(branch, ())]
            return max(mine, key=lambda pull: (pull.state == "open", pull.number), default=None)

    def open_branches(self) -> Collection[str]:
        with self._lock:
            found = [self.find_pull(branch) for branch in self._branches() if branch]
            return {pull.branch for pull in found if pull and pull.state == "open"}

    def pull(self, number: int) -> Pull:
        with self._lock:
            record = self._record(number)
            if record["state"] == "open":
                record = self._follow(record)
            return Pull(
                number=number,
                branch=record["branch"],
                base=record["base"],
                head=record["head"],
                state=record["state"],
                title=record["title"],
                url=f"{self.name}#{number}",
                merge_commit=record.get("merge_commit"),
                draft=bool(record.get("draft")),
            )

    def make_ready(self, number: int) -> None:
        with self._lock:
            record = self._record(number)
            if record["state"] == "open" and record.get("draft"):
                self._write({**record, "draft": False})

    def look(self, pull: int, issue: int) -> tuple[Pull, Issue | None]:
        return self.pull(pull), self.issue(issue)

    def _follow(self, record: dict[str, Any]) -> dict[str, Any]:
        """What became of an open pull request: a landing that was cut short, a branch that was pushed."""
        tip = self._origin().tip(record["branch"])
        if self._landed(record):
            record = {**record, "state": "merged", "merge_commit": record["landing"]}
        elif tip and tip != record["head"]:
            record = {**record, "head": tip}
        else:
            return record
        self._write(record)
        return record

    def _landed(self, record: Mapping[str, Any]) -> bool:
        landing = record.get("landing")
        return bool(landing) and self._origin().contains(record["base"], str(landing))

    # -- checks

    def ensure_checks(self, head: str) -> bool:
        runs = self._around.run_checks(head)
        rows = [{"name": run.name, "conclusion": run.conclusion, "output": run.output} for run in runs]
        record = {"head": head, "runs": rows}
        if read_json(self._checks_file(head)) != record:
            write_json(self._checks_file(head), record)
        return bool(runs)

    def check_runs(self, pull: int, head: str) -> Sequence[CheckRun]:
        record = read_json(self._checks_file(head)) or {"runs": []}
        return [CheckRun(row["name"], head, row["conclusion"], row["output"]) for row in record["runs"]]

    def check_output(self, run: CheckRun) -> str:
        return run.output

    def required_checks(self, base: str) -> frozenset[str]:
        return frozenset()

    def wait(self, pull: int, seconds: float) -> None:
        self._around.stop.sleep(seconds)

    def _checks_file(self, head: str) -> Path:
        return self._home / "checks" / f"{head}.json"

    # -- landing

    def may_land(self, pull: int, head: str, base: str) -> None:
        """Nobody else has a say here."""

    def land(self, landing: Landing, mirror: Mirror) -> str:
        with self._lock:
            there = self.pull(landing.pull)
            if there.state == "merged" and there.merge_commit:
                return there.merge_commit
            if there.state != "open":
                raise ForgeError(f"pull request #{landing.pull} is {there.state}: reopen it to land it")
            if there.head != landing.head:
                raise Moved(f"pull request #{landing.pull} is at {there.head[:10]}, not at what was approved")
            record = self._record(landing.pull)
            self._write({**record, "landing": landing.candidate})
            self._advance(landing, mirror)
            self._write(
                {**record, "landing": landing.candidate, "state": "merged", "merge_commit": landing.candidate}
            )
            return landing.candidate

    def _advance(self, landing: Landing, mirror: Mirror) -> None:
        repository = self._origin()
        checkout = repository.checkout(landing.base)
        if checkout is None:
            self._push(landing, mirror)
            return
        changed = self._changed(checkout, landing.base)
        if changed:
            raise ForgeError(f"{changed}, then run the same command again")
        try:
            checkout.fast_forward(mirror.folder, landing.candidate)
        except CommandError:
            if repository.tip(landing.base) != landing.base_sha:
                raise _moved(landing) from None
            raise

    def obstacle(self, base: str) -> str | None:
        checkout = self._origin().checkout(base)
        return self._changed(checkout, base) if checkout else None

    def _changed(self, checkout: Repository, base: str) -> str | None:
        changed = [path for path in checkout.changed_files() if path not in self._not_ours]
        if not changed:
            return None
        return f"{base} is checked out in {checkout.path} with changes ({few(changed)}): commit or stash them"

    def _push(self, landing: Landing, mirror: Mirror) -> None:
        try:
            mirror.push(landing.candidate, landing.base, expected=landing.base_sha)
        except Conflict:
            raise _moved(landing) from None

    def delete_branch(self, branch: str, head: str) -> None:
        self._origin().delete_branch(branch, head)


def _moved(landing: Landing) -> Moved:
    return Moved(f"{landing.base} moved while #{landing.issue} was being validated")
