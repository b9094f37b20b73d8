"""The words that mark a dependency, and what the words around them make of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from .references import REFERENCE_IN_TEXT

Kind = Literal["depends_on", "blocks", "related"]
Strength = Literal["strong", "weak", "noun"]

# Further back than this no word bears on a keyword; the bound keeps long paragraphs cheap.
_REACH = 300

_GAP = r"[-_\s]{1,3}"
_STRONG = (
    rf"depends?{_GAP}(?:up)?on|dependent\s(?:up)?on|has\san?\s(?:hard\s|soft\s|strict\s)?dependency\son"
    rf"|blocked{_GAP}(?:by|on|until|behind)|wait(?:s|ing)?{_GAP}(?:for|on)"
    r"|merged?\s(?:(?:this|it|only|me|strictly|right)\s){0,2}after"
)
_WEAK = r"requires?|after"
_NOUN = r"dependenc(?:y|ies)|blockers?"
_BLOCKS = r"blocks|(?:is|are|currently|also)\sblocking"
_RELATED = (
    r"relate[sd]?\sto|see\salso"
    r"|related(?:\s(?:issues?|prs?|pull\srequests?|tickets?|work))?(?:\s(?:and|&|/)\s(?:issues?|prs?))?(?=\s?[:：])"
)
_KEYWORD = re.compile(
    rf"(?<![\w/.@#])(?<!\w-)(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK})|(?P<noun>{_NOUN})"
    rf"|(?P<blocks>{_BLOCKS})|(?P<related>{_RELATED}))(?!\w|-\w)",
    re.I,
)
# Relations that are none of ours: what follows them belongs to them.
OTHER_RELATION = re.compile(
    r"(?<!\w)(?:clos(?:e[sd]?|ing)|fix(?:e[sd])?|resolve[sd]?|implements|part\sof|parent|epic|child(?:ren)?\sof"
    r"|duplicates?(?:\sof)?|dup\sof|tracked\s(?:by|in)|follow[- ]?ups?(?:\s(?:to|of))?|supersedes?|replaces"
    r"|conflicts?\swith|refs?|references?|unblocks|unblocked\sby)(?!\w)",
    re.I,
)

_TITLE_WORD = (
    r"(?:issues?|prs?|pull\srequests?|tasks?|tickets?|stor(?:y|ies)|upstream|external|internal|hard|known|open"
    r"|current|technical|direct|blocking|merge)"
)
_TITLE_KEYWORDS: dict[Kind, str] = {
    "depends_on": rf"(?:{_TITLE_WORD}\s)?(?:{_NOUN})|{_STRONG}|requires",
    "blocks": r"blocks|this\sblocks",
    "related": rf"related(?:\s{_TITLE_WORD})*(?:\s(?:and|&|/)\s{_TITLE_WORD})?|related\sto|see\salso",
}
_TITLES: dict[Kind, re.Pattern[str]] = {
    kind: re.compile(
        rf"[\W\d_]*(?:(?:{words})(?:\s*(?:/|,|&|\band\b|\bor\b|\|)\s*(?={words})|\s*\([^()]*\))?)+\W*", re.I
    )
    for kind, words in _TITLE_KEYWORDS.items()
}
_OTHER_TITLE = re.compile(
    r"[\W\d_]*(?:sub-?\s?)?(?:tasks?|to-?dos?|issues?|acceptance criteria|notes?|implementation|description"
    r"|scope|out of scope|references|parent|epic|tests?|testing|summary|context|background|definition of done|steps)"
    r"\W*",
    re.I,
)


class Keyword(NamedTuple):
    """A keyword in a text, from `start` to `end`."""

    kind: Kind
    strength: Strength
    word: str
    start: int
    end: int

    @property
    def is_after(self) -> bool:
        return self.word.lower() == "after"


def find_keywords(text: str, start: int, end: int) -> Iterator[Keyword]:
    """Keywords that begin between two offsets, in order."""
    for match in _KEYWORD.finditer(text, start, end):
        strength: Strength = "weak" if match["weak"] else "noun" if match["noun"] else "strong"
        kind: Kind = "blocks" if match["blocks"] else "related" if match["related"] else "depends_on"
        yield Keyword(kind, strength, match[0], match.start(), match.end())


def has_relation(text: str, start: int, end: int) -> bool:
    """Whether a keyword, ours or another, stands between two offsets."""
    return bool(_KEYWORD.search(text, start, end) or OTHER_RELATION.search(text, start, end))


def kind_of_title(text: str) -> Kind | None:
    """The kind a heading, a label or a table cell announces when it is nothing but keywords."""
    if len(text) > _REACH:
        return None
    return next((kind for kind, pattern in _TITLES.items() if pattern.fullmatch(text)), None)


def is_other_title(text: str) -> bool:
    """Whether a heading names a section that cannot belong to the dependencies above it."""
    return len(text) <= _REACH and _OTHER_TITLE.fullmatch(text) is not None


_SENTENCE_END = re.compile(r"[.!?;。](?=\s)|\n(?=[^\w\n]*[A-Z])|\n(?=\W*\Z)")
_LINE_START = re.compile(r"(?:^|\n|[(\[])[^\w\n]*(?:[0-9]{1,3}[.)]\s*)?\Z")
_REF = REFERENCE_IN_TEXT.pattern
_SUBJECT_REF = rf"(?:{_REF}|(?<!\w)[\w.-]{{1,60}}\#[0-9]+|\b[A-Z]{{2,9}}-[0-9]+\b)"
_AUXILIARY = (
    r"(?:(?:is|are|was|were|be|been|being|it|they|each|both|all|also|still|currently|now|therefore|thus|then"
    r"|only|directly|will|does|do|did|has|have|had|just|already|should|must|may|might|could|can|not|to|needs?|itself)\s+)*"
)
_ABOUT_REF = re.compile(
    rf"""(?:(?<!\w)(?P<word>(?:part[ ]|up[ ])?[A-Za-z]+)\s*[:：]?\s+)?
        {_SUBJECT_REF}(?:\s*(?:,|and|&|/)\s*{_SUBJECT_REF})*
        (?P<joint>\s*(?:\([^()]{{0,80}}\))?\s*[,(\[:—–-]*\s*)(?P<which>(?:which|that|who|whose)\s+)?
        {_AUXILIARY}\Z""",
    re.VERBOSE | re.I,
)
_CLOSING = re.compile(
    r"clos\w+|fix\w*|resolv\w+|implement\w*|address\w*|(?:part |up )?(?:of|to)|for|refs?|parent|epic|towards?",
    re.I,
)
_PREPOSITION = re.compile(
    r"after|in|from|with|by|on|also|see|until|behind|supersedes|replaces|requires?|blocks", re.I
)
_LED_BY_REF = re.compile(
    rf"[^\w#]*(?:(?:the\s)?(?:issues?|prs?|pull\srequests?|tickets?|tasks?)\s)?{_SUBJECT_REF}",
    re.VERBOSE | re.I,
)

_ADVERB = (
    r"(?:be|been|being|get|currently|yet|really|actually|strictly|directly|longer|any|more|have"
    r"|has|to|an?|hard|needs?|technically|necessarily)"
)
_NEGATED = re.compile(
    rf"(?:\b(?:not|no|never|without|neither|nor|cannot|hardly|instead\sof|rather\sthan|avoids?|stops?|stopped)"
    rf"|n['’]t|\bno\slonger|\bno-longer|\bremov\w+\s(?:the|any)|\bdrop\w*\s(?:the|any))\s+(?:{_ADVERB}\s+){{0,3}}\Z"
    r"|(?:^|[\s(])(?:un|non|not)[-\s]\Z",
    re.I,
)
_NOTHING = re.compile(r"\W*(?:nothing|none|nobody|neither)\b", re.I)
_HEDGED = re.compile(
    r"\b(?:may|might|could|would|possibly|perhaps|maybe|probably|likely|potentially|presumably|if|whether|unless|when"
    r"|whenever|suppose|assuming|think|thought|guess|unsure|unclear|seems?|appears?|was|were|previously|formerly"
    r"|originally|used\sto)\b",
    re.I,
)
_EXAMPLE = re.compile(
    r"(?:\be\.g\.?|\bi\.e\.?|\bfor (?:example|instance)|\bsuch as|\bexamples?:|\blike)[,:]?\s*\W?\Z", re.I
)
_OWN_SUBJECT = re.compile(
    r"(?:\A|[.;:,(\[—–\n]|\b(?:and|but|so|also|it|this|which|still|currently|will|to|be|first|strictly|now|only"
    r"|(?:this|the)\s(?:issue|pr|pull\srequest|ticket|task|change|story|epic|feature|work|patch|branch)))\W*\Z",
    re.I,
)


# "to be merged after #1" orders, "we merged after #1" tells.
_PASSIVE = re.compile(r"(?:\A|\b(?:be|get|gets|being))\W*(?:\w+ly\s+|only\s+)?\Z", re.I)
_QUOTED = re.compile(
    r"“[^“”]{1,400}”|„[^„“”]{1,400}[“”]|«[^«»]{1,400}»|(?<!\w)\"(?=\S)[^\"]{1,400}(?<=\S)\"(?!\w)"
)


class Setting(NamedTuple):
    """What the words around a keyword say.

    first: it begins a line, an item or a bracket; own: its clause is about this issue or names no
    subject; verdict: "" for a plain statement, else why it is none.
    """

    first: bool
    own: bool
    verdict: Literal["", "other", "negated", "quoted", "hedged"]


@lru_cache(maxsize=4)
def _quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Offsets of what stands in double quotes, ascending."""
    return tuple(match.span() for match in _QUOTED.finditer(text))


def setting_of(text: str, keyword: Keyword) -> Setting:
    before = text[max(0, keyword.start - _REACH) : keyword.start]
    ends = [match.end() for match in _SENTENCE_END.finditer(before)]
    clause = before[ends[-1] :] if ends else before
    first = _LINE_START.search(before) is not None
    own = first or _OWN_SUBJECT.search(clause) is not None
    return Setting(first, own, _verdict(before, clause, keyword, _quoted_spans(text)))


def _verdict(
    before: str, clause: str, keyword: Keyword, quoted: tuple[tuple[int, int], ...]
) -> Literal["", "other", "negated", "quoted", "hedged"]:
    span = bisect_right(quoted, (keyword.start, 1 << 62)) - 1
    inside = span >= 0 and keyword.start < quoted[span][1]
    if inside or before[-1:] in ("'", "‘", "’") or _EXAMPLE.search(before):
        return "quoted"
    if _is_about_another(clause, keyword):
        return "other"
    if _NEGATED.search(clause) or _NOTHING.match(clause):
        return "negated"
    if keyword.word.lower().startswith("merged") and not _PASSIVE.search(clause):
        return "hedged"
    return "hedged" if _HEDGED.search(re.split(r"[,(\[—–:]", clause)[-1]) else ""


def is_led_by_reference(text: str) -> bool:
    """Whether a text begins with a reference, so that it speaks about another issue."""
    return _LED_BY_REF.match(text) is not None


def _is_about_another(clause: str, keyword: Keyword) -> bool:
    """Whether the subject of the words before a keyword is a reference to some issue."""
    if is_led_by_reference(clause):
        return True
    match = _ABOUT_REF.search(clause)
    if match is None or match["which"]:
        return match is not None
    word, joint = match["word"] or "", match["joint"]
    if _CLOSING.fullmatch(word):
        return False
    apart = "," in joint or "\n" in joint or keyword.word[0].isupper()
    return not (apart and _PREPOSITION.fullmatch(word))
