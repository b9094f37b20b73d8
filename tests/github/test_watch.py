"""One look for all who wait."""

import threading
from collections.abc import Collection, Mapping

import pytest
from auto_milestone.errors import Stopped, Unreachable
from auto_milestone.github.watch import Seen, Watch
from auto_milestone.model import Pull
from auto_milestone.stopping import Stop


class Hub:
    """Answers for every pull request, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.away = False

    def ask(self, numbers: Collection[int]) -> Mapping[int, Seen]:
        self.asked.append(sorted(numbers))
        if self.away:
            raise Unreachable("no network")
        return {
            number: Seen(f"PR_{number}", Pull(number, "b", "main", "a" * 40, "open")) for number in numbers
        }


def as_wanted(seconds: float, pulls: int) -> float:
    return seconds


def test_all_who_wait_share_one_query() -> None:
    hub = Hub()
    watch = Watch(hub.ask, as_wanted, Stop())
    waiting = [threading.Thread(target=watch.wait, args=(number, 1.0)) for number in range(1, 21)]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join(20)
    assert hub.asked == [list(range(1, 21))]
    assert watch.recent(7) is not None and len(hub.asked) == 1


def test_impatient_one_asks_for_the_patient_ones_too() -> None:
    hub = Hub()
    watch = Watch(hub.ask, as_wanted, Stop())
    patient = threading.Thread(target=watch.wait, args=(1, 3600.0))
    patient.start()
    while not watch.waiting:
        pass
    watch.wait(2, 0.1)
    patient.join(20)
    assert not patient.is_alive() and hub.asked == [[1, 2]]


def test_what_is_known_grows_old() -> None:
    now = 0.0
    hub = Hub()
    watch = Watch(hub.ask, as_wanted, Stop(), clock=lambda: now)
    watch.now(1)
    watch.recent(1)
    assert len(hub.asked) == 1
    now = 60.0
    watch.recent(1)
    assert len(hub.asked) == 2


def test_nobody_is_asked_for_once_nobody_waits() -> None:
    hub = Hub()
    watch = Watch(hub.ask, as_wanted, Stop())
    watch.wait(1, 0.0)
    watch.wait(2, 0.0)
    assert hub.asked == [[1], [2]]


def test_failure_reaches_the_one_who_asked_and_the_next_one_asks_again() -> None:
    hub = Hub()
    watch = Watch(hub.ask, as_wanted, Stop())
    hub.away = True
    with pytest.raises(Unreachable):
        watch.wait(1, 0.0)
    hub.away = False
    watch.wait(1, 0.0)
    assert hub.asked == [[1], [1]]


def test_wait_ends_when_the_run_is_stopped() -> None:
    stop = Stop()
    watch = Watch(Hub().ask, as_wanted, stop)
    threading.Timer(0.2, stop.ask).start()
    with pytest.raises(Stopped):
        watch.wait(1, 3600.0)
