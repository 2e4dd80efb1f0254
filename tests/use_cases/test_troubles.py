"""One thing that makes trouble stops no other, is told in the end, and what goes on too long calls a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.answer import Answer, Answered, Postponed, Rejected, Unknown
from linguapay_core.domain.effect import EffectState
from linguapay_core.domain.errors import Stale
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.webhook_event import TRIES
from tests.use_cases.answering import answering
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.owed import OWED_REFUND, effect_of
from tests.use_cases.stage import DAY, HOUR, alarms, confirmed, paid, pay, paying, payment_of


def stale(*_: object, **__: object) -> Answer[object]:
    """Trouble of a kind that is foreseen."""
    raise Stale("Somebody is always quicker.")


def unknown(*_: object, **__: object) -> Answer[object]:
    """Stripe says nothing."""
    return Unknown("no answer")


def test_a_look_that_makes_trouble_is_put_off_and_told(lp: Rehearsal) -> None:
    checkouts = [lp.create_payment_intent(confirmed(lp, notice=day * DAY).id, "student-ben") for day in (3, 4)]
    lp.clock.advance(HOUR)
    first, second = (checkout.payment.intent_id for checkout in checkouts)
    asked: list[str] = []

    def intent(intent_id: str) -> Answer[object]:
        asked.append(intent_id)
        return stale() if intent_id == first else lp.ports.gateway.intent(intent_id)

    with pytest.raises(Stale):
        answering(lp, intent=intent).look_at_stripe()
    assert asked == [first, second]
    assert lp.look_at_stripe() == 0


@pytest.mark.parametrize(("trouble", "told"), [(stale, True), (unknown, False)])
def test_cash_whose_object_cant_be_looked_at_waits(
    lp: Rehearsal, trouble: Callable[..., Answer[object]], told: bool
) -> None:
    pay(lp, paying(lp))
    lp.clock.advance(timedelta(seconds=10))
    deaf = answering(lp, intent=trouble)
    if told:
        with pytest.raises(Stale):
            deaf.collect_cash()
    else:
        assert deaf.collect_cash() == 1
    assert not lp.verify_books().holds
    lp.clock.advance(2 * HOUR)
    lp.collect_cash()
    assert alarms(lp) == []


def test_an_event_whose_leases_run_out_is_left_to_a_person(lp: Rehearsal) -> None:
    pay(lp, paying(lp))
    lp.stripe.settle()
    for delivery in lp.stripe.pending_webhooks():
        lp.receive_webhook(delivery.payload, delivery.signature)
        lp.stripe.acknowledge(delivery.event_id)
    killed = answering(lp, intent=_killed)
    for _ in range(TRIES):
        with pytest.raises(KeyboardInterrupt):
            killed.process_webhook_events()
        lp.clock.advance(timedelta(minutes=2))
    assert killed.process_webhook_events() == 0
    assert set(alarms(lp)) == {"webhook_event_parked"}
    lp.collect_cash()


def _killed(*_: object, **__: object) -> Answer[object]:
    raise KeyboardInterrupt


def nothing(*_: object, **__: object) -> Answer[object]:
    """There is nothing to be found."""
    return Answered(())


@pytest.mark.parametrize(
    ("second_look", "state", "end"),
    [
        (None, RefundState.SUCCEEDED, RefundState.SUCCEEDED),
        (unknown, RefundState.UNKNOWN, RefundState.SUCCEEDED),
        (nothing, RefundState.REJECTED, RefundState.REJECTED),
    ],
    ids=["found", "the look fails", "nothing is found"],
)
def test_a_refusal_of_what_was_asked_for_before_is_believed_only_after_a_look(
    lp: Rehearsal, second_look: Callable[..., Answer[object]] | None, state: RefundState, end: RefundState
) -> None:
    booking_id = OWED_REFUND.promise(lp)
    fault = "dropped_before" if end is RefundState.REJECTED else "dropped_after"
    lp.stripe.faults.add(fault, method="POST", path=OWED_REFUND.path)
    lp.deliver_effects()
    lp.clock.advance(HOUR)
    looks: list[str] = []

    def refunds_of(intent_id: str) -> Answer[object]:
        looks.append(intent_id)
        if len(looks) == 1:
            return nothing()
        return second_look() if second_look else lp.ports.gateway.refunds_of(intent_id)

    refusing = answering(lp, refunds_of=refunds_of, create_refund=lambda _: Rejected("charge_already_refunded", ""))
    refusing.deliver_effects()
    assert len(looks) == 2
    (refund,) = lp.ports.reports.story(booking_id).refunds
    assert refund.state is state
    lp.clock.advance(HOUR)
    lp.work()
    (refund,) = lp.ports.reports.story(booking_id).refunds
    assert refund.state is end


def test_cash_that_another_worker_books_meanwhile_is_booked_once(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    paid(lp)
    lp.collect_cash()
    lp.stripe.charge_stripe_fee(50)
    meanwhile.before("begin", lp.collect_cash, nth=5)
    assert lp.collect_cash() == 1
    assert len(list(lp.ports.reports.entries_of_no_payment())) == 1


def test_stripe_that_takes_nothing_for_long_calls_a_person(lp: Rehearsal) -> None:
    booking_id = OWED_REFUND.promise(lp)
    shut = answering(lp, create_refund=lambda _: Postponed("the key was revoked", timedelta(minutes=15)))
    for _ in range(9):
        assert alarms(lp) == []
        shut.deliver_effects()
        lp.clock.advance(2 * HOUR)
    assert alarms(lp) == ["effect_postponed"]
    assert effect_of(lp, booking_id, OWED_REFUND.kind).state is EffectState.RETRY
    lp.work()
    assert payment_of(lp, lp.ports.reports.story(booking_id).payments[0]).counters.reserved.total.amount_minor == 0
