"""Keeping promises: each kind of call, each way in which it can end, and who may take it over."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.answer import Rejected
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.effect import EffectKind, EffectState
from linguapay_core.domain.identifiers import BookingId
from linguapay_core.domain.payment import PaymentState
from tests.use_cases.answering import answering
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.owed import (
    EACH,
    OWED,
    OWED_INTENT,
    OWED_REFUND,
    OWED_TRANSFER,
    Owed,
    a_cancelling,
    a_refund,
    an_intent,
    cancelled_there,
    effect_of,
    intents_there,
    refunds_there,
)
from tests.use_cases.stage import (
    HOUR,
    MINUTE,
    TEACHER,
    alarms,
    later,
)

LEASE_OVER = 2 * MINUTE


LOOKED_FOR = pytest.mark.parametrize("owed", [one for one in OWED if one.look], ids=lambda owed: owed.kind)


@EACH
def test_a_call_that_is_owed_is_made_once(lp: Rehearsal, owed: Owed) -> None:
    booking_id = owed.promise(lp)
    assert lp.deliver_effects() == 1
    assert lp.deliver_effects() == 0
    assert effect_of(lp, booking_id, owed.kind).state is EffectState.SUCCEEDED
    assert owed.made(lp) == 1


@EACH
@pytest.mark.parametrize(
    "fault",
    [
        "dropped_before",
        "dropped_after",
        "error_500_before",
        "error_500_after",
        "error_500_stored_without_effect",
        "truncated_body",
        "foreign_body",
        "conflict",
    ],
)
def test_a_call_without_definite_answer_is_settled_by_looking(lp: Rehearsal, owed: Owed, fault: str) -> None:
    booking_id = owed.promise(lp)
    lp.stripe.faults.add(fault, method="POST", path=owed.path)
    lp.deliver_effects()
    assert effect_of(lp, booking_id, owed.kind).state is EffectState.UNKNOWN
    for _ in range(6):
        lp.clock.advance(15 * MINUTE)
        lp.deliver_effects()
    assert effect_of(lp, booking_id, owed.kind).state is EffectState.SUCCEEDED
    lp.work()
    orphan = owed.kind is EffectKind.CREATE_INTENT and fault == "error_500_after"
    assert owed.made(lp) == (2 if orphan else 1)
    assert cancelled_there(lp) == (1 if orphan or owed.kind is EffectKind.CANCEL_INTENT else 0)


@EACH
def test_a_call_that_stripe_puts_off_costs_no_try(lp: Rehearsal, owed: Owed) -> None:
    booking_id = owed.promise(lp)
    lp.stripe.faults.add("rate_limited", method="POST", path=owed.path, times=4)
    for _ in range(5):
        lp.deliver_effects()
        lp.clock.advance(HOUR)
    effect = effect_of(lp, booking_id, owed.kind)
    assert (effect.state, effect.attempt, effect.tries) == (EffectState.SUCCEEDED, 1, 1)
    assert owed.made(lp) == 1


@LOOKED_FOR
def test_a_look_that_fails_asks_for_nothing(lp: Rehearsal, owed: Owed) -> None:
    booking_id = owed.promise(lp)
    lp.stripe.faults.add("dropped_after", method="POST", path=owed.path)
    lp.deliver_effects()
    lp.stripe.faults.add("error_500_before", method="GET", path=owed.look)
    lp.clock.advance(MINUTE)
    lp.deliver_effects()
    effect = effect_of(lp, booking_id, owed.kind)
    assert (effect.state, effect.tries) == (EffectState.UNKNOWN, 1)
    assert effect.reason.startswith("the look failed")
    later(lp, HOUR)
    assert owed.made(lp) == 1


@EACH
def test_a_leased_call_is_left_to_whoever_makes_it_until_the_lease_is_over(
    lp: Rehearsal, meanwhile: Meanwhile, owed: Owed
) -> None:
    booking_id = owed.promise(lp)
    taken: list[int] = []
    call = str(owed.kind)

    def look_in() -> None:
        taken.append(lp.deliver_effects())
        lp.clock.advance(LEASE_OVER)
        taken.append(lp.deliver_effects())

    meanwhile.before(call, look_in)
    lp.deliver_effects()
    assert taken[0] == 0
    assert taken[1] >= 1
    lp.work()
    assert effect_of(lp, booking_id, owed.kind).state is EffectState.SUCCEEDED
    assert owed.made(lp) == 1


@pytest.mark.parametrize("owed", [OWED_REFUND, OWED_TRANSFER], ids=lambda owed: owed.kind)
def test_a_worker_paused_past_its_lease_schedules_nothing(lp: Rehearsal, meanwhile: Meanwhile, owed: Owed) -> None:
    """Its look found nothing, and meanwhile another worker took over."""
    booking_id = owed.promise(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path=owed.path)
    lp.deliver_effects()
    lp.clock.advance(MINUTE)

    def take_over() -> None:
        lp.clock.advance(LEASE_OVER)
        assert lp.deliver_effects() == 1

    look = {EffectKind.CREATE_REFUND: "refunds_of", EffectKind.CREATE_TRANSFER: "transfers_of"}[owed.kind]
    meanwhile.after(look, take_over)
    lp.deliver_effects()
    assert effect_of(lp, booking_id, owed.kind).tries == 2
    assert owed.made(lp) == 1


def test_a_silence_that_comes_after_the_lease_changes_nothing(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    booking_id = a_refund(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path="/v1/refunds")

    def take_over() -> None:
        lp.clock.advance(LEASE_OVER)
        lp.stripe.faults.add("rate_limited", method="POST", path="/v1/refunds")
        lp.deliver_effects()

    meanwhile.after("create_refund", take_over)
    lp.deliver_effects()
    assert effect_of(lp, booking_id, EffectKind.CREATE_REFUND).state is EffectState.RETRY
    later(lp, HOUR)
    assert refunds_there(lp) == 1


def test_an_intent_that_nobody_wants_any_more_isnt_asked_for(lp: Rehearsal) -> None:
    booking_id = an_intent(lp)
    lp.cancel_booking(booking_id, TEACHER)
    lp.work()
    story = lp.ports.reports.story(booking_id)
    assert (story.booking.state, story.payments[0].state) == (BookingState.CANCELLED, PaymentState.CANCELLED)
    assert effect_of(lp, booking_id, EffectKind.CREATE_INTENT).reason == "not wanted any more"
    assert intents_there(lp) == 0


def test_a_webhook_may_be_faster_than_the_answer(lp: Rehearsal) -> None:
    booking_id = an_intent(lp)
    lp.stripe.faults.add("dropped_after", method="POST", path=OWED_INTENT.path)
    lp.deliver_effects()
    lp.worker.run_once()
    assert effect_of(lp, booking_id, EffectKind.CREATE_INTENT).state is EffectState.SUCCEEDED
    assert lp.ports.reports.story(booking_id).payments[0].state is PaymentState.OPEN


REFUSED: dict[EffectKind, Callable[[Rehearsal, BookingId], tuple[object, object]]] = {
    EffectKind.CREATE_INTENT: lambda lp, name: (lp.ports.reports.story(name).booking.state, BookingState.CONFIRMED),
    EffectKind.CONFIRM_INTENT: lambda lp, name: (lp.ports.reports.story(name).payments[0].state, PaymentState.OPEN),
    EffectKind.CANCEL_INTENT: lambda lp, _: ("cancel_refused" in alarms(lp), True),
    EffectKind.CREATE_REFUND: lambda lp, name: (lp.ports.reports.story(name).refunds[0].state, "rejected"),
    EffectKind.CREATE_TRANSFER: lambda lp, name: (lp.ports.reports.story(name).transfers[0].state, "scheduled"),
}
"""What a definite no of Stripe's means, by kind."""


@EACH
def test_a_definite_no_ends_the_call(lp: Rehearsal, owed: Owed) -> None:
    booking_id = owed.promise(lp)
    refusing = answering(lp, **{owed.kind: lambda *_, **__: Rejected("no_reason", "Stripe says no.")})
    refusing.deliver_effects()
    effect = effect_of(lp, booking_id, owed.kind)
    assert (effect.state, effect.reason) == (EffectState.REJECTED, "no_reason: Stripe says no.")
    found, expected = REFUSED[owed.kind](lp, booking_id)
    assert found == expected


def test_the_limit_of_one_round_is_kept(lp: Rehearsal) -> None:
    a_cancelling(lp)
    assert lp.deliver_effects(limit=1) == 1
    assert lp.deliver_effects(limit=1) == 0
