"""When every attempt ends in silence: a person is called, and may try once more or give it up."""

from __future__ import annotations

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.effect import EffectKind, EffectState
from linguapay_core.domain.errors import GatewayUnreachable, NotFound, Refused
from linguapay_core.domain.identifiers import BookingId
from linguapay_core.domain.payment import PaymentState
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import TransferState
from tests.use_cases.answering import answering
from tests.use_cases.stage import (
    ADMIN,
    HOUR,
    MINUTE,
    STUDENT,
    TEACHER,
    VISA,
    alarms,
    at_stripe,
    booking_of,
    confirmed,
    later,
    paying,
    told,
)
from tests.use_cases.test_delivery import OWED, Owed, a_refund, a_transfer, effect_of

SILENCES = 9
"""Three calls under each of three keys."""

PARKED = pytest.mark.parametrize("owed", [OWED[2], OWED[3], OWED[4]], ids=lambda owed: owed.kind)


def silent(lp: Rehearsal, owed: Owed, calls: int = SILENCES) -> BookingId:
    """A call that got no answer so often, and that Stripe never saw."""
    booking_id = owed.promise(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path=owed.path, times=calls)
    for _ in range(3 * calls):
        lp.deliver_effects()
        lp.clock.advance(HOUR)
    return booking_id


@PARKED
def test_a_call_that_is_never_answered_is_left_to_a_person(lp: Rehearsal, owed: Owed) -> None:
    booking_id = silent(lp, owed)
    effect = effect_of(lp, booking_id, owed.kind)
    assert (effect.state, effect.attempt, effect.tries) == (EffectState.PARKED, 3, 3)
    subject = {EffectKind.CREATE_REFUND: "refund", EffectKind.CREATE_TRANSFER: "transfer"}.get(owed.kind, "effect")
    assert f"{subject}_parked" in alarms(lp)
    assert owed.made(lp) == 0
    lp.deliver_effects()
    assert owed.made(lp) == 0


@PARKED
def test_an_operators_retry_makes_the_call(lp: Rehearsal, owed: Owed) -> None:
    booking_id = silent(lp, owed)
    effect = effect_of(lp, booking_id, owed.kind)
    assert lp.retry_effect(effect.id, ADMIN).state is EffectState.RETRY
    lp.retry_effect(effect.id, ADMIN)
    lp.deliver_effects()
    assert effect_of(lp, booking_id, owed.kind).state is EffectState.SUCCEEDED
    assert owed.made(lp) == 1


@PARKED
def test_a_call_given_up_frees_what_was_set_aside(lp: Rehearsal, owed: Owed) -> None:
    booking_id = silent(lp, owed)
    effect = effect_of(lp, booking_id, owed.kind)
    assert lp.abandon_effect(effect.id, ADMIN).state is EffectState.REJECTED
    lp.abandon_effect(effect.id, ADMIN)
    story = lp.ports.reports.story(booking_id)
    match owed.kind:
        case EffectKind.CREATE_REFUND:
            assert (story.refunds[0].state, story.requests[0].state) == (RefundState.REJECTED, RequestState.BLOCKED)
            assert not story.payments[0].counters.reserved
        case EffectKind.CREATE_TRANSFER:
            assert story.transfers[0].state is TransferState.SCHEDULED
            assert not story.payments[0].counters.transfer_reserved
        case _:
            assert story.booking.state is BookingState.CANCELLING


@pytest.mark.parametrize("wish", ["retry_effect", "abandon_effect"])
def test_only_what_is_parked_is_retried_or_given_up(lp: Rehearsal, wish: str) -> None:
    booking_id = a_refund(lp)
    lp.deliver_effects()
    effect = effect_of(lp, booking_id, EffectKind.CREATE_REFUND)
    with pytest.raises(Refused) as refused:
        getattr(lp, wish)(effect.id, ADMIN)
    assert refused.value.rule == "effect_succeeded"
    with pytest.raises(NotFound):
        getattr(lp, wish)("create_refund:nothing", ADMIN)


