"""The worker goes on until it is told to stop, whatever goes wrong, and says meanwhile that it lives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_adapters.system.alone import only_worker
from linguapay_adapters.worker.worker import POLL_EVERY, Pace, Worker, no_webhooks
from linguapay_core.application import LinguaPay
from linguapay_core.domain.delivery import DeliveryState, Message, Reply
from linguapay_core.domain.errors import Busy, Refused
from tests.patience import PATIENCE_SECONDS, until
from tests.use_cases.stage import ADMIN

SOON = timedelta(milliseconds=1)


@pytest.fixture
def lp(tmp_path: Path) -> Iterator[Rehearsal]:
    """LinguaPay on a file, so that several threads have connections."""
    with sandbox(f"sqlite:///{tmp_path / 'lessons.db'}", seed=1) as linguapay:
        yield linguapay


def worker(lp: Rehearsal, step: Callable[[], int] = no_webhooks, *, interval: timedelta = SOON) -> Worker:
    """A worker whose first step is this one."""
    pace = Pace(interval=interval, heartbeat=SOON)
    return Worker(lp, lp.clock, hand_over_webhooks=step, name="one", pace=pace)


@contextmanager
def running(worker: Worker, tell: Callable[[str, Exception], None] = lambda *_: None) -> Iterator[Event]:
    """The worker runs in a thread while the block does, and stops when it ends."""
    stop = Event()
    thread = Thread(target=lambda: worker.run(stop, tell=tell))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive()


def tick_until(lp: Rehearsal, holds: Callable[[], bool], what: str) -> None:
    """Let the clock tick until something holds."""

    def ticked() -> bool:
        lp.clock.advance(timedelta(microseconds=1))
        return holds()

    until(ticked, what)


def seen(ended: set[object], lp: Rehearsal) -> set[object]:
    """The instants at which a round ended, as the worker's signs of life said so far."""
    ended.update(beat.last_round_at for beat in lp.ports.watch.workers() if beat.last_round_at)
    return ended


def test_rounds_are_taken_until_it_is_told_to_stop(lp: Rehearsal) -> None:
    rounds, third = iter(range(100)), Event()

    def step() -> int:
        if next(rounds) == 2:
            third.set()
        return 0

    with running(worker(lp, step)):
        assert third.wait(PATIENCE_SECONDS)


def test_a_worker_that_waits_wakes_up_to_stop(lp: Rehearsal) -> None:
    taken = Event()

    def step() -> int:
        taken.set()
        return 0

    with running(worker(lp, step, interval=timedelta(days=1))):
        assert taken.wait(PATIENCE_SECONDS)


def test_after_a_round_that_found_work_it_doesnt_wait(lp: Rehearsal) -> None:
    found, idle = iter([1, 1, 1, 0]), Event()

    def step() -> int:
        done = next(found, 0)
        if not done:
            idle.set()
        return done

    with running(worker(lp, step, interval=timedelta(days=1))):
        assert idle.wait(PATIENCE_SECONDS)


def test_no_further_step_begins_once_it_is_told_to_stop(lp: Rehearsal) -> None:
    stop, rounds = Event(), 0

    def step() -> int:
        nonlocal rounds
        rounds += 1
        stop.set()
        return 1

    lp.stripe.charge_stripe_fee(30)
    worker(lp, step).run(stop)
    assert rounds == 1
    assert list(lp.ports.reports.entries_of_no_payment()) == []


def test_between_two_effects_it_may_be_told_to_stop(lp: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Event()
    delivered: list[int] = []

    def deliver(*, limit: int) -> int:
        delivered.append(limit)
        stop.set()
        return limit

    monkeypatch.setattr(lp, "deliver_effects", deliver)
    worker(lp).run(stop)
    assert delivered == [1]


@pytest.mark.parametrize("trouble", [Busy("locked"), AssertionError("a bug"), KeyError("a bug")], ids=repr)
def test_trouble_is_told_and_the_loop_goes_on(lp: Rehearsal, trouble: Exception) -> None:
    told: list[tuple[str, Exception]] = []
    twice = Event()

    def step() -> int:
        raise trouble

    def tell(name: str, error: Exception) -> None:
        told.append((name, error))
        lp.clock.advance(timedelta(minutes=1))
        if len(told) == 2:
            twice.set()

    lp.stripe.charge_stripe_fee(30)
    with running(worker(lp, step), tell):
        assert twice.wait(PATIENCE_SECONDS)
    assert told[0] == ("webhooks", trouble)
    assert len(list(lp.ports.reports.entries_of_no_payment())) == 1


def test_a_step_that_failed_rests_while_others_go_on(lp: Rehearsal) -> None:
    tried = 0

    def step() -> int:
        nonlocal tried
        tried += 1
        raise Busy("locked")

    ended: set[object] = set()
    with running(worker(lp, step)):
        tick_until(lp, lambda: len(seen(ended, lp)) > 3, "some rounds end")
    assert tried == 1


def test_a_worker_says_that_it_lives_and_what_it_did(lp: Rehearsal) -> None:
    lp.stripe.charge_stripe_fee(30)
    started_at = lp.clock.now()
    with running(worker(lp)):
        tick_until(lp, lambda: any(beat.last_round_at for beat in lp.ports.watch.workers()), "a round has ended")
    (beat,) = lp.ports.watch.workers()
    assert (beat.worker_id, beat.started_at, beat.troubles) == ("one", started_at, 0)
    assert beat.done > 0
    assert lp.check_health().ready


def test_a_worker_proves_the_books_and_forgets_old_keys_and_messages(lp: Rehearsal) -> None:
    lp.claim_key("ben", "POST /payments", "key", "hash")
    removed = lp.add_subscription("https://lessons.example/", ADMIN).subscription.id
    message = lp.send_test_message(removed, ADMIN).id
    lp.remove_subscription(removed, ADMIN)
    lp.clock.advance(timedelta(days=31))
    with running(worker(lp)):
        tick_until(lp, lambda: lp.read_gauges().verification is not None, "the books are proven")
    assert lp.forget_keys() == 0
    lp.claim_key("ben", "POST /payments", "key", "another hash")
    with lp.ports.transactions.begin() as transaction:
        assert transaction.delivery(message).state is DeliveryState.CANCELLED


def test_upkeep_that_fails_is_told_and_counted_and_stops_no_other(
    lp: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, Exception]] = []
    trouble = KeyError("a bug")

    def fail(*_: object) -> int:
        raise trouble

    monkeypatch.setattr(lp, "forget_keys", fail)
    lp.clock.advance(timedelta(days=2))
    with running(worker(lp), lambda *one: told.append(one)):
        tick_until(lp, lambda: lp.read_gauges().verification is not None, "the books are proven")
        tick_until(lp, lambda: any(beat.troubles for beat in lp.ports.watch.workers()), "the trouble is counted")
    assert told[0] == ("old keys", trouble)
    with lp.ports.transactions.begin() as transaction:
        assert transaction.last_closing() is not None


