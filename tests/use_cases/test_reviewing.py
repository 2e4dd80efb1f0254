"""The admin's inbox, the card of a request, and asking Stripe how a payment stands."""

from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.answer import Rejected
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.errors import GatewayUnreachable, InFlight, NotFound, Refused
from linguapay_core.domain.payment import PaymentState
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.review import Urgency
from linguapay_core.use_cases.create_payment_intent import Checkout
from tests.use_cases.answering import answering
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    OTHER_STUDENT,
    REFUND_PENDS,
    STUDENT,
    TEACHER,
    approved,
    asked_back,
    at_stripe,
    completed,
    confirmed,
    funded,
    later,
    offered,
    paid,
    paid_out,
    pay,
    paying,
    payment_of,
    ready,
    refund_of,
    request_now,
    transfer_of,
)


def test_the_queue_has_what_waits_with_the_one_that_expires_first_at_its_head(lp: Rehearsal) -> None:
    gig = offered(lp)
    first, second, third = [paid(lp, confirmed(lp, gig, notice=days * DAY)) for days in (3, 4, 5)]
    older = asked_back(lp, first)
    done = approved(lp, second)
    lp.process_refund_request(done.id, ADMIN)
    lp.clock.advance(timedelta(minutes=5))
    newer = approved(lp, third, 500)
    found = lp.list_refund_queue()
    assert [(glance.request.id, glance.request.state) for glance in found.items] == [
        (older.id, RequestState.SUBMITTED),
        (newer.id, RequestState.APPROVED),
    ]
    assert (found.items[0].payment.id, found.items[0].booking.id) == (first.id, first.booking_id)
    assert found.items[0].by_terms.total.amount_minor == 2625
    one = lp.list_refund_queue(limit=1)
    assert [glance.request.id for glance in lp.list_refund_queue(one.next_cursor).items] == [newer.id]
    lp.clock.advance(29 * DAY)
    assert [glance.urgency for glance in lp.list_refund_queue().items] == 2 * [Urgency.EXPIRES_SOON]


def test_the_card_of_a_request_has_the_reason_and_both_histories(lp: Rehearsal) -> None:
    gig = offered(lp)
    asked_back(lp, paid(lp, confirmed(lp, gig, student=OTHER_STUDENT)))
    request = asked_back(lp, paid(lp, confirmed(lp, gig, notice=5 * DAY)))
    told = lp.review_refund_request(request.id)
    assert told.glance.request == request_now(lp, request)
    assert [(text.author, text.text) for text in told.texts] == [(STUDENT, "The lesson was too short.")]
    assert (told.student.bookings, told.teacher.bookings) == ({BookingState.PAID: 1}, {BookingState.PAID: 2})
    assert told.teacher.requests == {RequestState.SUBMITTED: 2}
    assert len(told.consequences) == 2


def test_of_two_requests_about_a_lesson_each_has_its_own_card(lp: Rehearsal) -> None:
    payment = paid(lp)
    rejected = lp.reject_refund_request(asked_back(lp, payment, 100).id, ADMIN, "No.")
    for request in (rejected, asked_back(lp, payment, 200)):
        assert lp.review_refund_request(request.id).glance.request == request_now(lp, request)


def test_there_is_no_card_of_a_request_that_is_not_there(lp: Rehearsal) -> None:
    with pytest.raises(NotFound):
        lp.review_refund_request("rrq_" + 26 * "0")


def test_syncing_finds_a_payment_of_which_no_webhook_told(lp: Rehearsal) -> None:
    checkout = paying(lp)
    pay(lp, checkout)
    assert lp.sync_payment(checkout.payment.id).state is PaymentState.SUCCEEDED
    assert lp.sync_payment(checkout.payment.id).state is PaymentState.SUCCEEDED


def test_syncing_finds_what_came_of_a_refund_and_a_transfer(lp: Rehearsal) -> None:
    funded(lp)
    payment = paid_out(lp, paid(lp, card=REFUND_PENDS))
    lp.process_refund_request(approved(lp, payment).id, ADMIN)
    assert refund_of(lp, payment).state is RefundState.PENDING
    at_stripe(lp).transfers.reversals.create(transfer_of(lp, payment).stripe_id, {"amount": 100})
    lp.clock.advance(5 * DAY)
    lp.sync_payment(payment.id)
    assert refund_of(lp, payment).state is RefundState.SUCCEEDED
    assert [one.amount.amount_minor for one in transfer_of(lp, payment).reversals] == [100]


def test_syncing_asks_nothing_about_what_stripe_has_not_got_yet(lp: Rehearsal) -> None:
    ready(lp, TEACHER)
    payment = completed(lp)
    assert not transfer_of(lp, payment).stripe_id
    lp.stripe.faults.add("rate_limited", method="POST", path="/v1/refunds")
    request = approved(lp, payment)
    with pytest.raises(GatewayUnreachable):
        lp.process_refund_request(request.id, ADMIN)
    assert not refund_of(lp, payment).stripe_id
    assert lp.sync_payment(payment.id).state is PaymentState.SUCCEEDED
    later(lp, timedelta(hours=1))


def test_a_payment_whose_intent_is_being_made_cannot_be_synced(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    booking, seen = confirmed(lp), list[str]()

    def sync() -> None:
        (payment,) = lp.ports.reports.story(booking.id).payments
        with pytest.raises(InFlight) as caught:
            lp.sync_payment(payment.id)
        seen.append(str(caught.value))

    meanwhile.before("create_intent", sync)
    checkout: Checkout = paying(lp, booking)
    assert seen == ["Stripe has no intent for this payment yet."]
    assert lp.sync_payment(checkout.payment.id).state is PaymentState.OPEN


def test_an_intent_that_stripe_has_lost_is_no_success(lp: Rehearsal) -> None:
    payment = paid(lp)
    lost = answering(lp, intent=lambda _: Rejected("resource_missing", "No such payment_intent."))
    with pytest.raises(Refused, match=f"^Stripe knows no {payment.intent_id}"):
        lost.sync_payment(payment.id)
    assert payment_of(lp, payment) == payment


def test_a_silent_stripe_leaves_a_payment_as_it_was(lp: Rehearsal) -> None:
    payment = paid(lp)
    lp.stripe.faults.add("rate_limited", method="GET")
    with pytest.raises(GatewayUnreachable):
        lp.sync_payment(payment.id)


def test_why_a_transfer_is_held_is_written_down_once(lp: Rehearsal) -> None:
    transfer = transfer_of(lp, completed(lp))
    for note in ("The student wrote to us.", "And again."):
        lp.hold_transfer(transfer.id, ADMIN, note)
    assert [(text.author, text.text) for text in lp.read_texts([transfer.id])] == [(ADMIN, "The student wrote to us.")]
