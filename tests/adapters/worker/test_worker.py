"""The worker takes its rounds, whatever goes wrong in one of their steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_adapters.worker.worker import MESSAGES_IN_A_ROW, POLL_EVERY, ROUNDS, Round, Worker
from linguapay_core.domain.errors import Busy, GatewayUnreachable
from tests.use_cases.postbox import Postbox, with_postbox
from tests.use_cases.stage import ADMIN

SECOND = timedelta(seconds=1)


@pytest.fixture
def lp() -> Iterator[Rehearsal]:
    """LinguaPay on the sandbox."""
    with sandbox(seed=1) as linguapay:
        yield linguapay


def test_a_round_takes_every_step(lp: Rehearsal) -> None:
    round_ = lp.worker.run_once()
    each = {
        "webhooks",
        "webhook events",
        "effects",
        "looks",
        "deadlines",
        "erasures",
        "receipts",
        "news",
        "messages",
        "figures",
    }
    assert set(round_.done) == each | {"events", "cash"}
    assert round_ == Round(dict.fromkeys(round_.done, 0), {})
    assert round_.total == 0


def test_stripe_is_listed_now_and_then(lp: Rehearsal) -> None:
    assert "cash" in lp.worker.run_once().done
    lp.clock.advance(POLL_EVERY - SECOND)
    assert "cash" not in lp.worker.run_once().done
    lp.clock.advance(SECOND)
    assert "cash" in lp.worker.run_once().done


def test_trouble_in_one_step_is_told_and_stops_no_other(lp: Rehearsal) -> None:
    lp.stripe.faults.add("rate_limited", method="GET", path="/v1/events")
    lp.stripe.charge_stripe_fee(30)
    round_ = lp.worker.run_once()
    assert isinstance(round_.troubles["events"], GatewayUnreachable)
    assert round_.done["cash"] == 1
    assert round_.done["figures"] == 2
    assert round_.total == 3


def test_the_figures_are_counted_to_their_end_in_one_round(lp: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though a batch is small, and without a further round: what was counted is no sign that more is waiting."""
    for _ in range(2):
        lp.stripe.charge_stripe_fee(30)
    monkeypatch.setattr(lp, "fold_figures", partial(lp.fold_figures, 1))
    rounds = lp.worker.run_until_idle()
    assert [round_.done["figures"] for round_ in rounds] == [4]


def test_a_rehearsal_raises_the_trouble_of_its_worker(lp: Rehearsal) -> None:
    lp.stripe.faults.add("rate_limited", method="GET", path="/v1/events")
    with pytest.raises(GatewayUnreachable):
        lp.work()


def test_a_bug_stops_the_worker(lp: Rehearsal) -> None:
    def bug() -> int:
        raise AssertionError("a bug is never caught")

    with pytest.raises(AssertionError, match="never caught"):
        Worker(lp, lp.clock, hand_over_webhooks=bug).run_once()


def test_a_worker_without_a_sandbox_hands_nothing_over(lp: Rehearsal) -> None:
    lp.save_payment_method("ben", lp.browser.enter_card("4242424242424242"))
    assert Worker(lp, lp.clock).run_once().done["webhooks"] == 0
    assert lp.worker.run_once().done["webhooks"] > 0


def test_rounds_are_taken_until_nothing_is_left(lp: Rehearsal) -> None:
    lp.save_payment_method("ben", lp.browser.enter_card("4242424242424242"))
    rounds = lp.worker.run_until_idle()
    assert rounds[0].done["webhooks"] > 0
    assert all(not done for done in rounds[-1].done.values())


def test_a_rehearsal_tells_a_subscriber_many_things_in_one_round(lp: Rehearsal) -> None:
    postbox = Postbox()
    with with_postbox(lp, postbox) as house:
        name = house.add_subscription("https://lessons.example/", ADMIN, ["gig.offered"]).subscription.id
        for _ in range(MESSAGES_IN_A_ROW + 1):
            house.send_test_message(name, ADMIN)
        told = [round_.done["messages"] for round_ in Worker(house, lp.clock).run_until_idle()]
    assert told == [MESSAGES_IN_A_ROW, 1, 0]
    assert {len(messages) for messages in postbox.rounds} == {1}


def test_work_that_never_ends_is_a_bug(lp: Rehearsal) -> None:
    taken: list[int] = []

    def always_more() -> int:
        taken.append(1)
        return 1

    with pytest.raises(AssertionError, match="the work doesn't end"):
        Worker(lp, lp.clock, hand_over_webhooks=always_more).run_until_idle()
    assert len(taken) == ROUNDS


def test_a_busy_database_is_trouble_and_no_bug(lp: Rehearsal) -> None:
    def busy() -> int:
        raise Busy("locked")

    assert isinstance(Worker(lp, lp.clock, hand_over_webhooks=busy).run_once().troubles["webhooks"], Busy)