class Slow:
    """A subscriber that takes its time over every message, and takes it in the end."""

    reaches_this_machine = True

    def __init__(self) -> None:
        self.asked, self.may_answer = Event(), Event()
        self.posted = 0

    def post(self, messages: Sequence[Message], *, timeout: timedelta) -> Sequence[Reply]:
        """Answer when it may."""
        assert timeout
        self.posted += len(messages)
        self.asked.set()
        assert self.may_answer.wait(PATIENCE_SECONDS)
        return [Reply(200, 9_900) for _ in messages]


@contextmanager
def slow_subscriber(lp: Rehearsal, messages: int) -> Iterator[tuple[LinguaPay, Slow]]:
    """The same house before a slow subscriber, for whom so many messages wait."""
    slow = Slow()
    name = lp.add_subscription("http://localhost/", ADMIN, ["gig.offered"]).subscription.id
    for _ in range(messages):
        lp.send_test_message(name, ADMIN)
    try:
        yield LinguaPay(replace(lp.ports, messenger=slow)), slow
    finally:
        slow.may_answer.set()


def test_a_slow_subscriber_delays_nobody_but_those_who_are_told(lp: Rehearsal) -> None:
    with slow_subscriber(lp, 1) as (house, slow), running(Worker(house, lp.clock, pace=Pace(SOON, SOON))):
        assert slow.asked.wait(PATIENCE_SECONDS)
        lp.stripe.charge_stripe_fee(30)
        lp.clock.advance(POLL_EVERY)
        tick_until(lp, lambda: bool(list(lp.ports.reports.entries_of_no_payment())), "the fee is in the books")
        assert not slow.may_answer.is_set(), "the money moved while it thought"
        slow.may_answer.set()


def test_between_two_rounds_of_messages_it_may_be_told_to_stop(lp: Rehearsal) -> None:
    with slow_subscriber(lp, 5) as (house, slow), running(Worker(house, lp.clock, pace=Pace(SOON, SOON))) as stop:
        assert slow.asked.wait(PATIENCE_SECONDS)
        stop.set()
        slow.may_answer.set()
    assert slow.posted == 1
    told = next(pile for pile in lp.read_gauges().messages if pile.state is DeliveryState.QUEUED)
    assert told.count == 4
    assert not any(pile.count for pile in lp.read_gauges().messages if pile.state is DeliveryState.LEASED)


def test_many_messages_to_one_subscriber_are_told_without_waiting_between_them(lp: Rehearsal) -> None:
    with slow_subscriber(lp, 5) as (house, slow):
        slow.may_answer.set()
        pace = Pace(interval=timedelta(days=1), heartbeat=SOON)
        with running(Worker(house, lp.clock, pace=pace)):
            tick_until(lp, lambda: slow.posted == 5, "all messages are posted")


def test_trouble_with_the_news_is_told_and_messages_go_out_all_the_same(
    lp: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, Exception]] = []
    trouble = Busy("locked")

    def fail() -> int:
        raise trouble

    with slow_subscriber(lp, 1) as (house, slow):
        slow.may_answer.set()
        monkeypatch.setattr(house, "fan_out_events", fail)
        with running(Worker(house, lp.clock, pace=Pace(SOON, SOON)), lambda *one: told.append(one)):
            tick_until(lp, lambda: slow.posted == 1 and bool(told), "the message is posted and the trouble told")
    assert set(told) == {("news", trouble)}


def test_a_second_worker_on_one_file_is_refused_until_the_first_one_is_gone(lp: Rehearsal, tmp_path: Path) -> None:
    file = tmp_path / "lessons.worker"
    second = Worker(lp, lp.clock, turn=lambda: only_worker(file))
    stopped = Event()
    stopped.set()
    with only_worker(file), pytest.raises(Refused, match="Another worker is at work") as refused:
        second.run(stopped)
    assert refused.value.rule == "another_worker"
    assert "PostgreSQL" in refused.value.way_out
    second.run(stopped)
