"""From an offer to an agreement: gigs, quotes, requests, answers, cancellations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.errors import NotFound, Refused
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.policies import Deadlines, FeePolicy, Policies
from tests.use_cases.stage import (
    DAY,
    HOUR,
    MINUTE,
    OTHER_STUDENT,
    OTHER_TEACHER,
    STUDENT,
    TEACHER,
    booking_of,
    confirmed,
    funded,
    held,
    later,
    offered,
    paid,
    payment_of,
    refund_of,
    requested,
    told,
)


def test_a_gig_is_offered_at_its_price(lp: Rehearsal) -> None:
    gig = lp.offer_gig(TEACHER, "  French ", 2500)
    assert (gig.title, gig.hourly_price.amount_minor, gig.hourly_price.currency.code, gig.active) == (
        "French",
        2500,
        "USD",
        True,
    )


def test_retiring_a_gig_leaves_what_is_booked(lp: Rehearsal) -> None:
    gig = offered(lp)
    booking = requested(lp, gig)
    assert not lp.retire_gig(gig.id, TEACHER).active
    assert lp.confirm_booking(booking.id, TEACHER).state is BookingState.CONFIRMED
    with pytest.raises(Refused, match="no longer offered") as refused:
        requested(lp, gig, notice=5 * DAY)
    assert refused.value.rule == "gig_retired"


def test_another_teachers_gig_cant_be_retired(lp: Rehearsal) -> None:
    gig = offered(lp)
    with pytest.raises(NotFound):
        lp.retire_gig(gig.id, OTHER_TEACHER)


@pytest.mark.parametrize(
    ("hourly", "minutes", "price", "fee"),
    [
        (2500, 60, 2500, 125),
        (2500, 45, 1875, 100),
        (2599, 50, 2166, 108),
        (100, 15, 25, 100),
        (100_00, 480, 800_00, 40_00),
    ],
)
def test_the_quote_is_what_the_booking_freezes(lp: Rehearsal, hourly: int, minutes: int, price: int, fee: int) -> None:
    gig = offered(lp, hourly_price_minor=hourly)
    quote = lp.quote_lesson(gig.id, minutes)
    assert (quote.price.amount_minor, quote.fee.amount_minor, quote.total.amount_minor) == (price, fee, price + fee)
    assert quote.teacher_earns == quote.price
    assert requested(lp, gig, minutes=minutes).quote == quote


def test_a_booking_is_asked_for_and_told(lp: Rehearsal) -> None:
    booking = requested(lp)
    assert (booking.state, booking.student_id, booking.teacher_id) == (BookingState.REQUESTED, STUDENT, TEACHER)
    assert booking.answer_by == lp.clock.now() + 48 * HOUR
    assert told(lp, booking) == ["booking.requested"]


@pytest.mark.parametrize("policies", [Policies(deadlines=Deadlines(answer=200 * HOUR))])
def test_an_answer_is_due_at_latest_an_hour_before_the_start(lp: Rehearsal) -> None:
    booking = requested(lp)
    assert booking.answer_by == booking.starts_at - HOUR


def test_a_confirmed_booking_is_paid_within_a_day(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    assert (booking.state, booking.pay_by) == (BookingState.CONFIRMED, lp.clock.now() + 24 * HOUR)
    soon = confirmed(lp, offered(lp, OTHER_TEACHER), notice=5 * HOUR)
    assert soon.pay_by == soon.starts_at - HOUR


def test_a_declined_booking_frees_its_time(lp: Rehearsal) -> None:
    gig = offered(lp)
    booking = requested(lp, gig)
    assert lp.decline_booking(booking.id, TEACHER).state is BookingState.DECLINED
    assert requested(lp, gig, student=OTHER_STUDENT).state is BookingState.REQUESTED


def test_a_withdrawn_booking_is_cancelled_and_says_why(lp: Rehearsal) -> None:
    booking = requested(lp)
    assert lp.withdraw_booking(booking.id, STUDENT).state is BookingState.CANCELLED
    assert lp.explain(booking.id).moments[-1].why == "withdrawn"


def test_a_time_is_given_once(lp: Rehearsal) -> None:
    gig = offered(lp)
    requested(lp, gig)
    with pytest.raises(Refused) as refused:
        requested(lp, gig, student=OTHER_STUDENT, notice=3 * DAY + 30 * MINUTE)
    assert refused.value.rule == "slot_taken"
    assert requested(lp, gig, student=OTHER_STUDENT, notice=3 * DAY + 60 * MINUTE).state is BookingState.REQUESTED


def test_a_teacher_cant_book_the_own_gig(lp: Rehearsal) -> None:
    gig = offered(lp)
    with pytest.raises(Refused) as refused:
        requested(lp, gig, student=TEACHER)
    assert refused.value.rule == "own_gig"


@pytest.mark.parametrize("policies", [Policies(fees=(FeePolicy(student_share_bps=0),))])
def test_a_fee_above_the_price_of_its_bearer_is_refused(lp: Rehearsal) -> None:
    gig = offered(lp, hourly_price_minor=200)
    with pytest.raises(Refused) as refused:
        lp.quote_lesson(gig.id, 15)
    assert refused.value.rule == "fee_exceeds_price"


def test_a_total_that_stripe_cant_charge_is_refused(lp: Rehearsal) -> None:
    gig = offered(lp, hourly_price_minor=99_999_999)
    with pytest.raises(Refused) as refused:
        requested(lp, gig)
    assert refused.value.rule == "total_out_of_range"


@pytest.mark.parametrize(("answered", "state"), [(False, "unanswered"), (True, "unpaid")])
def test_a_deadline_that_passes_expires_the_booking(lp: Rehearsal, answered: bool, state: str) -> None:
    booking = confirmed(lp) if answered else requested(lp)
    assert booking.due_at is not None
    later(lp, booking.due_at - lp.clock.now() - timedelta(seconds=1))
    assert booking_of(lp, booking).state is booking.state
    later(lp, timedelta(seconds=1))
    assert booking_of(lp, booking).state is BookingState.EXPIRED
    assert lp.explain(booking.id).moments[-1].why == state


@pytest.mark.parametrize("by", [STUDENT, TEACHER])
def test_an_unpaid_booking_is_cancelled_for_nothing(lp: Rehearsal, by: str) -> None:
    booking = confirmed(lp)
    assert not lp.quote_cancellation(booking.id, by)
    assert lp.cancel_booking(booking.id, by).state is BookingState.CANCELLED


@pytest.mark.parametrize(
    ("before_start", "price", "fee"),
    [
        (24 * HOUR, 2500, 125),
        (24 * HOUR - MINUTE, 1250, 0),
        (6 * HOUR, 1250, 0),
        (6 * HOUR - MINUTE, 0, 0),
        (MINUTE, 0, 0),
    ],
)
def test_a_student_gets_back_what_the_terms_say(lp: Rehearsal, before_start: timedelta, price: int, fee: int) -> None:
    funded(lp)
    payment = paid(lp)
    booking = booking_of(lp, payment)
    lp.clock.move_to(booking.starts_at - before_start)
    quote = lp.quote_cancellation(booking.id, STUDENT)
    assert (quote.price.amount_minor, quote.fee.amount_minor) == (price, fee)
    assert lp.cancel_booking(booking.id, STUDENT).state is BookingState.CANCELLED
    lp.work()
    counters = payment_of(lp, payment).counters
    assert counters.refunded == quote
    kept = {"platform_fee": 125 - fee, f"teacher_payable:{TEACHER}": 2500 - price, "stripe_fees": 106}
    assert {name: minor for name, minor in held(lp, payment).items() if name in kept} == {
        name: minor for name, minor in kept.items() if minor
    }


def test_a_teacher_who_cancels_gives_everything_back(lp: Rehearsal) -> None:
    funded(lp)
    payment = paid(lp)
    lp.clock.move_to(booking_of(lp, payment).starts_at - MINUTE)
    lp.cancel_booking(payment.booking_id, TEACHER)
    lp.work()
    assert refund_of(lp, payment).rule == "cancelled_by_teacher"
    assert payment_of(lp, payment).counters.refunded == payment.parts


@pytest.mark.parametrize("ask", ["cancel_booking", "quote_cancellation"])
def test_a_lesson_that_has_begun_cant_be_cancelled(lp: Rehearsal, ask: str) -> None:
    payment = paid(lp)
    lp.clock.move_to(booking_of(lp, payment).starts_at)
    with pytest.raises(Refused) as refused:
        getattr(lp, ask)(payment.booking_id, STUDENT)
    assert refused.value.rule == "lesson_started"


def test_cancelling_twice_gives_back_once(lp: Rehearsal) -> None:
    payment = paid(lp)
    lp.clock.move_to(booking_of(lp, payment).starts_at - 12 * HOUR)
    lp.cancel_booking(payment.booking_id, STUDENT)
    lp.work()
    assert lp.cancel_booking(payment.booking_id, TEACHER) == booking_of(lp, payment)
    assert len(lp.ports.reports.story(payment.booking_id).refunds) == 1


def test_lessons_are_listed_to_the_worker_in_their_order_of_deadline(lp: Rehearsal) -> None:
    gigs: list[Gig] = [offered(lp, f"teacher-{number}") for number in range(3)]
    bookings: list[Booking] = [requested(lp, gig) for gig in gigs]
    lp.clock.advance(48 * HOUR)
    assert lp.pass_deadlines(limit=2) == 2
    assert lp.pass_deadlines(limit=2) == 1
    assert {booking_of(lp, one).state for one in bookings} == {BookingState.EXPIRED}
