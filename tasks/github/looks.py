"""Asking GitHub what its pull requests are like at this moment: one query for up to fifty of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from ..model import CheckRun, Issue
from .api import Api
from .queries import AT_ONCE, MORE_CONTEXTS, pulls
from .rows import Row, checks, issue_node, job, pull_node
from .watch import Seen


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
        runs = checks([one for one in self._contexts(node) if one], head)
        return Seen(
            node=node["id"],
            pull=pull_node(node),
            merge_state=node["mergeStateStatus"],
            review=node["reviewDecision"],
            objectors=tuple(_objectors(node)),
            needs_queue=node["isMergeQueueEnabled"],
            queued=(entry["state"], entry["position"]) if entry else None,
            open_threads=sum(not thread["isResolved"] for thread in node["reviewThreads"]["nodes"]),
            runs=(*runs, *self._jobs(head)) if hidden else runs,
        )

    def _jobs(self, head: str) -> Iterator[CheckRun]:
        """The checks that GitHub Actions made of this commit, where a token may see those but no checks: to
        fine-grained tokens GitHub offers no permission for checks."""
        runs = self._api.known(f"{self._path}/actions/runs", head_sha=head, per_page=100)["workflow_runs"]
        newest = {(run["workflow_id"], run["event"]): run for run in sorted(runs, key=_number)}
        for run in newest.values():
            jobs = self._api.known(
                f"{self._path}/actions/runs/{run['id']}/jobs", filter="latest", per_page=100
            )
            yield from (job(row, head) for row in jobs["jobs"])

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


def _rollup(node: Row) -> Row | None:
    commits = node["commits"]["nodes"]
    commit = commits[-1]["commit"] if commits else None
    if commit is None or commit["oid"] != node["headRefOid"] or not commit["statusCheckRollup"]:
        return None
    contexts: Row = commit["statusCheckRollup"]["contexts"]
    return contexts


def _chunks(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for at in range(0, len(numbers), size):
        yield numbers[at : at + size]
