"""When does a usage limit end? Read from what an agent printed before it gave up; pure.

Which texts are a limit is data (`agent/presets.yaml`). Here: the ways in which they name the time, such as
`|1732201200`, `resets at 3pm (Europe/Berlin)`, `try again at Aug 8th, 2026 12:30 PM`, `in 2 hours 5 minutes`.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UNKNOWN = 15 * 60.0
"""Seconds to wait when the text names no time, or none that can be."""

LONGEST = 32 * 86_400.0
"""Limits are reset within a month at the latest."""

_NEAR = 400
"""Characters after the words of the limit in which its time is looked for."""

_EPOCH = re.compile(r"[|\s:](\d{10})(\d{3})?\b")
_RELATIVE = re.compile(
    r"\b(?:in|after)[:\s]+((?:\d+(?:\.\d+)?\s*(?:days?|hours?|hrs?|minutes?|mins?|seconds?|secs?|[dhms])\b"
    r"[\s,]*(?:and\s+)?|\d+(?:\.\d+)?[dhms](?=\d))+)",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([dhms])", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = re.compile(
    r"\b(?:resets?|at|until|again|on)\s+(?:at\s+|on\s+)?"
    rf"(?:(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    r"(?:,?\s+(?P<year>20\d\d))?)?"
    r"(?:,?\s*(?:at\s+)?(?:(?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s*(?P<half>[ap])\.?m\b"
    r"|(?P<hour24>\d{1,2}):(?P<minute24>\d\d)))?"
    r"\s*(?:\((?P<zone>[^()\s]+)\))?",
    re.IGNORECASE,
)
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def limit_ends(text: str, patterns: Iterable[str], now: float, zone: tzinfo | None = None) -> float | None:
    """Seconds since the epoch at which the last limit in `text` ends; None where there is no limit.

    `zone` is where clock times without a zone are from; None: where this machine is.
    """
    hits = [hit for pattern in patterns for hit in re.finditer(pattern, text, re.IGNORECASE)]
    if not hits:
        return None
    hit = max(hits, key=lambda found: found.start())
    words = text[hit.start() : hit.end() + _NEAR]
    ends = _epoch(words) or _relative(words, now) or _clock(words, now, zone)
    if ends is None or not now < ends <= now + LONGEST:
        return now + UNKNOWN
    return ends


def _epoch(words: str) -> float | None:
    found = _EPOCH.search(words)
    return float(found[1]) if found else None


def _relative(words: str, now: float) -> float | None:
    found = _RELATIVE.search(words)
    if not found:
        return None
    return now + sum(float(n) * _SECONDS[unit.lower()] for n, unit in _AMOUNT.findall(found[1]))


def _clock(words: str, now: float, zone: tzinfo | None) -> float | None:
    for found in _CLOCK.finditer(words):
        if found["month"] or found["hour"] or found["hour24"]:
            return _moment(found, now, zone)
    return None


def _moment(found: re.Match[str], now: float, zone: tzinfo | None) -> float | None:
    here = datetime.fromtimestamp(now).astimezone(_zone(found["zone"]) or zone)
    try:
        then = _day(found, here).replace(hour=_hour(found), minute=_minute(found), second=0, microsecond=0)
    except ValueError:
        return None
    if then <= here and not found["month"]:
        then += timedelta(days=1)
    return then.timestamp()


def _day(found: re.Match[str], here: datetime) -> datetime:
    if not found["month"]:
        return here
    month = _MONTHS.index(found["month"].lower()[:3]) + 1
    year = int(found["year"] or here.year + (month < here.month))
    return here.replace(year=year, month=month, day=int(found["day"]))


def _hour(found: re.Match[str]) -> int:
    if found["hour"]:
        return int(found["hour"]) % 12 + 12 * (found["half"].lower() == "p")
    return int(found["hour24"] or 0)


def _minute(found: re.Match[str]) -> int:
    return int(found["minute"] or found["minute24"] or 0)


def _zone(name: str | None) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
