"""Issues that name the same existing files, and have no order between them: likely conflicts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

# Words without a dot are most of a text: the look ahead for one passes over them quickly.
PATH = re.compile(
    r"(?<![\w/.@:-])(?=[\w/-]*+\.)(?:[\w.-]++/)*[\w-][\w.-]*\.[A-Za-z][A-Za-z0-9]{0,7}\b(?![/(])"
)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Issues, ascending, that all name `path` while nothing orders some two neighbours of them."""

    path: str
    issues: tuple[int, ...]
    unordered: tuple[tuple[int, int], ...]
    """(earlier, later) pairs that an edge would order."""


def named_paths(text: str, files: "FileIndex") -> set[str]:
    """Paths of existing files that a text names, in full or by an ending that fits one file only."""
    words = set(PATH.findall(COMMENT.sub("", text)))
    return {path for word in words if (path := files.resolve(word.removeprefix("./")))}


class FileIndex:
    """The files of the base branch; `resolve` is by path, or by an ending that is unique."""

    def __init__(self, files: Iterable[str]) -> None:
        self._files = set(files)
        self._by_name: dict[str, list[str]] = {}
        for path in self._files:
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)

    def resolve(self, word: str) -> str | None:
        if word in self._files:
            return word
        fits = [path for path in self._by_name.get(word.rpartition("/")[2], []) if path.endswith(f"/{word}")]
        return fits[0] if len(fits) == 1 else None


def overlaps(named: Mapping[int, set[str]], blockers: Mapping[int, Sequence[int]]) -> list[Overlap]:
    """One per path that two or more issues name while no chain of `blockers` orders them."""
    by_path: dict[str, list[int]] = {}
    for issue in sorted(named):
        for path in named[issue]:
            by_path.setdefault(path, []).append(issue)
    found = []
    for path in sorted(path for path, issues in by_path.items() if len(issues) > 1):
        issues = by_path[path]
        pairs = [pair for pair in pairwise(issues) if not are_ordered(*pair, blockers)]
        if pairs:
            found.append(Overlap(path, tuple(issues), tuple(pairs)))
    return found


def are_ordered(one: int, other: int, blockers: Mapping[int, Sequence[int]]) -> bool:
    """Does one of the two come after the other, by any chain?"""
    return _waits(one, other, blockers) or _waits(other, one, blockers)


def _waits(issue: int, goal: int, blockers: Mapping[int, Sequence[int]]) -> bool:
    """Does `issue` come after `goal`, by any chain?"""
    seen, stack = {issue}, [issue]
    while stack:
        for blocker in blockers.get(stack.pop(), ()):
            if blocker == goal:
                return True
            if blocker not in seen:
                seen.add(blocker)
                stack.append(blocker)
    return False
