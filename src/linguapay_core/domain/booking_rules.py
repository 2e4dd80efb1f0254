"""How a booking is decided: each rule takes the booking as it is and says what it becomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from linguapay_core.domain.booking import (
    BOOKING,
    OCCUPYING,
    Booking,
    Proposal,
    step,
)
from linguapay_core.domain.booking import (
    BookingState as S,
)
from linguapay_core.domain.booking import (
    BookingTrigger as T,
)
from linguapay_core.domain.decision import CLOCK, STRIPE, Actor, Decision, Event, decided
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.events import booking as facts
from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId, TextId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Money, Parts
from linguapay_core.domain.people import Calendar
from linguapay_core.domain.policies import CancellationTerms, Policies
from linguapay_core.domain.quote import quote
from linguapay_core.domain.refund import CANCELLED_BY, RefundRule

_DECIDE: Final = {True: T.DECIDE_CANCELLED, False: T.DECIDE_COMPLETED}
"""How a contest ends: the lesson is cancelled, or counts as given."""


def request(
    booking_id: BookingId,
    *,
    gig: Gig,
    student_id: PersonId,
    starts_at: datetime,
    minutes: int,
    calendar: Calendar,
    others: Iterable[Booking],
    policies: Policies,
    at: datetime,
) -> Decision[Booking]:
    """Ask for a lesson, at the quote of this moment, which is frozen.

    Raises ``Invalid`` for a time that is past, too near or too far, and ``Refused`` for a retired gig, the teacher's
    own gig or a time that is taken.
    """
    check_start(starts_at, policies=policies, at=at)
    if not gig.active:
        raise Refused("gig_retired", "This gig is no longer offered.", way_out="Choose another gig.")
    if student_id == gig.teacher_id:
        raise Refused("own_gig", "A teacher can't book the own gig.")
    asked = quote(gig.hourly_price, minutes, policies)
    deadlines = policies.deadlines
    booking = Booking(
        id=booking_id,
        version=0,
        gig_id=gig.id,
        student_id=student_id,
        teacher_id=gig.teacher_id,
        starts_at=starts_at,
        quote=asked,
        deadlines=deadlines,
        state=BOOKING.start,
        requested_at=at,
        answer_by=min(at + deadlines.answer, starts_at - deadlines.pay_before_start),
    )
    _check_free(booking, starts_at, others)
    fact = facts.BookingRequested(
        gig_id=gig.id,
        student_id=student_id,
        teacher_id=gig.teacher_id,
        starts_at=starts_at,
        minutes=minutes,
        price_minor=asked.price.amount_minor,
        fee_minor=asked.fee.amount_minor,
        total_minor=asked.total.amount_minor,
        currency=asked.total.currency.code,
        terms=written(asked.terms),
    )
    return decided(booking, fact, by=Actor(Role.STUDENT, student_id), at=at) + Decision(calendar, (calendar,))


def written(terms: CancellationTerms) -> str:
    """Cancellation terms as ``24:10000 6:5000``: hours before the start, and basis points."""
    return " ".join(f"{tier.hours_before}:{tier.refund_bps}" for tier in terms.tiers)


def confirm(booking: Booking, *, by: Actor, at: datetime) -> Decision[Booking]:
    """The teacher agrees. The student has time to pay, but not beyond an hour (by default) before the start."""
    state = step(booking, T.CONFIRM, by=by, at=at)
    if state is None:
        return Decision(booking)
    pay_by = min(at + booking.deadlines.pay, booking.starts_at - booking.deadlines.pay_before_start)
    return decided(replace(booking, state=state, pay_by=pay_by), facts.BookingConfirmed(pay_by), by=by, at=at)


def decline(booking: Booking, *, by: Actor, at: datetime) -> Decision[Booking]:
    """The teacher doesn't agree."""
    state = step(booking, T.DECLINE, by=by, at=at)
    return Decision(booking) if state is None else _closed(booking, state, facts.BookingDeclined(), by=by, at=at)


