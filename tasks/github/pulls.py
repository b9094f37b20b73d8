"""The pull requests of one repository: opened once, watched together."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from ..errors import ForgeError
from ..forge.base import NewPull
from ..model import CheckRun, Issue, Pull
from ..stopping import Stop
from .api import FIRST_PAUSE, TRIES, Api
from .check_output import output
from .looks import Looks
from .problems import Refused
from .queries import MAKE_READY
from .rows import Row, pull
from .watch import Pace, Seen, Watch

T = TypeVar("T")


def _missing(number: int, repository: str) -> str:
    return f"pull request #{number} is not in {repository}: was it opened elsewhere?"


def _may_be_early(refused: Refused) -> bool:
    """Is it about a branch that GitHub may not know of yet, a moment after it was pushed?"""
    said = refused.answer.message.lower()
    return refused.status == 422 and ("head" in said or "no commits between" in said)


class Pulls:
    """What a Forge knows of pull requests. `name` is the repository as GitHub spells it, `node` its GraphQL id."""

    def __init__(self, api: Api, name: str, node: str, pace: Pace, stop: Stop) -> None:
        self._api, self._name, self._node, self._stop = api, name, node, stop
        self._looks = Looks(api, name)
        self._watch = Watch(self._looks.at, pace, stop)

    def _path(self, path: str = "") -> str:
        return f"/repos/{self._name}{path}"

    # -- opened and found

    def open_pull(self, new: NewPull) -> Pull:
        # Looked for first: GitHub refuses a second one for the same base only.
        row = self._open_row(new.branch) or self._opened(new)
        missing = sorted(set(new.labels) - {label["name"] for label in row["labels"]})
        if missing:
            self._label(row["number"], missing)
        return pull(row)

    def _opened(self, new: NewPull) -> Row:
        """A new one, or one that was opened meanwhile."""
        body = {
            "title": new.title,
            "head": new.branch,
            "base": new.base,
            "body": new.body,
            "draft": new.draft,
        }

        def opened() -> Row | None:
            try:
                made: Row = self._api.settle(
                    lambda: self._api.write("POST", self._path("/pulls"), body),
                    lambda: self._open_row(new.branch),
                )
            except Refused as refused:
                there = self._open_row(new.branch) if refused.status == 422 else None
                if there is None and not _may_be_early(refused):
                    raise
                return there
            return made

        return self._patiently(opened, f"GitHub does not know what was pushed to {new.branch}: run again")

    def _patiently(self, look: Callable[[], T | None], otherwise: str) -> T:
        """What `look` gives once it gives something: GitHub takes a moment to know what it was told.

        Raises ForgeError with `otherwise` after some tries.
        """
        pause = FIRST_PAUSE
        for left in reversed(range(TRIES)):
            found = look()
            if found is not None:
                return found
            if left:
                self._stop.sleep(pause)
                pause *= 2
        raise ForgeError(otherwise)

    def _label(self, number: int, labels: Sequence[str]) -> None:
        path = self._path(f"/issues/{number}")
        self._api.settle(
            lambda: self._api.write("POST", f"{path}/labels", {"labels": list(labels)}),
            lambda: self._has_labels(path, labels),
        )

    def _has_labels(self, path: str, labels: Sequence[str]) -> Any | None:
        row = self._api.get(path)
        return row if {label["name"] for label in row["labels"]} >= set(labels) else None

    def _rows(self, branch: str) -> list[Row]:
        """All that ever were opened from this branch of this repository."""
        owner = self._name.partition("/")[0]
        rows = self._api.get(self._path("/pulls"), head=f"{owner}:{branch}", state="all", per_page=100)
        return [row for row in rows if self._is_own(row)]

    def _is_own(self, row: Row) -> bool:
        """Is it from this repository, and from no fork?"""
        home = row["head"]["repo"]
        return home is not None and home["full_name"].casefold() == self._name.casefold()

    def _open_row(self, branch: str) -> Row | None:
        return next((row for row in self._rows(branch) if row["state"] == "open"), None)

    def find_pull(self, branch: str) -> Pull | None:
        found = [pull(row) for row in self._rows(branch)]
        return max(found, key=lambda one: (one.state == "open", one.number), default=None)

    def open_branches(self) -> Collection[str]:
        rows = self._api.known_rows(self._path("/pulls"), state="open")
        return {row["head"]["ref"] for row in rows if self._is_own(row)}

    # -- watched

    def pull(self, number: int) -> Pull:
        return self._now(number).pull

    def _now(self, number: int) -> Seen:
        return self._there(number, self._watch.now(number))

    def _there(self, number: int, seen: Seen | None) -> Seen:
        if seen is None:
            raise ForgeError(_missing(number, self._name))
        return seen

    def look(self, number: int, issue: int) -> tuple[Pull, Issue | None]:
        seen, its_issue = self._patiently(lambda: self._in_whole(number, issue), _missing(number, self._name))
        return seen.pull, its_issue

    def _in_whole(self, number: int, issue: int) -> tuple[Seen, Issue | None] | None:
        """None: GitHub does not show it yet, or not yet what it was merged as."""
        found, its_issue = self._looks.with_issue(number, issue)
        seen = self._watch.saw(found).get(number)
        is_half = seen is None or (seen.pull.state == "merged" and not seen.pull.merge_commit)
        return None if seen is None or is_half else (seen, its_issue)

    def ensure_checks(self, head: str) -> bool:
        return True

    def check_runs(self, pull: int, head: str) -> Sequence[CheckRun]:
        seen = self._there(pull, self._watch.recent(pull))
        if seen.pull.head != head:
            seen = self._now(pull)
        return seen.runs if seen.pull.head == head else ()

    def check_output(self, run: CheckRun) -> str:
        return output(self._api, self._name, run)

    def wait(self, pull: int, seconds: float) -> None:
        self._watch.wait(pull, seconds)

    def make_ready(self, number: int) -> None:
        seen = self._now(number)
        if seen.pull.draft and seen.pull.state == "open":
            self._api.settle(
                lambda: self._api.mutate(MAKE_READY, id=seen.node),
                lambda: None if self._now(number).pull.draft else {},
            )
