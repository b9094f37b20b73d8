"""The issues of a folder of Markdown files: found, counted, closed."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from ..files import write_atomic
from ..model import Issue, MilestoneInfo, Ref
from .issue_files import close, read_folder, read_issue


class IssueFolder:
    """The issue side of a Forge. `noted_in(file)`: where the state of an issue is noted whose file is not ours to
    write; None: in the file itself. `comments` is the folder of the comments on issues, one file each.

    Whoever can write an issue's file can write here: there are no strangers.
    """

    def __init__(self, folder: Path, noted_in: Callable[[Path], Path | None], comments: Path) -> None:
        self._folder, self._state_of, self._comments = folder, noted_in, comments
        self._lock = threading.RLock()
        self._paths: dict[int, Path] = {}

    def _read(self) -> Sequence[Issue]:
        """All issues, as their files say now."""
        with self._lock:
            issues = read_folder(self._folder, self._state_of)
            self._paths = {issue.number: path for path, issue in issues.items()}
            return list(issues.values())

    def _files(self) -> Mapping[int, Path]:
        with self._lock:
            if not self._paths:
                self._read()
            return self._paths

    def issue_numbers(self) -> Collection[int]:
        """All that are taken."""
        return self._files().keys()

    def milestones(self) -> Sequence[MilestoneInfo]:
        titles: dict[str, list[Issue]] = {}
        for issue in self._read():
            if issue.milestone is not None:
                titles.setdefault(issue.milestone, []).append(issue)
        return [MilestoneInfo.counted(title, issues) for title, issues in sorted(titles.items())]

    def milestone_issues(self, milestone: str | int) -> tuple[MilestoneInfo, Sequence[Issue]] | None:
        issues = [issue for issue in self._read() if issue.milestone == str(milestone)]
        return (MilestoneInfo.counted(str(milestone), issues), issues) if issues else None

    def epic_issues(self, number: int) -> tuple[Sequence[Issue], Sequence[str]] | None:
        everything = self._read()
        if not any(issue.number == number for issue in everything):
            return None
        inside, found = {number}, True
        while found:
            more = {issue.number for issue in everything if issue.parent in inside} - inside
            inside, found = inside | more, bool(more)
        return [issue for issue in everything if issue.number in inside - {number}], ()

    def issue(self, ref: Ref) -> Issue | None:
        path = self._files().get(ref) if isinstance(ref, int) else None
        return read_issue(path, self._state_of(path)) if path else None

    def may_run(self, issue: Issue, label: str | None) -> bool:
        return label is not None and label in issue.labels

    def comment(self, issue: int, text: str) -> None:
        path, data = self._comments / f"{issue}.md", text.encode()
        there = path.read_bytes() if path.exists() else b""
        if data != there:
            write_atomic(path, data)

    def close_issue(self, number: int) -> None:
        issue, path = self.issue(number), self._files()[number]
        if issue and issue.state == "open":
            close(path, self._state_of(path) or path)
