"""When every attempt ends in silence: a person is called, and may try once more or give it up."""

from __future__ import annotations

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.effect import EffectKind, EffectState
from linguapay_core.domain.errors import GatewayUnreachable, NotFound, Refused
from linguapay_core.domain.identifiers import BookingId, RefundId
from linguapay_core.domain.payment import PaymentState
from linguapay_core.domain.refund import Refund, RefundState
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import TransferState
from tests.use_cases.answering import answering
from tests.use_cases.owed import (
    OWED_CANCELLING,
    OWED_CONFIRMATION,
    OWED_REFUND,
    OWED_TRANSFER,
    SILENCES,
    Owed,
    a_refund,
    a_transfer,
    effect_of,
    silent,
)
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    HOUR,
    MINUTE,
    STUDENT,
    TEACHER,
    VISA,
    alarms,
    at_stripe,
    booking_of,
    completed,
    confirmed,
    funded,
    later,
    paid,
    paying,
    payment_of,
    ready,
    told,
    transfer_of,
    until,
)

PARKED = pytest.mark.parametrize("owed", [OWED_CANCELLING, OWED_REFUND, OWED_TRANSFER], ids=lambda owed: owed.kind)


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


def test_a_parked_transfer_is_retried_by_its_own_name(lp: Rehearsal) -> None:
    booking_id = silent(lp, OWED_TRANSFER)
    (parked,) = lp.ports.reports.story(booking_id).transfers
    for _ in range(2):
        assert lp.retry_transfer(parked.id, ADMIN).state is TransferState.PARKED
    lp.deliver_effects()
    assert lp.ports.reports.story(booking_id).transfers[0].state is TransferState.CREATED


def test_a_transfer_is_retried_once_however_often_somebody_clicks(lp: Rehearsal) -> None:
    """Also after the worker has taken it up again and was put off."""
    booking_id = silent(lp, OWED_TRANSFER)
    (parked,) = lp.ports.reports.story(booking_id).transfers
    lp.retry_transfer(parked.id, ADMIN)
    lp.stripe.faults.add("rate_limited", method="POST", path="/v1/transfers")
    lp.deliver_effects()
    effect = effect_of(lp, booking_id, EffectKind.CREATE_TRANSFER)
    assert effect.state is EffectState.RETRY
    lp.retry_transfer(parked.id, ADMIN)
    assert effect_of(lp, booking_id, EffectKind.CREATE_TRANSFER) == effect


def test_a_transfer_that_stripe_was_never_asked_for_cant_be_retried(lp: Rehearsal) -> None:
    with pytest.raises(Refused) as refused:
        lp.retry_transfer(transfer_of(lp, completed(lp)).id, ADMIN)
    assert refused.value.rule == "transfer_scheduled"


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


@PARKED
def test_an_operators_retry_grants_three_more_keys(lp: Rehearsal, owed: Owed) -> None:
    booking_id = silent(lp, owed)
    lp.retry_effect(effect_of(lp, booking_id, owed.kind).id, ADMIN)
    asked: set[str] = set()
    lp.stripe.faults.add("dropped_before", method="POST", path=owed.path, times=SILENCES)
    for _ in range(3 * SILENCES):
        lp.deliver_effects()
        asked.add(effect_of(lp, booking_id, owed.kind).key)
        lp.clock.advance(HOUR)
    effect = effect_of(lp, booking_id, owed.kind)
    assert (effect.state, effect.attempt, effect.tries) == (EffectState.PARKED, 6, 3)
    assert sorted(key.rpartition(":")[2] for key in asked) == ["4", "5", "6"]


def given_up(lp: Rehearsal, booking_id: BookingId) -> Refund:
    """An operator gives a parked refund up."""
    lp.abandon_effect(effect_of(lp, booking_id, EffectKind.CREATE_REFUND).id, ADMIN)
    (refund,) = lp.ports.reports.story(booking_id).refunds
    assert refund.state is RefundState.REJECTED
    return refund


def made_after_all(lp: Rehearsal, refund: Refund) -> None:
    """Stripe carries out a call that it hadn't shown for days, and tells of it."""
    at_stripe(lp).refunds.create(
        {
            "payment_intent": payment_of(lp, refund).intent_id,
            "amount": refund.amount.amount_minor,
            "metadata": {"linguapay_key": f"create_refund:{refund.id}:1"},
        }
    )
    lp.work()


