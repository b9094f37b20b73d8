r"""CI as a script: what runs on a pushed head of an open pull request.

def script(push: Push) -> list[Check | Status]:
    if push.attempt == 1 and "broken" in push.read("a.py"):
        return [Check("test", "failure", title="1 failed", log="E  assert 1 == 2\n")]
    return [Check("test", delay=0.5), Status("deploy/preview", delay=0.2)]

repo.ci = script
repo.ci = always(Check("test", delay=0.5))
repo.ci = red_once(Check("test"), pulls=[7])       # the first head is red, later ones are as given
repo.ci = always(Check("test", delay=None))        # never ends, until a test says: finish(repo)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from . import bare
from .state import now
from .state_pulls import CheckRun, Pull
from .state_pulls import Status as StatusRow

if TYPE_CHECKING:
    from .repository import Repository


@dataclass(frozen=True)
class Check:
    """A check run that appears `appears` seconds after the push and ends `delay` seconds later (None: never)."""

    name: str
    conclusion: str = "success"
    delay: float | None = 0.0
    appears: float = 0.0
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: Sequence[Mapping[str, object]] = ()
    """Rows with path, start_line, message, and what else differs from a failure on one line."""
    log: str = ""
    """What GET /actions/jobs/ID/logs leads to."""
    app: str = "github-actions"


@dataclass(frozen=True)
class Status:
    """A commit status: pending `appears` seconds after the push, then `state` (`delay` None: pending for ever)."""

    context: str
    state: str = "success"
    delay: float | None = 0.0
    appears: float = 0.0
    description: str = ""
    pending: str = "Waiting"
    target_url: str | None = None


@dataclass(frozen=True)
class Push:
    """A head that CI is asked about; `attempt` counts the heads of this pull request from 1."""

    repository: Repository = field(repr=False)
    pull: int
    branch: str
    base: str
    sha: str
    attempt: int

    def read(self, name: str) -> str:
        """A file of the head; empty where there is none."""
        try:
            return bare.git(self.repository.path, "show", f"{self.sha}:{name}")
        except bare.GitRefused:
            return ""


Script = Callable[[Push], Sequence[Check | Status]]


def always(*rows: Check | Status) -> Script:
    """The same on every head."""
    return lambda push: rows


def red_once(*rows: Check | Status, pulls: Collection[int] = ()) -> Script:
    """Checks fail on the first head of these pull requests (none named: of every one)."""

    def script(push: Push) -> Sequence[Check | Status]:
        red = push.attempt == 1 and (not pulls or push.pull in pulls)
        return [redden(row) for row in rows] if red else rows

    return script


def redden(row: Check | Status) -> Check | Status:
    if isinstance(row, Status):
        return replace(row, state="failure", description=row.description or "Failed")
    return replace(row, conclusion="failure", title=row.title or "1 failed", log=row.log or "E  it is red\n")


def start(pull: Pull) -> None:
    """Ask the script about the head of a pull request."""
    repository = pull.repository
    pull.pushes += 1
    if repository.ci is None:
        return
    push = Push(repository, pull.number, pull.head, pull.base, pull.head_sha, pull.pushes)
    suites: dict[str, int] = {}
    for row in repository.ci(push):
        if isinstance(row, Status):
            add_status(repository, pull.head_sha, row)
        else:
            suite = suites.setdefault(row.app, repository.world.new_id())
            add_check(repository, pull.head_sha, row, suite)


def finish(repository: Repository, name: str = "", conclusion: str = "") -> None:
    """End what has not ended now: every check run, or those of one name; with another conclusion if one is given."""
    for run in repository.checks:
        if not run.done() and name in ("", run.name):
            run.start, run.finish = min(run.start, now()), now()
            run.conclusion = conclusion or run.conclusion


def add_check(repository: Repository, sha: str, row: Check, suite: int) -> CheckRun:
    begin = now() + timedelta(seconds=row.appears)
    end = None if row.delay is None else begin + timedelta(seconds=row.delay)
    run = CheckRun(
        repository.world.new_id(), repository, suite, sha, row.name, row.app, row.conclusion, begin, end
    )
    run.title, run.summary, run.text, run.log = row.title, row.summary, row.text, row.log
    run.annotations = [dict(one) for one in row.annotations]
    repository.checks.append(run)
    return run


def add_status(repository: Repository, sha: str, row: Status) -> None:
    begin = now() + timedelta(seconds=row.appears)
    new_id = repository.world.new_id
    if row.delay != 0:
        waiting = StatusRow(
            new_id(), repository, sha, row.context, "pending", row.pending, row.target_url, begin
        )
        repository.statuses.append(waiting)
    if row.delay is not None:
        end = begin + timedelta(seconds=row.delay)
        done = StatusRow(
            new_id(), repository, sha, row.context, row.state, row.description, row.target_url, end
        )
        repository.statuses.append(done)
