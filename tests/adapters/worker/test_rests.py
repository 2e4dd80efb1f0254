"""Steps that failed rest, the longer the oftener they failed."""

from datetime import UTC, datetime, timedelta

from linguapay_adapters.system.clock import MovableClock
from linguapay_adapters.worker.rests import LONGEST, Rests

SECOND = timedelta(seconds=1)


def test_a_step_rests_twice_as_long_after_each_failure_up_to_a_minute() -> None:
    clock = MovableClock(datetime(2030, 1, 1, tzinfo=UTC))
    rests = Rests(clock)
    assert rests.resting() == set()
    for seconds in (1, 2, 4, 8, 16, 32, 60, 60):
        rests.rest("effects")
        assert rests.resting() == {"effects"}
        clock.advance(seconds * SECOND - SECOND / 10)
        assert rests.resting() == {"effects"}
        clock.advance(SECOND / 10)
        assert rests.resting() == set()


def test_a_step_that_succeeded_begins_anew() -> None:
    clock = MovableClock(datetime(2030, 1, 1, tzinfo=UTC))
    rests = Rests(clock)
    for _ in range(20):
        rests.rest("effects")
    rests.rest("looks")
    rests.wake(["effects", "deadlines"])
    assert rests.resting() == {"looks"}
    rests.rest("effects")
    clock.advance(SECOND)
    assert rests.resting() == set()
    assert LONGEST > SECOND
