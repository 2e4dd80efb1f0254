"""Both clocks tell an aware instant in UTC; the movable one goes where it is told, and only forward."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from linguapay_adapters.system.clock import MovableClock, SystemClock
from linguapay_core.ports.clock import Clock
from linguapay_core.testing.builders import NOON

CLOCKS: list[Clock] = [SystemClock(), MovableClock(NOON)]


@pytest.mark.parametrize("clock", CLOCKS)
def test_the_time_is_in_utc_and_never_runs_back(clock: Clock) -> None:
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert first <= second


def test_a_movable_clock_stands_still_until_it_is_moved() -> None:
    clock = MovableClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(timedelta(hours=1))
    assert clock.now() == NOON + timedelta(hours=1)
    clock.move_to(NOON + timedelta(days=1))
    assert clock.now() == NOON + timedelta(days=1)


def test_a_movable_clock_takes_any_zone_and_tells_utc() -> None:
    clock = MovableClock(NOON.astimezone(timezone(timedelta(hours=9))))
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_a_movable_clock_never_goes_back() -> None:
    clock = MovableClock(NOON)
    with pytest.raises(AssertionError):
        clock.move_to(NOON - timedelta(microseconds=1))
    with pytest.raises(AssertionError):
        clock.advance(-timedelta(microseconds=1))
    with pytest.raises(AssertionError):
        clock.move_to(datetime.fromisoformat("2040-01-01"))
    assert clock.now() == NOON
