"""How long a forge that does not answer is waited for."""

from itertools import islice

from auto_milestone.phases.patience import Outage, Patience


def test_pauses_are_doubled_up_to_the_last() -> None:
    assert list(islice(Patience().pauses(), 6)) == [15, 30, 60, 120, 120, 120]


def test_an_outage_is_given_up_after_a_day() -> None:
    outage, now, tries = Outage(Patience()), 1000.0, 0
    while (until := outage.until(now, None)) is not None:
        now, tries = until, tries + 1
    assert 24 * 3600 - 120 <= now - 1000 <= 24 * 3600
    assert tries == 4 + (24 * 3600 - 15 - 30 - 60 - 120) // 120


def test_the_forge_may_say_when() -> None:
    outage = Outage(Patience())
    assert outage.until(1000.0, 4000.0) == 4000.0
    assert outage.until(4000.0, 3999.0) == 4015.0


def test_a_failure_after_calm_is_a_new_outage() -> None:
    outage, patience = Outage(Patience()), Patience()
    assert outage.until(1000.0, None) == 1015.0
    later = 1000.0 + patience.offline
    assert outage.until(later, None) == later + 15
    assert outage.until(later + 3601, later + 90_000) is None