def withdraw(booking: Booking, *, by: Actor, at: datetime) -> Decision[Booking]:
    """The student takes the request back before it was answered."""
    state = step(booking, T.WITHDRAW, by=by, at=at)
    return (
        Decision(booking)
        if state is None
        else _closed(booking, state, facts.BookingCancelled(), by=by, at=at, why="withdrawn")
    )


def pass_answer_by(booking: Booking, *, at: datetime) -> Decision[Booking]:
    """Nobody answered in time."""
    state = step(booking, T.PASS_ANSWER_BY, by=CLOCK, at=at)
    return (
        Decision(booking)
        if state is None
        else _closed(booking, state, facts.BookingExpired(), by=CLOCK, at=at, why="unanswered")
    )


def start_payment(booking: Booking, payment_id: PaymentId, *, by: Actor, at: datetime) -> Decision[Booking]:
    """The student begins to pay."""
    state = step(booking, T.START_PAYMENT, by=by, at=at)
    if state is None:
        return Decision(booking)
    return decided(replace(booking, state=state), facts.BookingPaymentStarted(payment_id), by=by, at=at)


def pass_pay_by(booking: Booking, *, at: datetime) -> Decision[Booking]:
    """Nobody paid in time. While a payment is under way Stripe decides what came first."""
    state = step(booking, T.PASS_PAY_BY, by=CLOCK, at=at)
    if state is None:
        return Decision(booking)
    if state is S.CANCELLING:
        return decided(replace(booking, state=state), facts.BookingCancelling(), by=CLOCK, at=at, why="unpaid")
    return _closed(booking, state, facts.BookingExpired(), by=CLOCK, at=at, why="unpaid")


def payment_succeeded(
    booking: Booking, payment_id: PaymentId, *, by: Actor = STRIPE, at: datetime
) -> Decision[Booking]:
    """The money is here: the lesson is paid, or, if it was being cancelled, cancelled (and the caller refunds).

    ``by`` is who said so: Stripe, or the admin who accepted quarantined money.
    """
    state = step(booking, T.PAYMENT_SUCCEEDED, by=STRIPE, at=at)
    if state is None:
        return Decision(booking)
    if state is S.PAID:
        return decided(replace(booking, state=state), facts.BookingPaid(payment_id), by=by, at=at)
    return _closed(booking, state, facts.BookingCancelled(), by=STRIPE, at=at, why=RefundRule.CANCELLED_WHILE_PAYING)


def payment_ended(booking: Booking, payment_id: PaymentId, *, at: datetime) -> Decision[Booking]:
    """The payment came to nothing: another may be started before pay-by; a booking being cancelled is cancelled."""
    late = booking.pay_by is not None and at >= booking.pay_by
    state = step(booking, T.PAYMENT_ENDED_LATE if late else T.PAYMENT_ENDED, by=STRIPE, at=at)
    if state is None:
        return Decision(booking)
    if state is S.CONFIRMED:
        return decided(replace(booking, state=state), facts.BookingPaymentEnded(payment_id), by=STRIPE, at=at)
    fact = facts.BookingExpired() if state is S.EXPIRED else facts.BookingCancelled()
    return _closed(
        booking,
        state,
        fact,
        by=STRIPE,
        at=at,
        why="unpaid" if state is S.EXPIRED else RefundRule.CANCELLED_WHILE_PAYING,
    )


def cancel(booking: Booking, refunded: Parts, *, by: Actor, at: datetime) -> Decision[Booking]:
    """Either side cancels before the start. ``refunded`` is what goes back of a payment that succeeded."""
    state = step(booking, T.CANCEL, by=by, at=at)
    if state is None:
        return Decision(booking)
    why = CANCELLED_BY[by.role]
    if state is S.CANCELLING:
        return decided(replace(booking, state=state), facts.BookingCancelling(), by=by, at=at, why=why)
    fact = facts.BookingCancelled(refunded.price.amount_minor, refunded.fee.amount_minor)
    return _closed(booking, state, fact, by=by, at=at, why=why)


