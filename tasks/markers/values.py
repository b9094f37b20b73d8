"""What follows a keyword: references, "none", or something that cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .phrases import Keyword, has_relation
from .prose import COMMENT
from .references import REFERENCE_IN_TEXT, Listing, leads, read_list, unreadable

# Further on no word belongs to a keyword; the bound keeps long lines cheap.
_REACH = 300

_INTRODUCTION = re.compile(
    rf"[ {COMMENT}]*+(?P<colon>[:：]++|(?:[-–—=]++>?|[→⇒])(?= *+\S))?[ {COMMENT}]*+(?:[-–—•*] (?= *+\S))?"
)
_NONE = re.compile(
    rf"[^\w#(\[\n–—-]*+(?:no(?:ne|thing)?\b(?! (?:except|besides|but|other than|apart from)\b)|n ?/ ?a\b|n\.a\.|nil\b"
    rf"|null\b|not applicable\b|[-–—]++(?= *(?:$|\n|{COMMENT})))",
    re.I,
)
_PART = re.compile(r"[,;&]|\band\b", re.I)
_QUESTION = re.compile(r"[^.!?\n]{0,80}\?")
_ANNOUNCES = re.compile(
    r"(?P<words>[^.!?:：\n#]{0,80}\b(?:following|these|those|issues?|prs?|pull requests?|tickets?|tasks?|items?)\b"
    rf"[^.!?:：\n#]{{0,40}}| ?\([^()\n#]{{0,80}}\) ?)[:：][\s{COMMENT}]*+\Z",
    re.I,
)
_BLANK = re.compile(rf"[\s{COMMENT}]*+")
_DECORATION = re.compile(r"[^\w#(\[]*+")
# "After #12 landed we saw" tells a story; "After #12 (sequential)" is an order.
_ORDER_ENDS = re.compile(
    r" *+(?:(?:is|are|has been|have been|gets?) )?(?:(?:merged|merges?|lands?|landed|closed|done|released)\b)?"
    r" *+(?:[.;!]* *(?:$|\n)|[)\]]|\(| [–—-] )"
)
_TITLE_END = re.compile(r"(?:[(\[]|[:：]\s|\s[–—-]\s)\s*+")


@dataclass(frozen=True, slots=True)
class Value:
    """What stands behind a keyword, from `start` on.

    colon: a colon or a dash introduces it; blank: nothing is there; announces: the text ends with a
    colon, so the block that follows holds the value; missed: offset of a reference that belongs to
    the list, as it seems, but stands behind other words; refused: why the first word is no reference.
    """

    listing: Listing
    start: int
    colon: bool
    blank: bool
    announces: bool
    none: bool
    refused: str
    missed: int | None

    @property
    def is_prose(self) -> bool:
        """Whether nothing here looks like the value of a marker."""
        looks = self.listing or self.listing.struck or self.blank or self.announces or self.none
        return not (looks or self.colon or self.refused)


def read_value(text: str, keyword: Keyword, home: str | None) -> Value:
    intro = _INTRODUCTION.match(text, keyword.end)
    assert intro is not None, "every part of the introduction is optional"
    start, colon = intro.end(), bool(intro["colon"])
    listing = read_list(text, start, home)
    missed = None
    if listing.references and "\n" in text[start : listing.references[0].offset]:
        read_lines(listing, text, home)
    elif listing:
        missed = read_parts(listing, text, home, join=colon)
    return Value(
        listing,
        start,
        colon,
        blank=_BLANK.fullmatch(text, start) is not None,
        announces=_ANNOUNCES.match(text, keyword.end) is not None,
        none=not listing and says_none(text, start),
        refused="" if listing else unreadable(text, start, keys=False),
        missed=missed,
    )


def read_lines(listing: Listing, text: str, home: str | None) -> None:
    """Go on with the lines that follow as long as each leads with a reference."""
    while (line := text.find("\n", listing.end)) >= 0 and leads(text, line + 1):
        _extend(listing, read_list(text, line + 1, home))


def read_parts(listing: Listing, text: str, home: str | None, *, join: bool) -> int | None:
    """References that lead later parts of the line: "#1 the parser, #2 the lexer".

    They are joined to the list, or else the offset of the first is returned.
    """
    part = _PART.search(text, listing.end, _line_end(text, listing.end))
    behind = listing.end
    while part is not None and not has_relation(text, behind, part.end()):
        behind = part.end()
        if leads(text, behind) and "\n" not in text[behind : behind + 1]:
            if not join:
                return behind
            _extend(listing, read_list(text, behind, home))
            behind = max(behind, listing.end)
        part = _PART.search(text, behind, _line_end(text, behind))
    return None


def read_title(text: str, start: int, home: str | None) -> Listing:
    """References that end a titled line: "The parser (#12)", "Parser: #12", "Parser - #12"."""
    end = _line_end(text, start)
    for match in _TITLE_END.finditer(text, start, end):
        listing = read_list(text, match.end(), home)
        if listing and not re.search(r"\w", text[listing.end : end]):
            return listing
    return Listing(start)


def says_none(text: str, start: int) -> bool:
    return _NONE.match(text, start) is not None


def content_start(text: str, start: int) -> int:
    """Offset of the first word, reference or bracket, behind blanks, emoji and punctuation."""
    match = _DECORATION.match(text, start)
    return match.end() if match else start


def is_order(text: str, listing: Listing) -> bool:
    """Whether nothing but a remark follows the references of an "After"."""
    return _ORDER_ENDS.match(text, listing.end) is not None


def is_question(text: str, listing: Listing) -> bool:
    return _QUESTION.match(text, listing.end) is not None


def later_reference(text: str, start: int) -> bool:
    """Whether a reference stands further on in the line, with no other relation in between."""
    match = REFERENCE_IN_TEXT.search(text, start, _line_end(text, start))
    return match is not None and not has_relation(text, start, match.start())


def _line_end(text: str, start: int) -> int:
    """End of the line, or of as much of it as one statement can fill."""
    end = text.find("\n", start, start + _REACH)
    return min(len(text), start + _REACH) if end < 0 else end


def _extend(listing: Listing, more: Listing) -> None:
    listing.references += more.references
    listing.problems += more.problems
    listing.end = more.end
