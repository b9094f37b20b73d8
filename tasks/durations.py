"""Lengths of time as people write them: `90`, `90s`, `30m`, `2h`, `1h30m`, `1d`."""

import math
import re

from .errors import ConfigError

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([dhms])\s*")


def parse_duration(value: object) -> float:
    """Seconds. Raises ConfigError for what is no length of time, and for one that is not above 0."""
    seconds = _seconds(value)
    if seconds is None or not math.isfinite(seconds) or seconds <= 0:
        raise ConfigError(f"{value!r} is no duration; write seconds, or 90s, 30m, 2h, 1h30m, 1d")
    return seconds


def format_duration(seconds: float) -> str:
    """The two largest units: `9s`, `1m 05s`, `1h 05m`, `2d 03h`."""
    whole = max(0, int(seconds))
    for unit, smaller in (("d", "h"), ("h", "m"), ("m", "s")):
        if whole >= _SECONDS[unit]:
            rest = whole % _SECONDS[unit] // _SECONDS[smaller]
            return f"{whole // _SECONDS[unit]}{unit} {rest:02}{smaller}"
    return f"{whole}s"


def _seconds(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    text = value.strip().lower()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
