"""How pull requests are merged: as they were approved, over no protection, through a queue where there is one."""

from typing import Any

from ..errors import ForgeError, MilestoneError, Moved, NotYet
from ..forge.base import Landing
from ..git.mirror import Mirror
from ..stopping import Stop
from .api import FIRST_PAUSE, TRIES, Api, NotFound, part
from .hindrance import hindrance, refused
from .problems import Refused
from .pulls import Pulls
from .queries import DELETE_BRANCH, ENQUEUE
from .watch import Pace, Seen

GONE = "0" * 40


class Merges(Pulls):
    """The pull request side of a Forge."""

    def __init__(self, api: Api, name: str, node: str, pace: Pace, stop: Stop) -> None:
        super().__init__(api, name, node, pace, stop)
        self._missed: dict[tuple[int, str], int] = {}
        """(pull request, head) that we put into the merge queue -> how often it was not found there."""

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
