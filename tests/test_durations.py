import pytest
from auto_milestone.durations import format_duration, parse_duration
from auto_milestone.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (90, 90),
        (0.5, 0.5),
        ("90", 90),
        ("90s", 90),
        ("30m", 1800),
        ("2h", 7200),
        ("1.5h", 5400),
        ("1h30m", 5400),
        ("1h 05m", 3900),
        (" 1D ", 86400),
    ],
)
def test_parse(text: object, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "soon", "1x", "1h and", "-5", -5, 0, "0s", True, None, [1], float("inf"), float("nan"), "1h2"],
)
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(ConfigError, match="is no duration; write seconds"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (9.9, "9s"),
        (65, "1m 05s"),
        (3600, "1h 00m"),
        (3900, "1h 05m"),
        (183600, "2d 03h"),
        (-1, "0s"),
    ],
)
def test_format(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text
