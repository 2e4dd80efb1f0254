"""After the start: given, not given, contested, decided. And before it: another time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.errors import NotFound, Refused
from linguapay_core.domain.payment import Payment
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    HOUR,
    MINUTE,
    OTHER_STUDENT,
    SECOND_ADMIN,
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
    transfer_of,
)

SECOND = timedelta(seconds=1)


def begun(lp: Rehearsal) -> Payment:
    """A paid lesson that has just begun."""
    payment = paid(lp)
    lp.clock.move_to(booking_of(lp, payment).starts_at)
    return payment


def contested(lp: Rehearsal) -> Payment:
    """A lesson about which the student complains."""
    payment = begun(lp)
    lp.report_problem(payment.booking_id, STUDENT, "Nobody spoke French.")
    return payment


def test_a_given_lesson_is_earned_and_its_transfer_planned(lp: Rehearsal) -> None:
    payment = begun(lp)
    lp.clock.advance(HOUR)
    assert lp.complete_booking(payment.booking_id, TEACHER).state is BookingState.COMPLETED
    assert held(lp, payment) == {
        "stripe_balance": 2519,
        f"teacher_payable:{TEACHER}": 2500,
        "platform_fee": 125,
        "stripe_fees": 106,
    }
    assert transfer_of(lp, payment).pay_at == lp.clock.now() + 72 * HOUR
    assert told(lp, payment)[-2:] == ["booking.completed", "transfer.scheduled"]


def test_a_lesson_cant_be_completed_before_its_end(lp: Rehearsal) -> None:
    payment = begun(lp)
    lp.clock.advance(HOUR - SECOND)
    with pytest.raises(Refused) as refused:
        lp.complete_booking(payment.booking_id, TEACHER)
    assert refused.value.rule == "lesson_not_over"


def test_a_lesson_that_nobody_paid_cant_be_completed(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    with pytest.raises(Refused) as refused:
        lp.complete_booking(booking.id, TEACHER)
    assert refused.value.rule == "booking_confirmed"


def test_a_lesson_counts_as_given_after_the_grace_period(lp: Rehearsal) -> None:
    payment = begun(lp)
    later(lp, 25 * HOUR - SECOND)
    assert booking_of(lp, payment).state is BookingState.PAID
    later(lp, SECOND)
    assert booking_of(lp, payment).state is BookingState.COMPLETED
    assert payment_of(lp, payment).settled_at == lp.clock.now()


def test_a_student_who_wasnt_there_pays_all_the_same(lp: Rehearsal) -> None:
    payment = begun(lp)
    lp.claim_no_show(payment.booking_id, TEACHER)
    later(lp, 25 * HOUR)
    assert booking_of(lp, payment).state is BookingState.COMPLETED
    assert any(moment.why == "student_absent" for moment in lp.explain(payment.booking_id).moments)


def test_a_teacher_may_complete_a_lesson_that_the_student_missed(lp: Rehearsal) -> None:
    payment = begun(lp)
    lp.claim_no_show(payment.booking_id, TEACHER)
    lp.clock.advance(HOUR)
    assert lp.complete_booking(payment.booking_id, TEACHER).state is BookingState.COMPLETED


def test_a_teacher_who_wasnt_there_gives_everything_back(lp: Rehearsal) -> None:
    funded(lp)
    payment = begun(lp)
    lp.claim_no_show(payment.booking_id, STUDENT)
    later(lp, 25 * HOUR)
    assert booking_of(lp, payment).state is BookingState.CANCELLED
    assert refund_of(lp, payment).rule == "teacher_absent"
    assert payment_of(lp, payment).counters.refunded == payment.parts


def test_a_teacher_who_is_said_to_be_absent_denies_before_completing(lp: Rehearsal) -> None:
    payment = begun(lp)
    lp.claim_no_show(payment.booking_id, STUDENT)
    lp.clock.advance(HOUR)
    with pytest.raises(Refused) as refused:
        lp.complete_booking(payment.booking_id, TEACHER)
    assert refused.value.rule == "no_show_claimed"
    assert lp.deny_no_show(payment.booking_id, TEACHER).state is BookingState.CONTESTED


@pytest.mark.parametrize(("first", "second"), [(STUDENT, TEACHER), (TEACHER, STUDENT)])
def test_two_sides_that_missed_each_other_are_a_contest(lp: Rehearsal, first: str, second: str) -> None:
    payment = begun(lp)
    lp.claim_no_show(payment.booking_id, first)
    assert lp.claim_no_show(payment.booking_id, second).state is BookingState.CONTESTED


@pytest.mark.parametrize("by", [STUDENT, TEACHER])
def test_an_absence_that_nobody_claimed_cant_be_denied(lp: Rehearsal, by: str) -> None:
    payment = begun(lp)
    with pytest.raises(Refused) as refused:
        lp.deny_no_show(payment.booking_id, by)
    assert refused.value.rule == "no_claim_to_deny"


@pytest.mark.parametrize(
    ("moved", "rule"), [(-SECOND, "lesson_not_started"), (25 * HOUR, "grace_over")], ids=["early", "late"]
)
@pytest.mark.parametrize("wish", ["claim_no_show", "report_problem"])
def test_what_went_wrong_is_said_from_the_start_to_the_end_of_the_grace_period(
    lp: Rehearsal, moved: timedelta, rule: str, wish: str
) -> None:
    payment = paid(lp)
    lp.clock.move_to(booking_of(lp, payment).starts_at + moved)
    words = ("It was bad.",) if wish == "report_problem" else ()
    with pytest.raises(Refused) as refused:
        getattr(lp, wish)(payment.booking_id, STUDENT, *words)
    assert refused.value.rule == rule


def test_a_reported_problem_is_kept_as_text_and_decided_by_an_admin(lp: Rehearsal) -> None:
    payment = contested(lp)
    booking = booking_of(lp, payment)
    assert booking.state is BookingState.CONTESTED
    with lp.ports.transactions.begin() as transaction:
        (text,) = transaction.texts_by(booking.student_id)
    assert (text.text, text.subject) == ("Nobody spoke French.", booking.id)
    later(lp, 5 * DAY)
    assert booking_of(lp, payment).state is BookingState.CONTESTED


@pytest.mark.parametrize("cancelled", [True, False])
@pytest.mark.parametrize(("refund_minor", "price", "fee"), [(0, 0, 0), (1000, 952, 48), (2625, 2500, 125)])
def test_a_contest_ends_with_any_split(lp: Rehearsal, cancelled: bool, refund_minor: int, price: int, fee: int) -> None:
    funded(lp)
    payment = contested(lp)
    booking = lp.decide_contest(payment.booking_id, ADMIN, refund_minor, "Both were wrong.", cancelled=cancelled)
    assert booking.state is (BookingState.CANCELLED if cancelled else BookingState.COMPLETED)
    lp.work()
    now = payment_of(lp, payment)
    assert (now.counters.refunded.price.amount_minor, now.counters.refunded.fee.amount_minor) == (price, fee)
    assert held(lp, payment).get(f"teacher_payable:{TEACHER}", 0) == 2500 - price
    assert held(lp, payment).get("platform_fee", 0) == 125 - fee


def test_a_contest_is_decided_within_what_is_left(lp: Rehearsal) -> None:
    payment = contested(lp)
    with pytest.raises(Refused) as refused:
        lp.decide_contest(payment.booking_id, ADMIN, 2626, "More than all.")
    assert refused.value.rule == "exceeds_what_is_left"


def test_who_decides_a_contest_second_learns_what_the_first_decided(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    """Also if both decide at the same time, and nothing moves."""
    funded(lp)
    payment = contested(lp)
    meanwhile.before("begin", lambda: lp.decide_contest(payment.booking_id, SECOND_ADMIN, 1000, "Half of it."))
    for _ in range(2):
        with pytest.raises(Refused, match=f"^{SECOND_ADMIN} decided already: .* completed, and 10.00 USD goes back"):
            lp.decide_contest(payment.booking_id, ADMIN, 2000, "Most of it.")
    lp.work()
    assert payment_of(lp, payment).counters.refunded.total.amount_minor == 1000


def test_a_lesson_that_was_cancelled_is_no_contest(lp: Rehearsal) -> None:
    payment = paid(lp)
    lp.cancel_booking(payment.booking_id, STUDENT)
    with pytest.raises(Refused) as refused:
        lp.decide_contest(payment.booking_id, ADMIN, 500, "Nobody asked.", cancelled=True)
    assert refused.value.rule == "booking_cancelled"


def test_a_booking_without_payment_is_no_contest(lp: Rehearsal) -> None:
    with pytest.raises(Refused) as refused:
        lp.decide_contest(requested(lp).id, ADMIN, 0, "Nothing to decide.")
    assert refused.value.rule == "booking_requested"


@pytest.mark.parametrize(("asks", "answers"), [(STUDENT, TEACHER), (TEACHER, STUDENT)])
def test_a_lesson_moves_when_the_other_side_agrees(lp: Rehearsal, asks: str, answers: str) -> None:
    payment = paid(lp)
    new_start = booking_of(lp, payment).starts_at + DAY
    lp.propose_reschedule(payment.booking_id, asks, new_start)
    booking = lp.accept_reschedule(payment.booking_id, answers)
    assert (booking.starts_at, booking.proposal, booking.state) == (new_start, None, BookingState.PAID)
    assert told(lp, payment)[-2:] == ["booking.reschedule_proposed", "booking.rescheduled"]


def test_a_moved_lesson_is_never_paid_later_than_agreed(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    sooner = lp.clock.now() + 2 * HOUR
    lp.propose_reschedule(booking.id, STUDENT, sooner)
    assert lp.accept_reschedule(booking.id, TEACHER).pay_by == sooner - HOUR


def test_a_declined_proposal_leaves_the_time(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    lp.propose_reschedule(booking.id, STUDENT, booking.starts_at + DAY)
    kept = lp.decline_reschedule(booking.id, TEACHER)
    assert (kept.starts_at, kept.proposal) == (booking.starts_at, None)


@pytest.mark.parametrize("answer", ["accept_reschedule", "decline_reschedule"])
def test_nobody_answers_the_own_proposal(lp: Rehearsal, answer: str) -> None:
    booking = confirmed(lp)
    lp.propose_reschedule(booking.id, STUDENT, booking.starts_at + DAY)
    with pytest.raises(Refused) as refused:
        getattr(lp, answer)(booking.id, STUDENT)
    assert refused.value.rule == "own_proposal"


def test_a_lesson_doesnt_move_onto_another(lp: Rehearsal) -> None:
    gig = offered(lp)
    booking = confirmed(lp, gig)
    other: Booking = requested(lp, gig, student=OTHER_STUDENT, notice=4 * DAY)
    lp.propose_reschedule(booking.id, STUDENT, other.starts_at + 30 * MINUTE)
    with pytest.raises(Refused) as refused:
        lp.accept_reschedule(booking.id, TEACHER)
    assert refused.value.rule == "slot_taken"
    lp.propose_reschedule(booking.id, STUDENT, booking.starts_at + 30 * MINUTE)
    assert lp.accept_reschedule(booking.id, TEACHER).starts_at == booking.starts_at + 30 * MINUTE


def test_a_stranger_can_neither_ask_nor_answer(lp: Rehearsal) -> None:
    booking = confirmed(lp)
    with pytest.raises(NotFound):
        lp.propose_reschedule(booking.id, OTHER_STUDENT, booking.starts_at + DAY)
