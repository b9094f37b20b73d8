"""Asking GitHub what its pull requests are like at this moment: one query for up to fifty of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from ..model import CheckRun, Issue
from .api import Api
from .connection import PER_PAGE
from .queries import AT_ONCE, MORE_CONTEXTS, pulls
from .rows import STATES, Row, checks, issue_node, job, pull_node
from .watch import Seen

UNSEEN = "checks that this token may not see"


class Looks:
    """Queries about the pull requests of the repository `name`."""

    def __init__(self, api: Api, name: str) -> None:
        self._api = api
        self._path = f"/repos/{name}"
        self._owner, _, self._name = name.partition("/")

    def at(self, numbers: Collection[int]) -> dict[int, Seen]:
        """Each as it is now; one that is not there is left out. Raises as `Api.query`."""
        found: dict[int, Seen] = {}
        for some in _chunks(sorted(numbers), AT_ONCE):
            found.update(self._found(*self._ask(pulls(some)), some))
        return found

    def with_issue(self, number: int, issue: int) -> tuple[Mapping[int, Seen], Issue | None]:
        """A pull request and the issue that it closes, in one query."""
        answer, hidden = self._ask(pulls([number], issue))
        node = answer.get("issue")
        return self._found(answer, hidden, [number]), issue_node(node) if node else None

    def _ask(self, text: str) -> tuple[Row, set[str]]:
        """The repository's part of the answer, and the names of the parts whose checks may not be seen."""
        data, hidden = self._api.partial(text, "statusCheckRollup", owner=self._owner, name=self._name)
        return data["repository"] or {}, {path[1] for path in hidden}

    def _found(self, answer: Row, hidden: Collection[str], numbers: Collection[int]) -> dict[int, Seen]:
        nodes = {number: answer.get(f"p{number}") for number in numbers}
        return {number: self._seen(node, f"p{number}" in hidden) for number, node in nodes.items() if node}

    def _seen(self, node: Row, hidden: bool) -> Seen:
        entry = node["mergeQueueEntry"]
        head = node["headRefOid"]
        contexts = list(self._contexts(node))
        shown = [one for one in contexts if one]
        runs = checks(shown, head)
        return Seen(
            node=node["id"],
            pull=pull_node(node),
            merge_state=node["mergeStateStatus"],
            review=node["reviewDecision"],
            objectors=tuple(_objectors(node)),
            needs_queue=node["isMergeQueueEnabled"],
            queued=(entry["state"], entry["position"]) if entry else None,
            open_threads=sum(not thread["isResolved"] for thread in node["reviewThreads"]["nodes"]),
            runs=(*runs, *self._unseen(node, len(contexts) - len(shown))) if hidden else runs,
        )

    def _unseen(self, node: Row, hidden: int) -> Iterator[CheckRun]:
        """In the place of checks that the token may not see: to fine-grained tokens GitHub offers no permission for
        them. Those that GitHub Actions made have jobs; of others it is known only how all of them together stand.
        """
        head, jobs = node["headRefOid"], list(self._jobs(node["headRefOid"]))
        yield from jobs
        rollup = _commit(node).get("statusCheckRollup")
        if rollup is None or hidden > len(jobs):
            yield CheckRun(UNSEEN, head, STATES.get((rollup or {}).get("state") or ""), url=node["url"])

    def _jobs(self, head: str) -> Iterator[CheckRun]:
        """The checks that GitHub Actions made of this commit."""
        runs = self._all("/actions/runs", "workflow_runs", head_sha=head)
        newest = {(run["workflow_id"], run["event"]): run for run in sorted(runs, key=_number)}
        for run in newest.values():
            for row in self._all(f"/actions/runs/{run['id']}/jobs", "jobs", filter="latest"):
                yield job(row, head)

    def _all(self, path: str, key: str, **parameters: Any) -> list[Row]:
        """The rows of a list that says how many there are, of all its pages."""
        found: list[Row] = []
        for page in count(1):
            answer = self._api.known(f"{self._path}{path}", **parameters, per_page=PER_PAGE, page=page)
            found += answer[key]
            if not answer[key] or len(found) >= answer["total_count"]:
                break
        return found

    def _contexts(self, node: Row) -> Iterator[Row]:
        """Checks of the head, and of no other commit; those beyond a hundred are asked for page by page."""
        page = _rollup(node)
        while page:
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]
            answer, _ = self._api.partial(MORE_CONTEXTS, "statusCheckRollup", id=node["id"], after=after)
            page = _rollup({**answer["node"], "headRefOid": node["headRefOid"]}) if answer["node"] else None


def _number(run: Row) -> int:
    number: int = run["run_number"]
    return number


def _objectors(node: Row) -> Iterator[str]:
    for review in node["latestOpinionatedReviews"]["nodes"]:
        if review["state"] == "CHANGES_REQUESTED":
            yield (review["author"] or {}).get("login", "somebody")


def _commit(node: Row) -> Row:
    """The head with its checks; empty as long as GitHub shows another commit."""
    commits = node["commits"]["nodes"]
    commit: Row = commits[-1]["commit"] if commits else {}
    return commit if commit.get("oid") == node["headRefOid"] else {}


def _rollup(node: Row) -> Row | None:
    return (_commit(node).get("statusCheckRollup") or {}).get("contexts")


def _chunks(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for at in range(0, len(numbers), size):
        yield numbers[at : at + size]