def complete(booking: Booking, *, by: Actor, at: datetime) -> Decision[Booking]:
    """The lesson was given: the teacher says so after its end."""
    state = step(booking, T.COMPLETE, by=by, at=at)
    return Decision(booking) if state is None else _closed(booking, state, facts.BookingCompleted(), by=by, at=at)


def pass_grace(booking: Booking, refunded: Parts, *, at: datetime) -> Decision[Booking]:
    """The grace period is over: the lesson counts as given, unless an absent teacher didn't deny it."""
    teacher_absent = booking.absent is Role.TEACHER
    state = step(booking, T.UPHOLD_NO_SHOW if teacher_absent else T.PASS_GRACE, by=CLOCK, at=at)
    if state is None:
        return Decision(booking)
    if teacher_absent:
        fact = facts.BookingCancelled(refunded.price.amount_minor, refunded.fee.amount_minor)
        return _closed(booking, state, fact, by=CLOCK, at=at, why=RefundRule.TEACHER_ABSENT)
    why = "student_absent" if booking.absent else "grace_over"
    return _closed(booking, state, facts.BookingCompleted(), by=CLOCK, at=at, why=why)


def claim_no_show(booking: Booking, *, by: Actor, at: datetime) -> Decision[Booking]:
    """One side says that the other wasn't there. Claiming again changes nothing; two claims make a contest."""
    step(booking, T.CLAIM_NO_SHOW, by=by, at=at)
    absent = Role.TEACHER if by.role is Role.STUDENT else Role.STUDENT
    if booking.absent is absent:
        return Decision(booking)
    if booking.absent is not None:
        return deny_no_show(booking, by=by, at=at)
    return decided(replace(booking, absent=absent), facts.NoShowClaimed(absent), by=by, at=at)


def deny_no_show(booking: Booking, *, by: Actor, at: datetime) -> Decision[Booking]:
    """The side that is said to have been absent says otherwise; an admin decides."""
    state = step(booking, T.DENY_NO_SHOW, by=by, at=at)
    if state is None:
        return Decision(booking)
    return decided(replace(booking, state=state), facts.BookingContested(), by=by, at=at, why="no_show_denied")


def report_problem(booking: Booking, text_id: TextId, *, by: Actor, at: datetime) -> Decision[Booking]:
    """The student says that something was wrong with the lesson; an admin decides."""
    state = step(booking, T.REPORT_PROBLEM, by=by, at=at)
    if state is None:
        return Decision(booking)
    return decided(replace(booking, state=state), facts.BookingContested(text_id), by=by, at=at, why="problem_reported")


def is_decided(booking: Booking, events: Iterable[Event], amount: Money, *, cancelled: bool) -> bool:
    """Whether an admin decided its contest just so already. The booking's ``events`` tell how it ended.

    Raises ``Refused`` where it was decided otherwise, or ended without a contest.
    """
    if BOOKING.allows(booking.state, _DECIDE[cancelled]):
        return False
    told = [(event.by, event.fact) for event in events if isinstance(event.fact, facts.ContestDecided)]
    if not told:
        raise BOOKING.refusal(booking.state, _DECIDE[cancelled])
    ((who, fact),) = told
    back = Money(fact.refund_minor + fact.fee_refund_minor, booking.quote.total.currency)
    if back == amount and BOOKING.is_done(booking.state, _DECIDE[cancelled]):
        return True
    raise Refused(
        "decided_otherwise",
        f"{who.person} decided already: the lesson counts as {booking.state}, and {back} goes back.",
        way_out="What is decided stays. The student can still ask for what is left.",
    )


def decide_contest(
    booking: Booking, refunded: Parts, text_id: TextId, *, cancelled: bool, by: Actor, at: datetime
) -> Decision[Booking]:
    """An admin decides: the lesson counts as given or as cancelled, and so much goes back."""
    state = step(booking, _DECIDE[cancelled], by=by, at=at)
    if state is None:
        return Decision(booking)
    fact = facts.ContestDecided(refunded.price.amount_minor, refunded.fee.amount_minor, text_id)
    return _closed(booking, state, fact, by=by, at=at)


