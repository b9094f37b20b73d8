"""The grammar of references to issues and pull requests, and of lists of them.

Positions are offsets into visible text, as `prose` draws it. Quantifiers over blanks are possessive:
a text of a megabyte must not make the expressions backtrack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from .prose import CODE, COMMENT, STRUCK

LONGEST_RANGE = 100

_OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})"
_REPOSITORY = rf"{_OWNER}/[A-Za-z0-9_.-]{{1,100}}"
_NUMBER = r"[0-9]{1,10}(?!\w)(?!\.[0-9])"
_FORMS = rf"""(?:
    (?:https?://)?(?:www\.)?github\.com/(?P<url_of>{_REPOSITORY})/(?:issues|pulls?)/(?P<url>[0-9]{{1,10}})(?!\w)
        (?:[/?\#][^\s<>()\[\]{{}},;|"']*)?
    |(?P<long_of>{_REPOSITORY})\#(?P<long>{_NUMBER})
    |\#(?P<short>{_NUMBER})
    |GH-(?P<gh>{_NUMBER})
)"""
_FLAGS = re.VERBOSE | re.IGNORECASE
_ANY_FORM = re.sub(r"\?P<\w+>", "?:", _FORMS)
_REFERENCE = re.compile(_FORMS, _FLAGS)

# What may stand between a keyword, or a separator, and the reference itself.
_THING = (
    r"(?:github\ )?(?:(?:sub-?)?issues?|pull[ -]requests?|pulls?|prs?|mrs?|tickets?|tasks?|epics?|features?"
    r"|bugs?|stor(?:y|ies)|spikes?)"
)
_ARTICLE = (
    r"(?:the|following|this|that|these|my|our|both|also|open|upstream|on|by|merging|(?:merge|completion)\ of)"
)
_EMOJI = "\u2190-\u2bff\U0001f000-\U0001faff"
_OPENING = re.compile(
    rf"[ \n{COMMENT}{_EMOJI}]*+(?:\[[ xX]\]\s++)?(?:{STRUCK}++\s*+(?:,|&|and\b)?\s*+)*+"
    rf"(?:[\[(]\s*+)*+(?:{_ARTICLE}:?\s++)*+(?:{_THING}(?=[\s:#\[])[\s:：]*+)?(?:[\[(]\s*+)*+",
    _FLAGS & ~re.VERBOSE,
)
# In running text a reference does not begin inside a word or a path.
REFERENCE_IN_TEXT = re.compile(rf"(?<![\w/#&.-]){_ANY_FORM}", _FLAGS)

_CLOSED = r"(?P<closed>[\])]*+)"
_WORD = r"(?:and|or|plus|then|as\swell\sas|followed\sby)\b"
_SEPARATOR = re.compile(
    rf"[ {COMMENT}{STRUCK}]*+{_CLOSED}(?:[ ]*+\([^()\n]{{0,200}}\))?\s*+(?P<by>(?:(?:[,;&+/|、，]|{_WORD})\s*+)++)",
    re.I,
)
_ASIDE = re.compile(rf"{_CLOSED}(?P<by> ?\((?:and|also|plus) )", re.I)
_BLANK = re.compile(rf"{_CLOSED}(?P<by> ++)")
_NEXT_LINE = re.compile(
    rf"{_CLOSED}(?P<by>[ ]*+\n\s*+)(?=(?:{_ANY_FORM}[ ,;&+]*+)++[.]?(?:\n|\Z))",
    _FLAGS,
)
_UNTIL = re.compile(
    rf"""(?:[ ]*+(?:[–‐‑-]|\.{{2,3}}|…)[ ]*+(?P<of>{_REPOSITORY})?\#
        |(?:[–—‐‑-]|\.{{2,3}}|…)\#?
        |[ ]++(?:to|through|thru)[ ]++\#
    )(?P<last>{_NUMBER})""",
    _FLAGS,
)
# "#1 and #2 is": the last reference is the subject of the next clause.
_VERB = re.compile(
    r"\s++(?:is|was|will|has|can|should|must|would|could|may|might|depends|blocks|requires|needs|adds|fixes|closes)\b",
    re.I,
)

_BARE_END = r"(?=\s*+(?:[.,;:!)\]&(]|$|\n|and\b|or\b))"
_UNREADABLE = [
    (re.compile(r"#0+(?!\w)"), "there is no issue #0"),
    (re.compile(rf"[0-9]{{1,10}}(?!\w)(?!\.[0-9]){_BARE_END}"), "a bare number is no reference, write #12"),
    (re.compile(r"[\w.-]{1,100}#[0-9]+\b"), "names no owner, write owner/repository#12"),
    (re.compile(r"#\w+|# [0-9]"), "is no issue number"),
    (re.compile(r"(?:tbd|tba|todo|unknown|to be (?:determined|decided|confirmed|defined))\b|\?+", re.I), "is open"),
    (re.compile(r"(?:all|everything|everyone|each)(?: of)?(?: the)? (?:above|below|others?|previous|prior)\b", re.I),
     "names no issue"),
    (re.compile(rf"{CODE}[0-9]"), "the link leads to no issue on GitHub"),
    (re.compile(r"https?://\S", re.I), "the address is no issue or pull request on GitHub"),
]  # fmt: skip
_SUSPECT = re.compile("|".join(pattern.pattern for pattern, _ in _UNREADABLE), re.I)
_FOREIGN_KEY = re.compile(r"[A-Z][A-Z0-9]{1,9}-[0-9]+\b")


class Reference(NamedTuple):
    """ref: "#12" or "owner/repo#12"; offset: where it stands in the text."""

    ref: str
    offset: int


@dataclass(slots=True)
class Listing:
    """References read from one place on.

    end: offset after the last one; problems: (offset, reason) of what looked like one and was refused.
    """

    end: int
    references: list[Reference] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    struck: bool = False
    brackets: int = 0

    def __bool__(self) -> bool:
        return bool(self.references or self.problems)


def read_list(text: str, start: int, home: str | None) -> Listing:
    """References that lead the text at `start`: commas, "and", "&", "+", "/", blanks, ranges between them.

    Words for the thing ("PR", "issue") and brackets before a reference are skipped, so is a remark in
    parentheses after it when the list goes on behind.
    """
    listing = Listing(start)
    position = _open(listing, text, start)
    by = joined = ""
    while match := _REFERENCE.match(text, position):
        _add(listing, match, text, home)
        joined = by
        found = _separator(listing, text)
        if found is None:
            break
        by = found["by"].strip().lower()
        position = _open(listing, text, found.end())
    if (
        len(listing.references) > 1
        and joined in (",", "and", "&", ", and")
        and _VERB.match(text, listing.end)
    ):
        listing.end = listing.references.pop().offset
    return listing


def unreadable(text: str, start: int, *, keys: bool) -> str:
    """Why the word at `start`, which stands where a reference belongs, is none; "" when it is prose.

    keys: an "ABC-12" counts as the key of another tracker.
    """
    start = _end_of_opening(text, start)
    if keys and _FOREIGN_KEY.match(text, start):
        return "the key of another tracker is no reference"
    if _SUSPECT.match(text, start) is None:
        return ""
    return next((reason for pattern, reason in _UNREADABLE if pattern.match(text, start)), "")


def leads(text: str, start: int = 0) -> bool:
    """Whether a reference stands at `start`, after blanks, brackets and a word like "issue"."""
    return _REFERENCE.match(text, _end_of_opening(text, start)) is not None


def _end_of_opening(text: str, start: int) -> int:
    match = _OPENING.match(text, start)
    return match.end() if match else start


def _open(listing: Listing, text: str, start: int) -> int:
    """Skip what may precede a reference; brackets count only when one follows."""
    end = _end_of_opening(text, start)
    if _REFERENCE.match(text, end):
        opening = text[start:end]
        listing.brackets += opening.count("(") + opening.count("[")
    listing.struck = listing.struck or STRUCK in text[start:end]
    return end


def _separator(listing: Listing, text: str) -> re.Match[str] | None:
    """What joins the next item of a list; a bracket that was opened before the list ends it."""
    for pattern in (_SEPARATOR, _ASIDE, _NEXT_LINE, _BLANK):
        if match := pattern.match(text, listing.end):
            listing.brackets -= len(match["closed"])
            return match if listing.brackets >= 0 else None
    return None


def _add(listing: Listing, match: re.Match[str], text: str, home: str | None) -> None:
    listing.end = match.end()
    repository = _repository(match, home)
    number = int(match["url"] or match["long"] or match["short"] or match["gh"])
    until = None if match["url"] else _UNTIL.match(text, match.end())
    if until is not None and (until["of"] or "").casefold() in ("", (match["long_of"] or "").casefold()):
        listing.end = until.end()
        last = int(until["last"])
    else:
        last = number
    if reason := _refusal(number, last):
        listing.problems.append((match.start(), reason))
        return
    listing.references += [
        Reference(f"{repository}#{each}", match.start()) for each in range(number, last + 1)
    ]


def _repository(match: re.Match[str], home: str | None) -> str:
    repository: str = match["url_of"] or match["long_of"] or ""
    return "" if home is not None and repository.casefold() == home.casefold() else repository


def _refusal(first: int, last: int) -> str:
    if first == 0:
        return "there is no issue #0"
    if last < first:
        return "the range runs backwards"
    return f"the range has more than {LONGEST_RANGE} issues" if last - first >= LONGEST_RANGE else ""