def test_a_parked_refund_that_went_through_is_found_by_its_webhook(lp: Rehearsal) -> None:
    booking_id = a_refund(lp)
    lp.stripe.faults.add("dropped_after", method="POST", path="/v1/refunds")
    lp.deliver_effects()
    lp.stripe.faults.add("error_500_before", method="GET", path="/v1/refunds", times=5)
    for _ in range(5):
        lp.clock.advance(HOUR)
        lp.deliver_effects()
    lp.work()
    assert lp.ports.reports.story(booking_id).refunds[0].state is RefundState.SUCCEEDED
    assert len(at_stripe(lp).refunds.list().data) == 1


@pytest.mark.parametrize("owed", [OWED[3], OWED[4]], ids=lambda owed: owed.kind)
def test_a_new_key_is_taken_only_after_a_quiet_time(lp: Rehearsal, owed: Owed) -> None:
    booking_id = owed.promise(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path=owed.path, times=3)
    for _ in range(5):
        lp.deliver_effects()
        lp.clock.advance(2 * MINUTE)
    effect = effect_of(lp, booking_id, owed.kind)
    assert (effect.state, effect.attempt, effect.tries) == (EffectState.UNKNOWN, 1, 3)
    assert effect.reason == "nothing was found yet"
    lp.clock.advance(HOUR)
    lp.deliver_effects()
    effect = effect_of(lp, booking_id, owed.kind)
    assert (effect.state, effect.attempt) == (EffectState.SUCCEEDED, 2)


def test_an_intent_that_is_never_answered_frees_the_booking_for_another(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path="/v1/payment_intents", times=SILENCES)
    with pytest.raises(GatewayUnreachable):
        paying(lp, booking)
    for _ in range(SILENCES):
        lp.clock.advance(HOUR)
        lp.deliver_effects()
    story = lp.ports.reports.story(booking.id)
    assert (story.payments[0].state, story.booking.state) == (PaymentState.FAILED, BookingState.CONFIRMED)
    assert paying(lp, booking).payment.state is PaymentState.OPEN


def test_a_confirmation_that_is_never_answered_leaves_the_payment_to_another_card(lp: Rehearsal) -> None:
    booking_id = silent(lp, OWED[1])
    effect = effect_of(lp, booking_id, EffectKind.CONFIRM_INTENT)
    assert effect.state is EffectState.REJECTED
    assert lp.ports.reports.story(booking_id).payments[0].state is PaymentState.OPEN
    card = lp.save_payment_method(STUDENT, lp.browser.enter_card(VISA)).id
    until_pay_by = booking_of(lp, lp.ports.reports.story(booking_id).booking)
    assert until_pay_by.state is BookingState.PAYING
    lp.create_payment_intent(booking_id, STUDENT, card)
    lp.work()
    assert "booking.paid" in told(lp, until_pay_by)


def test_an_intent_cancelled_while_nobody_knew_of_it_is_cancelled_when_it_is_found(lp: Rehearsal) -> None:
    """Created, the answer lost, the booking cancelled, and only then the webhook."""
    booking = confirmed(lp)
    lp.stripe.faults.add("dropped_after", method="POST", path="/v1/payment_intents")
    with pytest.raises(GatewayUnreachable):
        paying(lp, booking)
    lp.cancel_booking(booking.id, TEACHER)
    later(lp, MINUTE)
    assert booking_of(lp, booking).state is BookingState.CANCELLED
    (intent,) = at_stripe(lp).payment_intents.list().data
    assert intent.status == "canceled"


def test_a_transfer_found_by_looking_isnt_made_twice(lp: Rehearsal) -> None:
    booking_id = a_transfer(lp)
    lp.stripe.faults.add("dropped_after", method="POST", path="/v1/transfers")
    lp.deliver_effects()
    assert lp.ports.reports.story(booking_id).transfers[0].state is TransferState.UNKNOWN
    lp.clock.advance(25 * HOUR)
    quiet = answering(lp, create_transfer=lambda _: pytest.fail("it was there already"))
    quiet.deliver_effects()
    assert lp.ports.reports.story(booking_id).transfers[0].state is TransferState.CREATED
