"""Receipts are numbered one after the other, and say what was paid and what is left of it."""

from dataclasses import replace
from datetime import UTC

import pytest

from linguapay_core.domain.booking import Booking
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events import PaymentAccepted, PaymentSucceeded
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.identifiers import EventId, PaymentId, RefundId
from linguapay_core.domain.money import USD, Parts
from linguapay_core.domain.payment import Counters, Payment, PaymentState
from linguapay_core.domain.people import Person
from linguapay_core.domain.policies import FeePolicy, Policies
from linguapay_core.domain.quote import quote
from linguapay_core.domain.receipt import NumberedReceipt, Receipt, check_paid, number, paid_in, receipt
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
    refunds = [a_refund(id=RefundId.of(n), state=state) for n, state in enumerate(RefundState)]
    told = shown(a_succeeded_payment(), *refunds, a_refund(id=RefundId.of(50), payment_id=PaymentId.of(2)))
    left_out = {RefundState.FAILED, RefundState.REJECTED}
    assert {refund.state for refund in told.refunds} == set(RefundState) - left_out
    assert told.kept == told.total - usd(1050 * len(told.refunds))
    assert shown(a_succeeded_payment()).kept == told.total
