"""How fast we ask, by what is left of the hour's budget."""

import pytest
from auto_milestone.github.limits import Left, Limits, pace
from auto_milestone.stopping import Stop


def headers(remaining: object, reset: object = 2000, resource: str = "graphql") -> dict[str, str]:
    return {
        "x-ratelimit-remaining": str(remaining),
        "x-ratelimit-limit": "5000",
        "x-ratelimit-reset": str(reset),
        "x-ratelimit-resource": resource,
    }


@pytest.mark.parametrize(
    ("remaining", "wanted", "seconds"),
    [
        (5000, 15.0, 15.0),  # plenty
        (740, 15.0, 15.0),  # 240 to spare in an hour: just enough for one every 15 s
        (620, 15.0, 30.0),  # 120 to spare: every 30 s
        (620, 60.0, 60.0),  # slow enough already
        (501, 15.0, 3600.0),
        (500, 15.0, 3600.0),  # the reserve is not touched
        (0, 15.0, 3600.0),
    ],
)
def test_pace(remaining: int, wanted: float, seconds: float) -> None:
    assert pace(Left(remaining, 5000, 3600.0), wanted, 1, now=0.0) == seconds


def test_pace_without_a_limit_or_after_the_reset_is_what_is_wanted() -> None:
    assert pace(None, 15.0, 1, now=0.0) == 15.0
    assert pace(Left(0, 5000, 100.0), 15.0, 1, now=100.0) == 15.0


def test_budgets_are_kept_apart() -> None:
    limits = Limits(Stop(), clock=lambda: 1000.0)
    limits.seen(headers(4000))
    limits.seen(headers("17.0", resource="core"))
    limits.seen({"x-ratelimit-remaining": "soon", "x-ratelimit-limit": "", "x-ratelimit-reset": ""})
    limits.seen({})
    assert limits.left("graphql") == Left(4000, 5000, 2000.0)
    assert limits.left("core") == Left(17, 5000, 2000.0)
    assert limits.left("search") is None


def test_limit_ends() -> None:
    now = [1000.0]
    limits = Limits(Stop(), clock=lambda: now[0])
    limits.shut("graphql", 1050.0)
    limits.shut(None, 1020.0)
    limits.shut(None, 1010.0)
    assert (limits.opens("core"), limits.opens("graphql")) == (1020.0, 1050.0)
    now[0] = 1020.0
    assert (limits.opens("core"), limits.opens("graphql")) == (None, 1050.0)


def test_budget_is_new_after_its_reset() -> None:
    limits = Limits(Stop(), clock=lambda: 3000.0)
    limits.seen(headers(0))
    assert limits.left("graphql") is None
