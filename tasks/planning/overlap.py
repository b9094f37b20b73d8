"""Issues that name the same existing files, and have no order between them: likely conflicts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

# Words without a dot are most of a text: the look ahead for one passes over them quickly.
PATH = re.compile(
    r"(?<![\w/.@:-])(?=[\w/-]*+\.)(?:[\w.-]++/)*[\w-][\w.-]*\.[A-Za-z][A-Za-z0-9]{0,7}\b(?![/(])"
)
SOURCE = re.compile(
    r"(?i)\.(?:bash|c|cc|cfg|cjs|clj|cpp|cs|css|csv|cxx|dart|el|elm|erl|exs?|fs|go|gradle|graphql|h|hcl|hpp|hs|html?|"
    r"ini|ipynb|java|jl|jsx?|json|kts?|less|lua|md|mjs|mm?|nix|php|pl|proto|ps1|pyi?|r|rb|rs|rst|sass|scala|scss|sh|"
    r"sol|sql|svelte|svg|swift|tf|toml|tsx?|txt|vb|vue|xml|ya?ml|zig)$"
)
"""Endings of files that people work on."""
FRAMEWORK = re.compile(
    r"(?i)(?:backbone|chart|d3|discord|ember|express|knockout|nest|next|node|nuxt|p5|react|require|solid|three|vue)"
    r"\.js$"
)
"""Names that end like a file."""
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Issues, ascending, that all name `path` while nothing orders some two neighbours of them."""

    path: str
    issues: tuple[int, ...]
    unordered: tuple[tuple[int, int], ...]
    """(earlier, later) pairs that an edge would order."""


class Index(Protocol):
    """What is known of the files that texts may name."""

    def resolve(self, word: str) -> str | None:
        """The path that a word of a text means; None: it means none."""


def named_paths(text: str, files: Index) -> set[str]:
    """Paths of files that a text names."""
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


class NamedFiles:
    """Where files cannot be seen, a word that looks like one is taken for itself: one with a folder that is no
    host, or with the ending of a source file and no framework's name.
    """

    def resolve(self, word: str) -> str | None:
        first, slash, _ = word.partition("/")
        if slash:
            return None if "." in first.strip(".") else word
        return word if SOURCE.search(word) and not FRAMEWORK.match(word) else None


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
