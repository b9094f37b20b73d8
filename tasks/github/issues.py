"""The issues of one repository, and of others as far as they can be read."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ..errors import MilestoneError
from ..model import Issue, MilestoneInfo, Ref
from .api import Api, NotFound, part
from .problems import Refused
from .queries import ALLOWED
from .rows import WRITERS, Row, has_blockers, has_sub_issues, is_pull, issue, milestone, repository_of

MARK = "<!-- auto-milestone -->"
"""In our comment, to find it again."""

AT_ONCE = 8
"""Requests under way at the same time; GitHub lets a hundred pass."""

WRITE_ROLES = ("admin", "maintain", "write")


class Issues:
    """The issue side of a Forge. `name` is the repository as GitHub spells it."""

    def __init__(self, api: Api, name: str) -> None:
        self.name = name
        self._api = api
        self._told: dict[Ref, Issue] = {}
        """Blockers that came along with a list: looking them up at once costs nothing."""
        self._has_dependencies = True

    def _repo(self, path: str) -> str:
        return f"/repos/{self.name}{path}"

    # -- lists

    def milestones(self) -> Sequence[MilestoneInfo]:
        return [milestone(row) for row in self._milestone_rows()]

    def _milestone_rows(self) -> Sequence[Row]:
        rows = self._api.known_rows(self._repo("/milestones"), state="all")
        return sorted(rows, key=lambda row: (row["state"] != "open", row["number"]))

    def milestone_issues(self, wanted: str | int) -> tuple[MilestoneInfo, Sequence[Issue]] | None:
        found = self._milestone(wanted)
        if found is None:
            return None
        rows = self._api.known_rows(self._repo("/issues"), milestone=found["number"], state="all")
        issues = self._all_whole(row for row in rows if not is_pull(row))
        return milestone(found, issues), issues

    def _milestone(self, wanted: str | int) -> Row | None:
        """By title; by number where no title is the same. An open one goes first: titles may come again."""
        rows = self._milestone_rows()
        titled = [row for row in rows if row["title"] == str(wanted)]
        numbered = [row for row in rows if str(row["number"]) == str(wanted)]
        return next(iter(titled + numbered), None)

    def _all_whole(self, rows: Iterable[Row]) -> Sequence[Issue]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._whole, rows))

    def _whole(self, row: Row) -> Issue:
        return issue(row, self._blocked_by(row) if row["state"] == "open" else ())

    def _blocked_by(self, row: Row) -> Sequence[Ref]:
        """The native blockers, closed ones included. 404: this server has no dependencies."""
        if not self._has_dependencies or not has_blockers(row):
            return ()
        path = f"/repos/{repository_of(row)}/issues/{row['number']}/dependencies/blocked_by"
        try:
            return [self._take(blocker) for blocker in self._api.known_rows(path)]
        except NotFound:
            self._has_dependencies = False
            return ()

    def _take(self, row: Row) -> Ref:
        ref = self._ref(row)
        self._told[ref] = issue(row)
        return ref

    def _ref(self, row: Row) -> Ref:
        number: int = row["number"]
        repository = repository_of(row)
        return number if repository.casefold() == self.name.casefold() else f"{repository}#{number}"

    def epic_issues(self, number: int) -> Sequence[Issue] | None:
        top = self._api.find(self._repo(f"/issues/{number}"))
        return None if top is None else self._all_whole(self._inside(top, {number}))

    def _inside(self, row: Row, seen: set[int]) -> Iterator[Row]:
        """The sub-issues, nested ones included, in the order in which they are shown. What lies in another
        repository cannot be landed here."""
        if not has_sub_issues(row):
            return
        for inner in self._api.known_rows(self._repo(f"/issues/{row['number']}/sub_issues")):
            ref = self._ref(inner)
            if isinstance(ref, int) and ref not in seen:
                seen.add(ref)
                yield inner
                yield from self._inside(inner, seen)

    # -- single issues

    def issue(self, ref: Ref) -> Issue | None:
        if ref in self._told:
            return self._told.pop(ref)
        path = self._repo(f"/issues/{ref}") if isinstance(ref, int) else _path_of(ref)
        try:
            row = self._api.find(path)
        except Refused as refused:
            if isinstance(ref, str) and refused.status in (403, 451):  # a repository that we may not read
                return None
            raise
        moved = row is not None and isinstance(ref, int) and self._ref(row) != ref
        return None if row is None or moved else self._whole(row)

    def may_run(self, issue: Issue, label: str | None) -> bool:
        if label is None or label not in issue.labels:
            return False
        node = self._query(ALLOWED, issue.number)
        if node is None:
            return False
        edits = [node["createdAt"], node["lastEditedAt"] or "", *_times(node, "RenamedTitleEvent")]
        events = [
            event
            for event in node["timelineItems"]["nodes"]
            if event["__typename"] == "LabeledEvent" and event["label"]["name"] == label
        ]
        last = events[-1] if events else None
        return last is not None and last["createdAt"] > max(edits) and self._writes(last["actor"])

    def _query(self, text: str, number: int) -> Row | None:
        owner, _, name = self.name.partition("/")
        data = self._api.query(text, owner=owner, name=name, number=number)
        found: Row | None = (data["repository"] or {}).get("issue")
        return found

    def _writes(self, actor: Row | None) -> bool:
        """May this person write here? An issue template lets anybody set a label on an issue that they open."""
        if actor is None:
            return False
        found = self._api.find(self._repo(f"/collaborators/{part(actor['login'])}/permission"))
        return found is not None and found["permission"] in WRITE_ROLES

    # -- writes

    def close_issue(self, number: int) -> None:
        path = self._repo(f"/issues/{number}")
        closed = {"state": "closed", "state_reason": "completed"}

        def row_if_closed() -> Any | None:
            row = self._api.get(path)
            return row if row["state"] == "closed" else None

        if row_if_closed() is None:
            self._api.settle(lambda: self._api.write("PATCH", path, closed), row_if_closed)

    def comment(self, issue: int, text: str) -> None:
        """Raises Uncertain where it may have been written: it is looked for the next time."""
        body = f"{MARK}\n{text}"
        mine = self._our_comment(issue)
        if mine is None and text:
            self._api.write("POST", self._repo(f"/issues/{issue}/comments"), {"body": body})
        elif mine is not None and mine["body"] != body:
            self._api.write("PATCH", self._repo(f"/issues/comments/{mine['id']}"), {"body": body})

    def _our_comment(self, issue: int) -> Any | None:
        """The comment with our mark, whoever of those that may write here ran the tool then."""
        rows = self._api.rows(self._repo(f"/issues/{issue}/comments"))
        ours = (row for row in rows if row["author_association"] in WRITERS)
        return next((row for row in ours if (row["body"] or "").startswith(MARK)), None)

    # -- files

    def files(self, base: str) -> Sequence[str] | None:
        try:
            tree = self._api.known(self._repo(f"/git/trees/{part(base)}"), recursive=1)
        except NotFound:
            raise MilestoneError(f"branch {base} is not in {self.name}: set `base`") from None
        except Refused:
            return None
        if tree.get("truncated"):
            return None
        return [entry["path"] for entry in tree["tree"] if entry["type"] == "blob"]


def _path_of(ref: str) -> str:
    repository, _, number = ref.rpartition("#")
    return f"/repos/{part(repository)}/issues/{number}"


def _times(node: Row, kind: str) -> list[str]:
    return [event["createdAt"] for event in node["timelineItems"]["nodes"] if event["__typename"] == kind]