def test_a_refund_that_was_given_up_and_made_after_all_is_taken_over_and_cant_be_sent_twice(lp: Rehearsal) -> None:
    booking_id = silent(lp, OWED_REFUND)
    refund = given_up(lp, booking_id)
    request_id = lp.ports.reports.story(booking_id).requests[0].id
    lp.approve_refund_request(request_id, ADMIN)
    made_after_all(lp, refund)
    story = lp.ports.reports.story(booking_id)
    assert [one.state for one in story.refunds] == [RefundState.SUCCEEDED]
    assert story.requests[0].state is RequestState.DONE
    assert story.payments[0].counters.refunded == refund.parts
    assert not story.payments[0].counters.reserved
    assert {"rejected_refund_found"} <= set(alarms(lp))
    assert "adopted_refund_exceeds" not in alarms(lp)
    assert lp.process_refund_request(request_id, ADMIN).state is RequestState.DONE
    assert len(at_stripe(lp).refunds.list().data) == 1


def test_a_refund_that_was_sent_again_before_it_was_found_is_written_down_twice_with_an_alarm(lp: Rehearsal) -> None:
    booking_id = silent(lp, OWED_REFUND)
    refund = given_up(lp, booking_id)
    request_id = lp.ports.reports.story(booking_id).requests[0].id
    lp.approve_refund_request(request_id, ADMIN)
    lp.process_refund_request(request_id, ADMIN)
    made_after_all(lp, refund)
    story = lp.ports.reports.story(booking_id)
    assert [one.state for one in story.refunds] == [RefundState.SUCCEEDED] * 2
    assert story.requests[0].refund_id == story.refunds[1].id
    assert story.payments[0].counters.refunded == refund.parts + refund.parts
    assert "rejected_refund_found" in alarms(lp)


def test_a_refund_of_a_cancelled_lesson_that_came_to_nothing_is_sent_again_once(lp: Rehearsal) -> None:
    funded(lp)
    payment = paid(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path="/v1/refunds", times=SILENCES)
    lp.cancel_booking(payment.booking_id, STUDENT)
    for _ in range(3 * SILENCES):
        lp.deliver_effects()
        lp.clock.advance(HOUR)
    refund = given_up(lp, payment.booking_id)
    (alarm,) = (one for one in lp.ports.reports.open_alarms() if one.rule == "refund_rejected")
    assert (alarm.subject, alarm.detail) == (refund.id, "abandoned; it can be refunded again")
    assert again_refused(lp, refund) is None
    sent = lp.refund_again(refund.id, ADMIN)
    assert (sent.rule, sent.parts) == (f"refunded_again {refund.id}", refund.parts)
    lp.work()
    assert [one.state for one in lp.ports.reports.story(payment.booking_id).refunds] == [
        RefundState.REJECTED,
        RefundState.SUCCEEDED,
    ]
    assert again_refused(lp, refund) == "refunded_again"
    amounts = {amount.name: amount.rule for amount in lp.explain(refund.id).amounts}
    assert amounts[f"refund {sent.id}"] == f"refunded again {refund.id}"
    for one, rule in ((refund, "refunded_again"), (sent, "refund_goes_on")):
        with pytest.raises(Refused) as refused:
            lp.refund_again(one.id, ADMIN)
        assert refused.value.rule == rule
    with pytest.raises(NotFound):
        lp.refund_again(RefundId.of(1), ADMIN)


def again_refused(lp: Rehearsal, refund: Refund) -> str | None:
    """Why an admin can't send a refund again, as its story tells."""
    (move,) = (one for one in lp.explain(refund.id).moves if (one.what, one.subject) == ("refund again", refund.id))
    return None if move.refusal is None else move.refusal.rule


def test_a_blocked_request_holds_the_transfer_for_a_week_at_most(lp: Rehearsal) -> None:
    ready(lp)
    booking_id = silent(lp, OWED_REFUND)
    given_up(lp, booking_id)
    story = lp.ports.reports.story(booking_id)
    assert story.requests[0].state is RequestState.BLOCKED
    assert "refund_request_blocked" in alarms(lp)
    until(lp, story.booking.grace_ends_at)
    lp.work()
    later(lp, 3 * DAY)
    assert transfer_of(lp, story.payments[0]).state is TransferState.ON_HOLD
    until(lp, max(story.requests[0].expires_at, lp.clock.now()))
    lp.work()
    later(lp, HOUR)
    later(lp, MINUTE)
    story = lp.ports.reports.story(booking_id)
    assert story.requests[0].state is RequestState.EXPIRED
    assert story.transfers[-1].state is TransferState.CREATED


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


@pytest.mark.parametrize("owed", [OWED_REFUND, OWED_TRANSFER], ids=lambda owed: owed.kind)
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
    booking_id = silent(lp, OWED_CONFIRMATION)
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
