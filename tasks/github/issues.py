"""The issues of one repository, and of others as far as they can be read."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from ..errors import ForgeError, MilestoneError
from ..model import Issue, MilestoneInfo, Ref
from .api import Api, NotFound, part
from .people import People
from .problems import Refused
from .queries import ALLOWED
from .rows import (
    Row,
    has_blockers,
    has_sub_issues,
    is_pull,
    issue,
    login_of,
    milestone,
    repository_of,
)

MARK = "<!-- auto-milestone -->"
"""In our comment, to find it again."""

AT_ONCE = 8
"""Requests under way at the same time; GitHub lets a hundred pass."""


class Issues:
    """The issue side of a Forge. `name` is the repository as GitHub spells it."""

    def __init__(self, api: Api, name: str) -> None:
        self.name = name
        self._api = api
        self._people = People(api, name)
        self._comments: dict[int, Row] = {}
        """What this run wrote on issues: not looked for again."""
        self._told: dict[Ref, Issue] = {}
        """Blockers that came along with a list: looking them up at once costs nothing."""

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
        rows = list(rows)
        authors = {login_of(row): row for row in rows if row["state"] == "open"}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._people.wrote, authors.values()))
            return list(pool.map(self._listed, rows))

    def _listed(self, row: Row) -> Issue:
        if row["state"] != "open":
            return issue(row)
        blockers = self._blockers(row)
        self._told.update((self._ref(blocker), issue(blocker)) for blocker in blockers)
        return self._whole(row, blockers)

    def _whole(self, row: Row, blockers: Sequence[Row]) -> Issue:
        found = issue(row, [self._ref(blocker) for blocker in blockers])
        return replace(found, author_writes=self._people.wrote(row))

    def _blockers(self, row: Row) -> Sequence[Row]:
        """The native ones, closed ones included. A server that has none has no summary of them either."""
        if not has_blockers(row):
            return ()
        number = row["number"]
        try:
            return list(self._api.known_rows(self._repo(f"/issues/{number}/dependencies/blocked_by")))
        except NotFound:
            raise ForgeError(
                f"{self._api.place.host} says that #{number} has blockers and does not tell which (404): "
                "look at them on GitHub, then run the same command again"
            ) from None

    def _ref(self, row: Row) -> Ref:
        number: int = row["number"]
        repository = repository_of(row)
        return number if repository.casefold() == self.name.casefold() else f"{repository}#{number}"

    def epic_issues(self, number: int) -> tuple[Sequence[Issue], Sequence[str]] | None:
        top = self._api.find(self._repo(f"/issues/{number}"))
        if top is None:
            return None
        rows: dict[Ref, Row] = {}
        self._gather(top, {number}, rows)
        here = self._all_whole(row for ref, row in rows.items() if isinstance(ref, int))
        return here, [ref for ref, row in rows.items() if isinstance(ref, str) and row["state"] == "open"]

    def _gather(self, row: Row, seen: set[Ref], rows: dict[Ref, Row]) -> None:
        """The sub-issues, nested ones included, in the order in which they are shown; nothing below those that
        lie in another repository."""
        if not has_sub_issues(row):
            return
        for inner in self._api.known_rows(self._repo(f"/issues/{row['number']}/sub_issues")):
            ref = self._ref(inner)
            if ref not in seen:
                seen.add(ref)
                rows[ref] = inner
                if isinstance(ref, int):
                    self._gather(inner, seen, rows)

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
        if row is None or isinstance(ref, str):
            return issue(row) if row else None
        return self._whole(row, self._blockers(row)) if self._ref(row) == ref else None

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
        if last is None or last["createdAt"] <= max(edits) or last["actor"] is None:
            return False
        # An issue template lets anybody set a label on an issue that they open.
        return self._people.may_write(last["actor"]["login"])

    def _query(self, text: str, number: int) -> Row | None:
        owner, _, name = self.name.partition("/")
        data = self._api.query(text, owner=owner, name=name, number=number)
        found: Row | None = (data["repository"] or {}).get("issue")
        return found

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
        mine = self._comments.get(issue) or self._our_comment(issue)
        try:
            if mine is None and text:
                path = self._repo(f"/issues/{issue}/comments")
                self._comments[issue] = self._api.write("POST", path, {"body": body})
            elif mine is not None and mine["body"] != body:
                path = self._repo(f"/issues/comments/{mine['id']}")
                self._comments[issue] = self._api.write("PATCH", path, {"body": body})
        except MilestoneError:
            self._comments.pop(issue, None)
            raise

    def _our_comment(self, issue: int) -> Row | None:
        """The comment with our mark, whoever of those that may write here ran the tool then, or which app."""
        rows = self._api.rows(self._repo(f"/issues/{issue}/comments"))
        marked = (row for row in rows if (row["body"] or "").startswith(MARK))
        return next((row for row in marked if _is_app(row) or self._people.wrote(row)), None)

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


def _is_app(row: Row) -> bool:
    """Of an app, GitHub Actions among them, GitHub does not say that it may write."""
    return bool((row["user"] or {}).get("type") == "Bot")


def _path_of(ref: str) -> str:
    repository, _, number = ref.rpartition("#")
    return f"/repos/{part(repository)}/issues/{number}"


def _times(node: Row, kind: str) -> list[str]:
    return [event["createdAt"] for event in node["timelineItems"]["nodes"] if event["__typename"] == kind]
