"""Receipts are numbered one after the other, and say what was paid and what is left of it."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from linguapay_core.domain.booking import Booking
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.payment import PaymentAccepted, PaymentSucceeded
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.identifiers import EventId, PaymentId, RefundId
from linguapay_core.domain.money import USD, Parts
from linguapay_core.domain.numbered_receipt import NumberedReceipt
from linguapay_core.domain.payment import Counters, Payment, PaymentState
from linguapay_core.domain.people import Person
from linguapay_core.domain.policies import FeePolicy, Policies
from linguapay_core.domain.postings import credit_paid_by_bank, payment_succeeded
from linguapay_core.domain.quote import quote
from linguapay_core.domain.receipt import Receipt, WentBack, check_paid, number, paid_in, receipt
from linguapay_core.domain.refund import Refund, RefundState
from linguapay_core.domain.story import Story
from linguapay_core.testing.builders import (
    ANNA,
    BEN,
    NOON,
    a_booking,
    a_gig,
    a_payment,
    a_refund,
    a_succeeded_payment,
    an_event,
    usd,
)

HOUR = timedelta(hours=1)
FIRST = NumberedReceipt(PaymentId.of(1), 1, live=True, number=1, numbered_at=NOON)


def shown(payment: Payment, *refunds: Refund, booking: Booking | None = None) -> Receipt:
    """The receipt of a payment with these refunds."""
    story = Story(a_gig(), booking or a_booking(), None, (payment,), (), refunds, (), (), (), (), ())
    return receipt(FIRST, story, student=Person(BEN, 1), teacher=Person(ANNA, 1), zone=UTC)


def test_numbers_go_on_from_the_last_one_that_was_given() -> None:
    payments = [a_payment(id=PaymentId.of(n), live=live) for n, live in ((1, True), (2, False), (3, True))]
    decision = number(payments, {True: 41, False: 0}, at=NOON)
    receipts = [one for one in decision.changed if isinstance(one, NumberedReceipt)]
    assert [one.called for one in receipts] == ["R-000042", "T-000001", "R-000043"]
    assert [one.id for one in receipts] == [payment.id for payment in payments]


def test_a_payment_is_paid_by_success_or_by_an_admins_word() -> None:
    facts = (
        PaymentSucceeded(1, "USD", "pi", "ch", "visa"),
        an_event().fact,
        PaymentAccepted(1, "USD", "txt"),
    )
    told = [ToldEvent(EventId.of(n), an_event(subject=PaymentId.of(n), fact=fact)) for n, fact in enumerate(facts)]
    assert paid_in(told) == (PaymentId.of(0), PaymentId.of(2))


@pytest.mark.parametrize("state", PaymentState)
def test_only_what_was_paid_has_a_receipt(state: PaymentState) -> None:
    payment = a_payment(state=state, holds_booking=False)
    if state in {PaymentState.SUCCEEDED, PaymentState.ACCEPTED}:
        check_paid(payment)
        return
    with pytest.raises(Refused) as refused:
        check_paid(payment)
    assert refused.value.rule == "nothing_paid"


def test_price_and_fee_are_what_the_student_saw() -> None:
    told = shown(a_succeeded_payment())
    assert (told.price, told.fee, told.total) == (usd(3000), usd(150), usd(3150))


def test_a_fee_that_the_teacher_bears_is_no_line_of_the_students() -> None:
    policies = Policies(fees=(FeePolicy(student_share_bps=0),))
    terms = quote(usd(3000), 60, policies)
    payment = a_succeeded_payment(
        parts=terms.parts, counters=replace(Counters.none(USD), captured=Parts(usd(2850), usd(150)))
    )
    told = shown(payment, booking=a_booking(quote=terms))
    assert (told.price, told.fee, told.total) == (usd(3000), usd(0), usd(3000))


def test_refunds_that_came_to_nothing_are_left_out() -> None:
    refunds = [
        a_refund(id=RefundId.of(0), state=RefundState.SUCCEEDED),
        a_refund(id=RefundId.of(1), state=RefundState.REJECTED, taken=()),
        a_refund(id=RefundId.of(2), state=RefundState.FAILED, cash_id="txn_1"),
        a_refund(id=RefundId.of(3), state=RefundState.FAILED, cash_id="txn_2", returned_id="txn_3"),
        a_refund(id=RefundId.of(4), payment_id=PaymentId.of(2)),
    ]
    told = shown(a_succeeded_payment(), *refunds)
    assert [one.what for one in told.went_back] == ["refund succeeded", "refund failed"]


def test_what_is_kept_is_what_the_counters_say_is_neither_gone_nor_set_aside() -> None:
    counters = a_succeeded_payment().counters
    parts = Parts(usd(1000), usd(50))
    assert shown(a_succeeded_payment()).kept == usd(3150)
    assert shown(a_succeeded_payment(counters=replace(counters, reserved=parts))).kept == usd(2100)
    assert shown(a_succeeded_payment(counters=replace(counters, refunded=parts))).kept == usd(2100)
    assert shown(a_succeeded_payment(counters=replace(counters, credit=parts))).kept == usd(3150)


def test_what_went_back_comes_in_the_order_of_time_and_is_this_payments() -> None:
    first = a_refund(id=RefundId.of(1), state=RefundState.SUCCEEDED, reserved_at=NOON + 2 * HOUR)
    paid, other = a_succeeded_payment(), a_succeeded_payment(id=PaymentId.of(2))
    booked = [
        *credit_paid_by_bank(paid, usd(400), "BANK-1", at=NOON + HOUR),
        *credit_paid_by_bank(other, usd(500), "BANK-2", at=NOON),
        *payment_succeeded(paid, at=NOON),
    ]
    story = Story(a_gig(), a_booking(), None, (paid, other), (), (first,), (), (), (), tuple(booked), ())
    told = receipt(FIRST, story, student=Person(BEN, 1), teacher=Person(ANNA, 1), zone=UTC)
    assert told.went_back == (
        WentBack(NOON + HOUR, "paid by bank", usd(400)),
        WentBack(NOON + 2 * HOUR, "refund succeeded", usd(1050)),
    )
