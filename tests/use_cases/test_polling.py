"""When no webhook ever comes: within a quarter of an hour the state is in all the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_adapters.worker.worker import Worker
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.decision import changed
from linguapay_core.domain.errors import GatewayUnreachable
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.transfer import Hold, Transfer, TransferState
from tests.use_cases.stage import (
    ADMIN,
    BACK,
    DAY,
    HOUR,
    MINUTE,
    REFUND_PENDS,
    TEACHER,
    approved,
    at_stripe,
    booking_of,
    completed,
    confirmed,
    paid,
    paid_out,
    pay,
    paying,
    payment_of,
    ready,
    refund_of,
    transfer_of,
    until,
)

SILENCE = 15 * MINUTE


@pytest.fixture
def deaf(lp: Rehearsal) -> Iterator[Worker]:
    """A worker to whom nobody brings webhooks."""
    yield Worker(lp, lp.clock)
    lp.work()


def pass_time(lp: Rehearsal, worker: Worker, by: timedelta = SILENCE) -> None:
    """So much time goes by, with a round of the worker every minute."""
    for _ in range(by // MINUTE):
        lp.clock.advance(MINUTE)
        worker.run_once()


def due_now(lp: Rehearsal, record: Payment | Transfer) -> None:
    """Somebody wants this to be looked at now."""
    with lp.ports.transactions.begin() as transaction:
        transaction.keep(changed(replace(record, look_at=lp.clock.now())))


def test_a_payment_comes_in_without_webhooks(lp: Rehearsal, deaf: Worker) -> None:
    checkout = paying(lp)
    deaf.run_once()
    pay(lp, checkout)
    pass_time(lp, deaf)
    payment = payment_of(lp, checkout.payment)
    assert booking_of(lp, payment).state is BookingState.PAID
    assert payment.cash_id


def test_a_payment_that_polling_doesnt_bring_either_is_looked_at(lp: Rehearsal) -> None:
    checkout = paying(lp)
    lp.work()
    pay(lp, checkout)
    assert lp.look_at_stripe() == 0
    lp.clock.advance(10 * MINUTE)
    assert lp.look_at_stripe() == 1
    assert payment_of(lp, checkout.payment).state is PaymentState.SUCCEEDED


def test_a_look_that_fails_is_put_off(lp: Rehearsal) -> None:
    checkout = paying(lp)
    lp.work()
    lp.clock.advance(10 * MINUTE)
    lp.stripe.faults.add("error_500_before", method="GET", path="/v1/payment_intents/*")
    assert lp.look_at_stripe() == 1
    assert lp.look_at_stripe() == 0
    assert payment_of(lp, checkout.payment).look_at == lp.clock.now() + 10 * MINUTE


def test_a_refund_comes_in_without_webhooks(lp: Rehearsal, deaf: Worker) -> None:
    request = approved(lp, paid(lp, card=REFUND_PENDS))
    lp.process_refund_request(request.id, ADMIN)
    lp.clock.advance(3 * HOUR)
    pass_time(lp, deaf)
    assert refund_of(lp, request).state is RefundState.SUCCEEDED


def test_a_refund_is_looked_at(lp: Rehearsal) -> None:
    request = approved(lp, paid(lp, card=REFUND_PENDS))
    lp.process_refund_request(request.id, ADMIN)
    lp.clock.advance(3 * HOUR)
    assert lp.look_at_stripe() == 1
    assert refund_of(lp, request).state is RefundState.SUCCEEDED


def test_a_transfer_comes_in_without_webhooks(lp: Rehearsal, deaf: Worker) -> None:
    ready(lp)
    payment = completed(lp)
    until(lp, transfer_of(lp, payment).pay_at)
    pass_time(lp, deaf)
    assert transfer_of(lp, payment).state is TransferState.CREATED


def test_a_transfer_whose_cash_is_awaited_is_looked_at(lp: Rehearsal) -> None:
    payment = paid_out(lp)
    lp.clock.advance(2 * DAY)
    transfer = transfer_of(lp, payment)
    at_stripe(lp).transfers.reversals.create(transfer.stripe_id, {"amount": 500})
    due_now(lp, transfer)
    assert lp.look_at_stripe() == 1
    first, planned = lp.ports.reports.story(payment.booking_id).transfers
    assert (first.reversals[0].amount.amount_minor, planned.hold) == (500, Hold.REVERSED)


def test_a_record_of_which_stripe_knows_nothing_yet_isnt_asked_for(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path="/v1/payment_intents")
    with pytest.raises(GatewayUnreachable):
        paying(lp, booking)
    (payment,) = lp.ports.reports.story(booking.id).payments
    due_now(lp, payment)
    assert lp.look_at_stripe() == 1
    assert payment_of(lp, payment).look_at == lp.clock.now() + 10 * MINUTE


def test_a_reversal_by_hand_comes_in_without_webhooks(lp: Rehearsal, deaf: Worker) -> None:
    payment = paid_out(lp)
    lp.clock.advance(2 * DAY)
    deaf.run_once()
    at_stripe(lp).transfers.reversals.create(transfer_of(lp, payment).stripe_id, {"amount": 500})
    pass_time(lp, deaf)
    assert payment_of(lp, payment).counters.sent_back.amount_minor == 500


def test_an_account_that_became_ready_unheard_of_is_seen_when_the_teacher_asks(lp: Rehearsal, deaf: Worker) -> None:
    """Stripe lists events of connected accounts to those accounts alone, so polling can't bring this one."""
    account = lp.open_teacher_account(TEACHER, "FR", BACK, BACK).account
    lp.stripe.complete_onboarding(account.account_id)
    pass_time(lp, deaf)
    assert lp.refresh_teacher_account(TEACHER).can_receive


def test_more_events_than_a_page_are_all_listed(lp: Rehearsal) -> None:
    for _ in range(101):
        at_stripe(lp).customers.create({})
    assert lp.poll_events() == 101
    assert lp.poll_events() == 101
    lp.clock.advance(10 * MINUTE)
    lp.poll_events()
    assert lp.poll_events() == 0
