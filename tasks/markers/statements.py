"""What one keyword states: references to take, a warning, a list to come, or nothing."""

from __future__ import annotations

from typing import Literal, NamedTuple

from .phrases import Keyword, Setting, begins_line, setting_of
from .prose import COMMENT, Prose
from .references import Listing, unreadable
from .values import Value, content_start, is_order, is_question, later_reference, read_title, read_value


class Statement(NamedTuple):
    """The outcome for one keyword.

    end: offset behind what belongs to it, -1 when it is only prose; expects: the references stand in
    the next block, and "loud" when it is worth a warning that none do.
    """

    end: int
    listing: Listing
    warnings: tuple[tuple[int, str], ...] = ()
    expects: Literal["loud", "quiet"] | None = None


_PROSE = Statement(-1, Listing(0))


def judge(prose: Prose, keyword: Keyword, home: str | None, *, elsewhere: bool) -> Statement:
    """elsewhere: the text stands under a heading that names another issue."""
    text = prose.text
    value = read_value(text, keyword, home)
    if value.is_prose and not begins_line(text, keyword.start):
        return _PROSE
    setting = setting_of(text, keyword)
    shaped = setting.first and (value.colon or prose.is_bold(keyword.start))
    if setting.verdict in ("other", "negated", "quoted"):
        return _nothing(keyword.end)
    if keyword.strength == "noun" and not (shaped or (setting.first and (value.blank or value.announces))):
        return _PROSE
    if value.listing:
        return _judge_references(text, keyword, setting, value, elsewhere)
    if value.listing.struck or value.none:
        return _nothing(keyword.end)
    if value.blank or value.announces:
        return _expect(text, keyword, setting, loud=shaped and value.blank)
    return _judge_words(text, keyword, setting, value, shaped, home)


def why_unreadable(text: str, start: int) -> str:
    """Why there is no reference where one belongs."""
    start = content_start(text, start)
    if later_reference(text, start):
        return "a reference stands inside the sentence, not next to the keyword"
    return unreadable(text, start, keys=True) or "no readable reference"


def _nothing(end: int, *warnings: tuple[int, str]) -> Statement:
    return Statement(end, Listing(end), warnings)


def _judge_references(
    text: str, keyword: Keyword, setting: Setting, value: Value, elsewhere: bool
) -> Statement:
    listing, related = value.listing, keyword.kind == "related"
    if keyword.is_after and not (setting.first and (value.colon or is_order(text, listing))):
        return _nothing(listing.end)
    doubt = ""
    if elsewhere:
        doubt = "stands under the heading of another issue"
    elif not related and (setting.verdict == "hedged" or is_question(text, listing)):
        doubt = "the words around it leave open whether this is a dependency"
    elif keyword.strength == "weak" and not setting.own and not value.colon:
        doubt = f"the subject of {keyword.word!r} may be something else than this issue"
    if doubt:
        return _nothing(listing.end, (keyword.start, doubt))
    if value.missed is None or related:
        return Statement(listing.end, listing)
    return Statement(listing.end, listing, ((value.missed, "a later reference of the line was not read"),))


def _expect(text: str, keyword: Keyword, setting: Setting, *, loud: bool) -> Statement:
    """The keyword ends its block: the next one holds the references."""
    if not setting.first and (
        keyword.strength == "weak" or (keyword.kind != "depends_on" and not setting.own)
    ):
        return _PROSE
    loud = loud and keyword.strength != "weak" and keyword.kind != "related"
    commented = COMMENT in text[keyword.end :]
    return Statement(keyword.end, Listing(keyword.end), (), "loud" if loud and not commented else "quiet")


def _judge_words(
    text: str, keyword: Keyword, setting: Setting, value: Value, shaped: bool, home: str | None
) -> Statement:
    """A keyword with words behind it: a marker that cannot be read, or prose."""
    titled = read_title(text, value.start, home) if shaped and not keyword.is_after else Listing(0)
    if titled:
        return Statement(titled.end, titled)
    if keyword.kind == "related" or keyword.is_after or (keyword.strength == "weak" and not shaped):
        return _PROSE
    reason = value.refused or unreadable(text, value.start, keys=setting.first)
    if not reason and (shaped or (setting.first and later_reference(text, value.start))):
        reason = why_unreadable(text, value.start)
    return _nothing(keyword.end, (keyword.start, reason)) if reason else _PROSE
