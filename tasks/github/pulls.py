"""The pull requests of one repository: opened once, watched together, merged as they were approved."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from ..errors import ForgeError, MilestoneError, Moved, NotYet
from ..forge.base import Landing, NewPull
from ..git.mirror import Mirror
from ..model import CheckRun, Issue, Pull
from ..stopping import Stop
from .api import FIRST_PAUSE, TRIES, Api, NotFound, part
from .check_output import output
from .hindrance import hindrance, refused
from .looks import Looks
from .problems import Refused
from .queries import DELETE_BRANCH, ENQUEUE, MAKE_READY
from .rows import Row, pull
from .watch import Pace, Seen, Watch

GONE = "0" * 40


T = TypeVar("T")


def _missing(number: int, repository: str) -> str:
    return f"pull request #{number} is not in {repository}: was it opened elsewhere?"


def _may_be_early(refused: Refused) -> bool:
    """Is it about a branch that GitHub may not know of yet, a moment after it was pushed?"""
    said = refused.answer.message.lower()
    return refused.status == 422 and ("head" in said or "no commits between" in said)


class Pulls:
    """The pull request side of a Forge. `name` is the repository as GitHub spells it, `node` its GraphQL id."""

    def __init__(self, api: Api, name: str, node: str, pace: Pace, stop: Stop) -> None:
        self._api, self._name, self._node, self._stop = api, name, node, stop
        self._looks = Looks(api, name)
        self._watch = Watch(self._looks.at, pace, stop)
        self._missed: dict[tuple[int, str], int] = {}
        """(pull request, head) that we put into the merge queue -> how often it was not found there."""

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

    # -- landed

    def may_land(self, pull: int, head: str, base: str) -> None:
        seen = self._there(pull, self._watch.recent(pull))
        in_the_way = None if seen.pull.state == "merged" else hindrance(seen, head, base)
        if in_the_way:
            raise in_the_way

    def land(self, landing: Landing, mirror: Mirror) -> str:
        seen = self._settled(landing)
        if seen.pull.draft:
            self.make_ready(landing.pull)
            seen = self._settled(landing)
        if seen.pull.merge_commit:
            return seen.pull.merge_commit
        self._see_that_base_stands(landing, mirror)
        in_the_way = hindrance(seen, landing.head, landing.base)
        if in_the_way:
            raise in_the_way
        if seen.needs_queue:
            raise self._enqueue(landing, seen)
        return self._merge(landing)

    def _settled(self, landing: Landing) -> Seen:
        """As it is once GitHub has worked out whether it merges: it begins with that when it is asked.

        Raises Moved when its issue is not wanted any more: a person closed it while it was validated.
        """
        pause = FIRST_PAUSE
        for left in reversed(range(TRIES)):
            whole = self._in_whole(landing.pull, landing.issue)
            if whole is None:
                raise NotYet("GitHub to say what it was merged as")
            seen, issue = whole
            if issue and issue.state == "closed" and not issue.completed:
                raise Moved(f"#{landing.issue} was closed as not planned")
            if seen.pull.state != "open" or seen.queued or seen.merge_state != "UNKNOWN" or not left:
                return seen
            self._stop.sleep(pause)
            pause *= 2
        raise AssertionError("the last try returns")

    def _see_that_base_stands(self, landing: Landing, mirror: Mirror) -> None:
        mirror.fetch(landing.base)
        if mirror.remote_tip(landing.base) != landing.base_sha:
            raise Moved(f"{landing.base} moved while #{landing.issue} was being validated")

    def _merge(self, landing: Landing) -> str:
        title, _, text = landing.message.partition("\n")
        body = {"sha": landing.head, "merge_method": landing.method}
        if landing.method != "rebase":
            body |= {"commit_title": title, "commit_message": text.strip()}
        path = self._path(f"/pulls/{landing.pull}/merge")
        try:
            return self._api.settle(
                lambda: str(self._api.write("PUT", path, body)["sha"]),
                lambda: self._now(landing.pull).pull.merge_commit,
            )
        except Refused as error:
            return self._merged_all_the_same(landing, error)

    def _merged_all_the_same(self, landing: Landing, error: Refused) -> str:
        """Somebody, or an earlier try of ours, merged it meanwhile. Raises what the refusal means."""
        seen = self._now(landing.pull)
        if seen.pull.merge_commit:
            return seen.pull.merge_commit
        raise self._meaning(landing, error, seen) from error

    def _meaning(self, landing: Landing, error: Refused, seen: Seen) -> MilestoneError:
        if "merge queue" in error.answer.message.lower():
            return self._enqueue(landing, seen)
        return hindrance(seen, landing.head, landing.base) or refused(error, seen, landing.method)

    def _enqueue(self, landing: Landing, seen: Seen) -> MilestoneError:
        """Put it into the merge queue; what to raise until it comes out merged."""
        looks = self._missed.get((landing.pull, landing.head))
        if looks is not None:
            return self._missing_from_queue(landing, seen, looks)
        try:
            self._api.settle(
                lambda: self._api.mutate(ENQUEUE, id=seen.node, head=landing.head),
                lambda: {} if self._is_queued_or_merged(landing.pull) else None,
            )
        except Refused as error:
            if not self._is_queued_or_merged(landing.pull):
                return error
        self._missed[landing.pull, landing.head] = 0
        return NotYet("its turn in the merge queue")

    def _missing_from_queue(self, landing: Landing, seen: Seen, looks: int) -> MilestoneError:
        """It was put into the queue and is not there: dropped, or merged a moment ago and not shown so yet."""
        self._missed[landing.pull, landing.head] = looks + 1
        if looks + 1 < TRIES:
            return NotYet("GitHub to say what came of it in the merge queue")
        del self._missed[landing.pull, landing.head]
        return ForgeError(
            f"the merge queue dropped pull request #{landing.pull}: look at {seen.pull.url}, then run again"
        )

    def _is_queued_or_merged(self, number: int) -> bool:
        seen = self._now(number)
        return bool(seen.queued) or seen.pull.state == "merged"

    def delete_branch(self, branch: str, head: str) -> None:
        def is_gone() -> dict[str, Any] | None:
            return None if self._branch_is_at(branch, head) else {}

        try:
            self._api.settle(
                lambda: self._api.mutate(
                    DELETE_BRANCH, repository=self._node, ref=f"refs/heads/{branch}", head=head, gone=GONE
                ),
                is_gone,
            )
        except Refused:
            if is_gone() is None:
                raise

    def _branch_is_at(self, branch: str, head: str) -> bool:
        try:
            found = self._api.get(self._path(f"/git/ref/heads/{part(branch)}"))
        except NotFound:
            return False
        return bool(found["object"]["sha"] == head)
