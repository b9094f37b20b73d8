"""Slots: how many agents run at once, and who goes first."""

import threading
import time
from collections.abc import Callable

import pytest
from auto_milestone.engine.slots import Slots
from auto_milestone.errors import Stopped
from auto_milestone.stopping import Stop


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def make(count: int) -> tuple[Slots, Stop, list[str]]:
    stop, freed = Stop(), list[str]()
    return Slots(count, stop, lambda: freed.append("freed")), stop, freed


def test_no_more_than_n() -> None:
    slots, _, freed = make(2)
    assert slots.try_take(1) and slots.try_take(2)
    assert not slots.try_take(3)
    slots.release(1)
    assert freed == ["freed"]
    assert slots.try_take(3)


def test_an_issue_that_holds_a_slot_takes_no_second_one() -> None:
    slots, _, _ = make(1)
    assert slots.try_take(1)
    with slots.take(1):
        pass
    assert not slots.try_take(2)
    slots.release(1)
    assert slots.try_take(2)


def test_lending_lets_another_issue_work() -> None:
    slots, _, _ = make(1)
    with slots.take(1):
        with slots.lend(1):
            assert slots.try_take(2)
            slots.release(2)
        assert not slots.try_take(2)


def test_without_a_slot_none_is_lent() -> None:
    slots, _, freed = make(1)
    with slots.lend(1):
        assert slots.try_take(2)
    assert not slots.try_take(3)
    slots.release(2)
    assert slots.try_take(3) and freed == ["freed"]


def test_a_fix_round_goes_before_new_work() -> None:
    slots, _, _ = make(1)
    assert slots.try_take(1)
    got, leave = threading.Event(), threading.Event()

    def fix() -> None:
        with slots.take(2):
            got.set()
            leave.wait()

    thread = threading.Thread(target=fix, daemon=True)
    thread.start()
    until(lambda: slots._waiting == 1)
    slots.release(1)
    assert got.wait(20)
    assert not slots.try_take(3)
    leave.set()
    thread.join()
    assert slots.try_take(3)


def test_waiting_for_a_slot_ends_when_the_run_is_stopped() -> None:
    slots, stop, _ = make(1)
    assert slots.try_take(1)
    stop.ask()
    with pytest.raises(Stopped), slots.take(2):
        pass
    assert not slots.try_take(3)
    slots.release(1)
    assert slots.try_take(3)
