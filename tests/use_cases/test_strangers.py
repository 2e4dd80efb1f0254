"""Objects that others made at Stripe, and work that another worker did first."""

from __future__ import annotations

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.transfer import TransferState
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    HOUR,
    MINUTE,
    REFUND_FAILS,
    alarms,
    approved,
    at_stripe,
    booking_of,
    completed,
    everything,
    forged,
    funded,
    held,
    later,
    paid,
    payment_of,
    ready,
    refund_of,
    requested,
    transfer_of,
    until,
)


def test_an_intent_that_isnt_ours_is_left_alone_and_its_cash_stands_in_suspense(lp: Rehearsal) -> None:
    intent = at_stripe(lp).payment_intents.create(
        {
            "amount": 4200,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "allowed_payment_method_types": ["card"],
            "metadata": {"payment_id": "pay_0123456789abcdefghjkmnpqrs"},
        }
    )
    at_stripe(lp).refunds.create({"payment_intent": intent.id, "amount": 100})
    before = everything(lp)
    lp.work()
    assert everything(lp) == before
    later(lp, 2 * HOUR)
    assert alarms(lp) == ["cash_in_suspense", "cash_in_suspense"]


def test_an_account_that_isnt_ours_is_left_alone(lp: Rehearsal) -> None:
    account = at_stripe(lp).accounts.create({"type": "express", "country": "FR"})
    lp.receive_webhook(*forged(lp, type="account.updated", data={"object": {"id": account.id}}))
    before = everything(lp)
    assert lp.process_webhook_events() == 1
    assert everything(lp) == before


def test_a_refund_by_hand_of_more_than_is_there_is_left_to_a_person(lp: Rehearsal) -> None:
    """Ours failed and is owed as credit; by hand all of it is refunded at Stripe once more."""
    funded(lp)
    request = approved(lp, paid(lp, card=REFUND_FAILS))
    lp.process_refund_request(request.id, ADMIN)
    later(lp, 3 * HOUR)
    at_stripe(lp).refunds.create({"payment_intent": payment_of(lp, request).intent_id})
    lp.work()
    later(lp, 2 * HOUR)
    assert len(lp.ports.reports.story(request.booking_id).refunds) == 1
    assert refund_of(lp, request).amount.amount_minor == 1000
    assert held(lp, payment_of(lp, request))["student_credit:student-ben"] == 1000
    assert alarms(lp).count("cash_in_suspense") >= 2


def test_a_deadline_that_another_worker_let_pass_is_decided_once(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    booking = requested(lp)
    until(lp, booking.answer_by)
    meanwhile.before("begin", lp.pass_deadlines, nth=2)
    assert lp.pass_deadlines() == 0
    assert booking_of(lp, booking).state is BookingState.EXPIRED


def test_a_transfer_that_another_worker_reserved_is_reserved_once(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    ready(lp)
    payment = completed(lp)
    until(lp, transfer_of(lp, payment).pay_at)
    meanwhile.before("begin", lp.pass_deadlines, nth=2)
    assert lp.pass_deadlines() == 0
    transfer = transfer_of(lp, payment)
    assert (transfer.state, transfer.reservations) == (TransferState.RESERVED, 1)


def test_a_request_that_another_worker_let_expire_is_decided_once(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    request = approved(lp)
    lp.clock.advance(DAY)
    later(lp, 5 * DAY + MINUTE)
    until(lp, request.expires_at)
    meanwhile.before("begin", lp.pass_deadlines, nth=2)
    lp.pass_deadlines()
    assert lp.ports.reports.story(request.booking_id).requests[0].state == "expired"
