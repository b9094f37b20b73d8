"""Asking GitHub what its pull requests are like at this moment: one query for up to fifty of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from ..model import Issue
from .api import Api
from .queries import AT_ONCE, MORE_CONTEXTS, pulls
from .rows import Row, checks, issue_node, pull_node
from .watch import Seen


class Looks:
    """Queries about the pull requests of the repository `name`."""

    def __init__(self, api: Api, name: str) -> None:
        self._api = api
        self._owner, _, self._name = name.partition("/")

    def at(self, numbers: Collection[int]) -> dict[int, Seen]:
        """Each as it is now; one that is not there is left out. Raises as `Api.query`."""
        found: dict[int, Seen] = {}
        for some in _chunks(sorted(numbers), AT_ONCE):
            found.update(self._found(self._ask(pulls(some)), some))
        return found

    def with_issue(self, number: int, issue: int) -> tuple[Mapping[int, Seen], Issue | None]:
        """A pull request and the issue that it closes, in one query."""
        answer = self._ask(pulls([number], issue))
        node = answer.get("issue")
        return self._found(answer, [number]), issue_node(node) if node else None

    def _ask(self, text: str) -> Row:
        repository: Row = self._api.query(text, owner=self._owner, name=self._name)["repository"] or {}
        return repository

    def _found(self, answer: Row, numbers: Collection[int]) -> dict[int, Seen]:
        nodes = {number: answer.get(f"p{number}") for number in numbers}
        return {number: self._seen(node) for number, node in nodes.items() if node}

    def _seen(self, node: Row) -> Seen:
        entry = node["mergeQueueEntry"]
        return Seen(
            node=node["id"],
            pull=pull_node(node),
            merge_state=node["mergeStateStatus"],
            review=node["reviewDecision"],
            needs_queue=node["isMergeQueueEnabled"],
            queued=(entry["state"], entry["position"]) if entry else None,
            open_threads=sum(not thread["isResolved"] for thread in node["reviewThreads"]["nodes"]),
            runs=checks(list(self._contexts(node)), node["headRefOid"]),
        )

    def _contexts(self, node: Row) -> Iterator[Row]:
        """Checks of the head, and of no other commit; those beyond a hundred are asked for page by page."""
        page = _rollup(node)
        while page:
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            answer = self._api.query(MORE_CONTEXTS, id=node["id"], after=page["pageInfo"]["endCursor"])
            page = _rollup({**answer["node"], "headRefOid": node["headRefOid"]}) if answer["node"] else None


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
