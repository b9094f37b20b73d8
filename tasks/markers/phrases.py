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
Verdict = Literal["", "other", "negated", "quoted", "hedged"]

# Further back than this no word bears on a keyword; the bound keeps long paragraphs cheap.
_REACH = 240
_NEAR = 60

_GAP = r"[-_\s]{1,3}"
_STRONG = (
    rf"depends?{_GAP}(?:up)?on|dependent\s(?:up)?on|has\san?\s(?:hard\s|soft\s|strict\s)?dependency\son"
    rf"|blocked{_GAP}(?:by|on|until|behind)|wait(?:s|ing)?{_GAP}(?:for|on)"
    r"|(?:merged?|land|landed)\s(?:(?:this|it|only|me|strictly|right)\s){0,2}after"
)
_WEAK = r"requires?|after"
_NOUN = r"dependenc(?:y|ies)|blockers?"
_BLOCKS = r"blocks|(?:(?<=\bis\s)|(?<=['’]s\s)|(?<=\bcurrently\s)|(?<=\balso\s))blocking"
_RELATED = (
    r"relate[sd]?\sto|see\salso"
    r"|related(?:\s(?:issues?|prs?|pull\srequests?|tickets?|work))?(?:\s(?:and|&|/)\s(?:issues?|prs?))?(?=\s?[:：])"
)
# The first letters of all keywords come first: most words are passed over by them.
_KEYWORD = re.compile(
    rf"(?<![\w.@#])(?<!\w-)(?=[abdhlmrsw])(?:(?P<strong>{_STRONG})|(?P<weak>{_WEAK})|(?P<noun>{_NOUN})"
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


_SENTENCE_END = re.compile(r"[.!?;。](?=\s)|\n(?=[^\w\n]*[A-Z])")
_LAST_LINE = re.compile(r"(?:\A|\n)(?P<line>[^\n]*)\n\W*\Z")
_WRAPPED = re.compile(
    r"(?:\b(?:not|no longer|never|is|are|was|be|been|both|each|all|also|still|currently|now|which|that|it|this|and"
    r"|but|or|to|will|does|do|should|must|may|might|could|can|only)|n['’]t)\s*\Z",
    re.I,
)
_WRAP_WIDTH = 60
_NO_WORDS = re.compile(r"[^\w]*+(?:[0-9]{1,3}[.)]\s*)?")
_CLAUSE_MARK = re.compile(r"[,(\[—–:]")
_DIGIT = re.compile(r"[#/-][0-9]")
_REF = REFERENCE_IN_TEXT.pattern
_SUBJECT_REF = rf"(?:{_REF}|(?<!\w)[\w.-]{{1,60}}\#[0-9]+|\b[A-Z]{{2,9}}-[0-9]+\b)"
_AUXILIARY = (
    r"(?:(?:is|are|was|were|be|been|being|it|they|each|both|all|also|still|currently|now|therefore|thus|then"
    r"|only|directly|will|does|do|did|has|have|had|just|already|should|must|may|might|could|can|not|to|needs?|itself)\s+)*"
)
_MENTION = re.compile(_SUBJECT_REF, re.VERBOSE | re.I)
_JOINED = re.compile(r"\s*(?:,|and|&|/)\s*", re.I)
_TO_KEYWORD = re.compile(
    rf"(?P<joint>\s*(?:\([^()]{{0,80}}\))?\s*[,(\[:—–-]*\s*)(?P<which>(?:which|that|who|whose)\s+)?{_AUXILIARY}",
    re.I,
)
_PREDICATE = re.compile(rf"\s+{_AUXILIARY}(?:{_STRONG}|requires?|blocks)(?!\w)", re.I)
_WORD_BEFORE = re.compile(r"(?:(?<!\w)(?P<word>(?:part |up )?[a-z]+)\s*[:：]?\s+)?\Z", re.I)
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
    r"(?:[.;:,(\[—–\n]|\b(?:and|but|so|also|it|this|which|still|currently|will|to|be|first|strictly|now|only|too"
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
    verdict: Verdict


@lru_cache(maxsize=4)
def _quoted_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Offsets of what stands in double quotes, ascending."""
    return tuple(match.span() for match in _QUOTED.finditer(text))


def begins_line(text: str, offset: int) -> bool:
    """Whether nothing but decoration stands before it in its line, list item or bracket."""
    begin = max(0, offset - _REACH)
    start = max(text.rfind(mark, begin, offset) for mark in "\n([")
    whole = start >= 0 or begin == 0
    return whole and _NO_WORDS.fullmatch(text, max(start + 1, begin), offset) is not None


def setting_of(text: str, keyword: Keyword) -> Setting:
    begin = max(0, keyword.start - _REACH)
    before = text[begin : keyword.start]
    start = _start_of_clause(before, keyword)
    clause = before[max(start, 0) :]
    first = begins_line(text, keyword.start)
    own = first or not clause or _OWN_SUBJECT.search(clause[-_NEAR:]) is not None
    whole = start >= 0 or begin == 0
    return Setting(first, own, _verdict(before, clause, keyword, _is_quoted(text, keyword), whole))


def _start_of_clause(before: str, keyword: Keyword) -> int:
    """Offset of the sentence that the keyword belongs to; -1 when it begins further ahead."""
    start = max((match.end() for match in _SENTENCE_END.finditer(before)), default=-1)
    last = _LAST_LINE.search(before)
    if last is None:
        return start
    wrapped = len(last["line"]) >= _WRAP_WIDTH or _WRAPPED.search(last["line"])
    # A line break ends a sentence, unless a wrapped sentence goes on in lower case.
    return start if wrapped and keyword.word[0].islower() else max(start, last.end("line") + 1)


def _is_quoted(text: str, keyword: Keyword) -> bool:
    spans = _quoted_spans(text)
    span = bisect_right(spans, (keyword.start, 1 << 62)) - 1
    return span >= 0 and keyword.start < spans[span][1]


def _verdict(before: str, clause: str, keyword: Keyword, quoted: bool, whole: bool) -> Verdict:
    if quoted or before.endswith(("'", "‘", "’")) or _EXAMPLE.search(before[-_NEAR:]):
        return "quoted"
    if _DIGIT.search(clause) and _is_about_another(clause, keyword, whole):
        return "other"
    if _NEGATED.search(clause[-_NEAR:]) or (whole and _NOTHING.match(clause)):
        return "negated"
    if keyword.word.lower().startswith(("merged", "landed")) and not _PASSIVE.search(clause[-_NEAR:]):
        return "hedged"
    return "hedged" if _HEDGED.search(_CLAUSE_MARK.split(clause[-2 * _NEAR :])[-1]) else ""


def is_subject(text: str, end: int) -> bool:
    """Whether the references that end here are the subject of a keyword: "#1 is blocked by #2"."""
    return _PREDICATE.match(text, end) is not None


def is_led_by_reference(text: str) -> bool:
    """Whether a text begins with a reference, so that it speaks about another issue."""
    return _LED_BY_REF.match(text) is not None


def _is_about_another(clause: str, keyword: Keyword, whole: bool) -> bool:
    """Whether the subject of the words before a keyword is a reference to some issue.

    whole: the clause is known from its first word on.
    """
    if whole and is_led_by_reference(clause):
        return True
    mentions = list(_MENTION.finditer(clause))
    between = _TO_KEYWORD.fullmatch(clause, mentions[-1].end()) if mentions else None
    if between is None or between["which"]:
        return between is not None
    head = clause[: _start_of_list(clause, mentions)]
    before = _WORD_BEFORE.search(head[-_NEAR:])
    word, joint = (before and before["word"]) or "", between["joint"]
    if _CLOSING.fullmatch(word):
        return False
    apart = "," in joint or "\n" in joint or keyword.word[0].isupper()
    return not (apart and _PREPOSITION.fullmatch(word))


def _start_of_list(clause: str, mentions: list[re.Match[str]]) -> int:
    """Offset of the first of the references that are joined to the last one."""
    start = mentions[-1].start()
    for mention in mentions[-2::-1]:
        if not _JOINED.fullmatch(clause, mention.end(), start):
            break
        start = mention.start()
    return start
