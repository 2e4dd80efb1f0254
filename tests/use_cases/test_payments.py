"""Paying: one payment and one intent, whoever asks how often, and only Stripe's word counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.answer import Rejected
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.errors import GatewayUnreachable, InFlight, NotFound, Refused
from linguapay_core.domain.identifiers import BookingId
from linguapay_core.domain.payment import PaymentState
from tests.use_cases.answering import answering
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ALWAYS_3DS,
    DAY,
    DECLINED_CARD,
    HOUR,
    MINUTE,
    OTHER_STUDENT,
    STUDENT,
    TEACHER,
    VISA,
    alarms,
    at_stripe,
    booking_of,
    confirmed,
    funded,
    held,
    later,
    paid,
    pay,
    paying,
    payment_of,
    refund_of,
    requested,
    told,
)

INTENTS = "/v1/payment_intents"


def test_paying_makes_an_intent_of_the_quoted_total(lp: Rehearsal) -> None:
    checkout = paying(lp)
    assert (checkout.payment.state, checkout.booking.state) == (PaymentState.OPEN, BookingState.PAYING)
    intent = at_stripe(lp).payment_intents.retrieve(checkout.payment.intent_id)
    assert (intent.amount, intent.currency) == (checkout.booking.quote.total.amount_minor, "usd")
    assert checkout.client_secret is not None
    assert checkout.client_secret.reveal() == intent.client_secret
    assert intent.client_secret not in repr(checkout)


def test_paying_twice_is_one_payment_and_one_intent(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    once, twice = paying(lp, booking), paying(lp, booking)
    assert (once.payment, once.client_secret) == (twice.payment, twice.client_secret)
    assert len(at_stripe(lp).payment_intents.list().data) == 1


def test_a_paid_lesson_is_in_escrow(lp: Rehearsal) -> None:
    payment = paid(lp)
    assert (payment.state, payment.card_brand) == (PaymentState.SUCCEEDED, "visa")
    assert held(lp, payment) == {"stripe_balance": 2519, "escrow": 2625, "stripe_fees": 106}
    assert told(lp, payment) == [
        "booking.requested",
        "booking.confirmed",
        "payment.started",
        "booking.payment_started",
        "payment.opened",
        "payment.succeeded",
        "booking.paid",
        "payment.cashed",
    ]


def test_the_browser_isnt_believed(lp: Rehearsal) -> None:
    checkout = paying(lp)
    assert lp.confirm_payment(checkout.payment.id, STUDENT).payment.state is PaymentState.OPEN
    pay(lp, checkout)
    assert lp.confirm_payment(checkout.payment.id, STUDENT).booking.state is BookingState.PAID


def test_a_decline_is_no_error_and_another_card_may_pay(lp: Rehearsal) -> None:
    checkout = paying(lp)
    pay(lp, checkout, DECLINED_CARD)
    declined = lp.confirm_payment(checkout.payment.id, STUDENT).payment
    assert (declined.state, declined.decline_code) == (PaymentState.OPEN, "generic_decline")
    pay(lp, checkout, VISA)
    assert lp.confirm_payment(checkout.payment.id, STUDENT).payment.state is PaymentState.SUCCEEDED
    assert told(lp, checkout.booking).count("payment.declined") == 1


@pytest.mark.parametrize(("succeeds", "state"), [(True, PaymentState.SUCCEEDED), (False, PaymentState.OPEN)])
def test_three_d_secure_is_asked_for_and_answered(lp: Rehearsal, succeeds: bool, state: PaymentState) -> None:
    checkout = paying(lp)
    pay(lp, checkout, ALWAYS_3DS)
    waiting = lp.confirm_payment(checkout.payment.id, STUDENT)
    assert waiting.payment.state is PaymentState.OPEN
    lp.browser.answer_challenge(checkout.payment.intent_id, succeeds=succeeds)
    assert lp.confirm_payment(checkout.payment.id, STUDENT).payment.state is state


def test_another_students_payment_isnt_there(lp: Rehearsal) -> None:
    checkout = paying(lp)
    with pytest.raises(NotFound):
        lp.confirm_payment(checkout.payment.id, OTHER_STUDENT)
    with pytest.raises(NotFound):
        lp.create_payment_intent(checkout.booking.id, OTHER_STUDENT)


def test_a_teacher_cant_pay_for_the_student(lp: Rehearsal) -> None:
    with pytest.raises(Refused) as refused:
        lp.create_payment_intent(confirmed(lp).id, TEACHER)
    assert refused.value.rule == "wrong_role"


def test_only_a_confirmed_booking_can_be_paid(lp: Rehearsal) -> None:
    with pytest.raises(Refused) as refused:
        lp.create_payment_intent(requested(lp).id, STUDENT)
    assert refused.value.rule == "booking_requested"


def test_a_booking_isnt_paid_after_its_deadline(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    lp.clock.advance(24 * HOUR)
    with pytest.raises(Refused) as refused:
        lp.create_payment_intent(booking.id, STUDENT)
    assert refused.value.rule == "pay_by_passed"


def test_whoever_pays_while_somebody_makes_the_intent_waits(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    booking = confirmed(lp)
    seen: list[InFlight] = []

    def submit_again() -> None:
        with pytest.raises(InFlight) as caught:
            paying(lp, booking)
        payment = lp.ports.reports.story(booking.id).payments[0]
        with pytest.raises(InFlight):
            lp.confirm_payment(payment.id, STUDENT)
        seen.append(caught.value)

    meanwhile.before("create_intent", submit_again)
    assert paying(lp, booking).payment.state is PaymentState.OPEN
    assert [error.retry_after_seconds for error in seen] == [1]


def test_a_student_who_goes_on_after_a_silence_gets_the_intent(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    lp.stripe.faults.add("dropped_after", method="POST", path=INTENTS)
    with pytest.raises(GatewayUnreachable):
        paying(lp, booking)
    assert lp.ports.reports.story(booking.id).payments[0].state is PaymentState.CREATING_UNKNOWN
    with pytest.raises(GatewayUnreachable) as silent:
        paying(lp, booking)
    assert silent.value.retry_after_seconds == 5
    lp.clock.advance(timedelta(seconds=5))
    assert paying(lp, booking).payment.state is PaymentState.OPEN
    assert len(at_stripe(lp).payment_intents.list().data) == 1


def test_a_teacher_gets_nothing_of_the_students_payment(lp: Rehearsal) -> None:
    for checkout in (paying(lp), paying(lp, confirmed(lp, notice=5 * DAY))):
        with pytest.raises(Refused) as refused:
            lp.create_payment_intent(checkout.booking.id, TEACHER)
        assert refused.value.rule == "wrong_role"
        pay(lp, checkout)


def test_what_cant_be_paid_makes_nobody_a_customer(lp: Rehearsal) -> None:
    with pytest.raises(NotFound):
        lp.create_payment_intent(BookingId.of(7), STUDENT)
    with pytest.raises(NotFound):
        lp.create_payment_intent(confirmed(lp).id, OTHER_STUDENT)
    assert at_stripe(lp).customers.list().data == []


def test_an_intent_that_stripe_refuses_leaves_the_booking_to_be_paid(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    lp.create_setup_intent(STUDENT)
    with lp.ports.transactions.begin() as transaction:
        customer = transaction.customer(booking.student_id)
    assert customer is not None
    at_stripe(lp).customers.delete(customer.customer_id)
    with pytest.raises(Refused) as refused:
        paying(lp, booking)
    assert refused.value.rule == "stripe_resource_missing"
    story = lp.ports.reports.story(booking.id)
    assert (story.booking.state, story.payments[0].state) == (BookingState.CONFIRMED, PaymentState.FAILED)
    assert lp.sync_payment(story.payments[0].id) == story.payments[0]
    with pytest.raises(Refused, match=r"^This payment is failed, and nothing of it is at Stripe") as refused:
        lp.confirm_payment(story.payments[0].id, STUDENT)
    assert refused.value.rule == "payment_failed"


def test_an_answer_that_doesnt_come_is_said_so(lp: Rehearsal) -> None:
    checkout = paying(lp)
    lp.stripe.faults.add("rate_limited", method="GET", path=f"{INTENTS}/*")
    with pytest.raises(GatewayUnreachable, match="nothing happened") as unreachable:
        lp.confirm_payment(checkout.payment.id, STUDENT)
    assert unreachable.value.retry_after_seconds >= 1


def test_cancelling_while_the_intent_is_made_cancels_it_at_stripe(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    booking = confirmed(lp)
    meanwhile.before("create_intent", lambda: lp.cancel_booking(booking.id, TEACHER))
    with pytest.raises(Refused) as refused:
        paying(lp, booking)
    assert refused.value.rule == "booking_cancelling"
    lp.work()
    assert booking_of(lp, booking).state is BookingState.CANCELLED
    (intent,) = at_stripe(lp).payment_intents.list().data
    assert intent.status == "canceled"


def test_nobody_waits_for_the_intent_of_a_payment_that_was_cancelled_before(lp: Rehearsal) -> None:
    """While it may still be made they do."""
    booking = confirmed(lp)
    lp.stripe.faults.add("rate_limited", method="POST", path=INTENTS)
    with pytest.raises(GatewayUnreachable):
        paying(lp, booking)
    lp.cancel_booking(booking.id, TEACHER)
    (payment,) = lp.ports.reports.story(booking.id).payments
    for ask in (lambda: lp.sync_payment(payment.id), lambda: lp.confirm_payment(payment.id, STUDENT)):
        with pytest.raises(InFlight):
            ask()
    refusing = answering(lp, create_intent=lambda _: Rejected("no_reason", "Stripe says no."))
    lp.clock.advance(HOUR)
    refusing.deliver_effects()
    assert lp.sync_payment(payment.id).state is PaymentState.CANCELLED
    with pytest.raises(Refused, match=r"^This payment is cancelled"):
        lp.confirm_payment(payment.id, STUDENT)


def test_cancelling_an_open_payment_cancels_the_intent(lp: Rehearsal) -> None:
    checkout = paying(lp)
    assert lp.cancel_booking(checkout.booking.id, STUDENT).state is BookingState.CANCELLING
    lp.work()
    assert booking_of(lp, checkout.booking).state is BookingState.CANCELLED
    assert payment_of(lp, checkout.payment).state is PaymentState.CANCELLED


def test_a_payment_that_outruns_the_cancelling_goes_back_in_full(lp: Rehearsal) -> None:
    funded(lp)
    checkout = paying(lp)
    lp.cancel_booking(checkout.booking.id, TEACHER)
    pay(lp, checkout)
    later(lp, 3 * MINUTE)
    payment = payment_of(lp, checkout.payment)
    assert booking_of(lp, payment).state is BookingState.CANCELLED
    assert refund_of(lp, payment).rule == "cancelled_while_paying"
    assert payment.counters.refunded == payment.parts


@pytest.mark.parametrize("succeeds", [True, False])
def test_pay_by_passes_while_the_student_pays(lp: Rehearsal, succeeds: bool) -> None:
    funded(lp)
    checkout = paying(lp)
    assert checkout.booking.pay_by is not None
    lp.clock.move_to(checkout.booking.pay_by)
    lp.pass_deadlines()
    assert booking_of(lp, checkout.booking).state is BookingState.CANCELLING
    if succeeds:
        pay(lp, checkout)
    later(lp, 3 * MINUTE)
    payment = payment_of(lp, checkout.payment)
    assert booking_of(lp, payment).state is BookingState.CANCELLED
    assert payment.counters.refunded.total.amount_minor == (2625 if succeeds else 0)


def test_an_intent_cancelled_at_stripe_lets_another_payment_start(lp: Rehearsal) -> None:
    checkout = paying(lp)
    at_stripe(lp).payment_intents.cancel(checkout.payment.intent_id)
    lp.work()
    assert booking_of(lp, checkout.booking).state is BookingState.CONFIRMED
    again = paying(lp, checkout.booking)
    assert again.payment.id != checkout.payment.id


def test_an_intent_that_ends_after_pay_by_expires_the_booking(lp: Rehearsal) -> None:
    checkout = paying(lp)
    assert checkout.booking.pay_by is not None
    lp.clock.move_to(checkout.booking.pay_by + timedelta(seconds=1))
    at_stripe(lp).payment_intents.cancel(checkout.payment.intent_id)
    with pytest.raises(NotFound):
        lp.confirm_payment(checkout.payment.id, OTHER_STUDENT)
    lp.confirm_payment(checkout.payment.id, STUDENT)
    assert booking_of(lp, checkout.booking).state is BookingState.EXPIRED


def test_a_success_that_differs_from_what_was_asked_is_quarantined(lp: Rehearsal) -> None:
    checkout = paying(lp)
    other = checkout.payment.id.replace("pay_0", "pay_7")
    at_stripe(lp).payment_intents.update(checkout.payment.intent_id, {"metadata": {"payment_id": other}})
    pay(lp, checkout)
    later(lp, 3 * MINUTE)
    payment = payment_of(lp, checkout.payment)
    assert (payment.state, payment.holds_booking) == (PaymentState.QUARANTINED, False)
    assert booking_of(lp, payment).state is BookingState.CONFIRMED
    assert "payment_quarantined" in alarms(lp)
    assert held(lp, payment) == {"stripe_balance": 2519, "suspense": 2625, "stripe_fees": 106}
