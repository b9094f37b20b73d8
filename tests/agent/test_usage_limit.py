"""Usage limits: what is one, and when it ends."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from auto_milestone.agent.agents import agent_settings
from auto_milestone.agent.usage_limit import limit_ends
from auto_milestone.executor.base import Exit
from support.command_agent import NOW, lines, play


def at(*when: int) -> float:
    return datetime(2026, *when, tzinfo=UTC).timestamp()  # type: ignore[arg-type]


IN_15_MINUTES = NOW + 900
LIMITS = [
    (f"Claude AI usage limit reached|{int(at(11, 21, 15))}", at(11, 21, 15)),
    (f"Claude AI usage limit reached|{int(at(11, 21, 15))}000", at(11, 21, 15)),
    ("usage limit reached, resets at 3pm", at(11, 21, 15)),
    ("usage limit reached, resets at 15:00", at(11, 21, 15)),
    ("5-hour limit reached ∙ resets 11am", at(11, 22, 11)),
    ("You've hit your limit · resets 3pm (America/Los_Angeles)", at(11, 21, 23)),
    ("Claude usage limit reached. Your limit will reset at 1pm (Etc/GMT+5).", at(11, 21, 18)),
    ("usage limit reached, resets in 2 hours 5 minutes", NOW + 7500),
    (
        "You've hit your usage limit. Visit https://example.org/usage to purchase more credits or try again "
        "at 3:28 PM.",
        at(11, 21, 15, 28),
    ),
    ("You've hit your usage limit. Try again at Nov 28th, 2026 12:30 PM.", at(11, 28, 12, 30)),
    ("You've hit your usage limit. Try again Dec 18.", at(12, 18)),
    ("hit your usage limit, try again in 3 days 6 hours 57 minutes", NOW + 3 * 86400 + 6 * 3600 + 57 * 60),
    ("Quota exceeded. Your quota will reset after 2h5m3s.", NOW + 7503),
    ("You have exhausted your daily quota", IN_15_MINUTES),
    ("rate limit exceeded, please try again in 44 minutes", NOW + 2640),
    ("usage limit reached|1732201200", IN_15_MINUTES),
    ("usage limit reached, resets at 99:99", IN_15_MINUTES),
    ("usage limit reached, try again in 9000 days", IN_15_MINUTES),
    ("429 Too Many Requests", IN_15_MINUTES),
    ("all tests passed", None),
    ("SyntaxError: limit", None),
]


@pytest.mark.parametrize(("text", "ends"), LIMITS)
def test_when_a_limit_ends(text: str, ends: float | None) -> None:
    assert limit_ends(text, agent_settings("claude").usage_limits, NOW, UTC) == ends


def test_the_last_limit_counts() -> None:
    text = "usage limit reached, resets at 1pm\n...\nusage limit reached, resets at 5pm\n"
    assert limit_ends(text, agent_settings("claude").usage_limits, NOW, UTC) == at(11, 21, 17)


LIMIT_TEXT = f"Claude AI usage limit reached|{int(at(11, 21, 15))}\n"


@pytest.mark.parametrize(
    ("played", "limited"),
    [
        ({"ended": Exit("exited", 1), "log": LIMIT_TEXT}, True),
        ({"ended": Exit("exited", 1), "log": "resets at 3pm\n"}, False),
        # Prose about limits, from a program that ended well.
        ({"ended": Exit("exited", 0), "log": LIMIT_TEXT}, False),
        ({"output": lines({"is_error": True, "result": LIMIT_TEXT})}, True),
        ({"output": lines({"is_error": False, "result": LIMIT_TEXT}), "log": LIMIT_TEXT}, False),
        ({"ended": Exit("timeout", -15), "log": LIMIT_TEXT}, False),
        # Long before the end.
        ({"ended": Exit("exited", 1), "log": LIMIT_TEXT + "work\n" * 50}, False),
    ],
)
def test_a_limit_is_judged_at_the_end_of_a_failure(tmp_path: Path, played: Any, limited: bool) -> None:
    outcome = play(tmp_path, **played)
    assert (outcome.ended == "usage_limit") == limited
    assert outcome.resume_at == (at(11, 21, 15) if limited else None)


def test_a_limit_of_an_earlier_run_in_the_same_log_is_over(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(LIMIT_TEXT)
    outcome = play(tmp_path, ended=Exit("exited", 1), log="boom\n")
    assert (outcome.ended, outcome.detail) == ("exited", "exit code 1: boom")


@pytest.mark.parametrize(
    ("resume_at", "expected"),
    [(None, IN_15_MINUTES), (NOW + 60, NOW + 60), (5, NOW), (1e10, NOW + 32 * 86400)],
)
def test_the_result_file_may_tell_a_limit(tmp_path: Path, resume_at: Any, expected: float) -> None:
    value = {"status": "usage_limit"} | ({} if resume_at is None else {"resume_at": resume_at})
    outcome = play(tmp_path, result=json.dumps(value))
    assert (outcome.ended, outcome.resume_at, outcome.detail) == (
        "usage_limit",
        expected,
        "usage limit reached",
    )