def propose_reschedule(
    booking: Booking, starts_at: datetime, *, policies: Policies, by: Actor, at: datetime
) -> Decision[Booking]:
    """One side asks for another time of the same length, so that the price stays."""
    state = step(booking, T.PROPOSE_RESCHEDULE, by=by, at=at)
    assert state is not None
    check_start(starts_at, policies=policies, at=at)
    proposal = Proposal(starts_at, by.role)
    if booking.proposal == proposal:
        return Decision(booking)
    return decided(replace(booking, proposal=proposal), facts.RescheduleProposed(starts_at), by=by, at=at)


def accept_reschedule(
    booking: Booking, *, calendar: Calendar, others: Iterable[Booking], policies: Policies, by: Actor, at: datetime
) -> Decision[Booking]:
    """The other side agrees. Deadlines of paying never move back; the terms count from the new start.

    A second time changes nothing.
    """
    if _answered(booking, T.ACCEPT_RESCHEDULE):
        return Decision(booking)
    step(booking, T.ACCEPT_RESCHEDULE, by=by, at=at)
    assert booking.proposal is not None
    starts_at = booking.proposal.starts_at
    check_start(starts_at, policies=policies, at=at)
    _check_free(booking, starts_at, others)
    latest = starts_at - booking.deadlines.pay_before_start
    pay_by = None if booking.pay_by is None else min(booking.pay_by, latest)
    moved = replace(booking, starts_at=starts_at, pay_by=pay_by, proposal=None)
    return decided(moved, facts.Rescheduled(starts_at), by=by, at=at) + Decision(calendar, (calendar,))


def decline_reschedule(booking: Booking, *, by: Actor, at: datetime) -> Decision[Booking]:
    """The other side keeps to the time. A second time changes nothing."""
    if _answered(booking, T.DECLINE_RESCHEDULE):
        return Decision(booking)
    step(booking, T.DECLINE_RESCHEDULE, by=by, at=at)
    return decided(replace(booking, proposal=None), facts.RescheduleDeclined(), by=by, at=at)


def _answered(booking: Booking, answer: T) -> bool:
    """Whether no proposal waits for this answer any more, though one could."""
    return booking.proposal is None and BOOKING.allows(booking.state, answer)


def _closed(booking: Booking, state: S, fact: Fact, *, by: Actor, at: datetime, why: str = "") -> Decision[Booking]:
    return decided(replace(booking, state=state, closed_at=at, proposal=None), fact, by=by, at=at, why=why)


def check_start(starts_at: datetime, *, policies: Policies, at: datetime) -> None:
    """Raise ``Invalid`` for a start that has no zone, is past, too near or too far."""
    if starts_at.tzinfo is None or starts_at.utcoffset() is None:
        raise Invalid("starts_at", "a time needs its zone; send it as 2026-11-23T10:00:00Z.")
    earliest = at + policies.deadlines.pay_before_start
    if starts_at <= earliest:
        raise Invalid(
            "starts_at", f"a lesson starts after {earliest:%Y-%m-%d %H:%M} UTC, so that it can be answered and paid."
        )
    if starts_at > at + policies.lessons.furthest_ahead:
        raise Invalid("starts_at", f"a lesson is booked at most {policies.lessons.furthest_ahead.days} days ahead.")


def _check_free(booking: Booking, starts_at: datetime, others: Iterable[Booking]) -> None:
    ends_at = starts_at + timedelta(minutes=booking.quote.minutes)
    for other in others:
        if (
            other.id != booking.id
            and other.state in OCCUPYING
            and other.starts_at < ends_at
            and starts_at < other.ends_at
        ):
            raise Refused(
                "slot_taken",
                f"The teacher has another lesson from {other.starts_at:%Y-%m-%d %H:%M} to {other.ends_at:%H:%M} UTC.",
                way_out="Choose another time.",
            )
