"""A student asks for a lesson."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from linguapay_core.domain import booking_rules, erasure_rules
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.identifiers import BookingId, GigId, PersonId
from linguapay_core.domain.policies import Policies
from linguapay_core.domain.quote import check_length
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class RequestBooking:
    """A lesson of this gig, from ``starts_at`` (aware) on, for so many minutes."""

    student_id: str
    gig_id: str
    starts_at: datetime
    minutes: int


@until_fresh
def request_booking(
    command: RequestBooking, *, transactions: Transactions, clock: Clock, identifiers: Identifiers, policies: Policies
) -> Booking:
    """Ask for a lesson at the quote of this moment.

    Raises ``Invalid`` for a time or length that can't be booked, ``NotFound`` for an unknown gig, and ``Refused`` for a
    retired gig, the own gig, a time that is taken, or where one of both asked to be forgotten.
    """
    student = PersonId.parse(command.student_id, field="student_id")
    gig_id = GigId.parse(command.gig_id)
    booking_rules.check_start(command.starts_at, policies=policies, at=clock.now())
    check_length(command.minutes, policies.lessons)
    ends_at = command.starts_at + timedelta(minutes=command.minutes)
    with transactions.begin() as transaction:
        gig = transaction.gig(gig_id)
        erasure_rules.check_remembered(transaction.erasure(student), "This student")
        erasure_rules.check_remembered(transaction.erasure(gig.teacher_id), "The teacher")
        calendar = transaction.calendar(gig.teacher_id)
        decision = booking_rules.request(
            identifiers.new(BookingId),
            gig=gig,
            student_id=student,
            starts_at=command.starts_at,
            minutes=command.minutes,
            calendar=calendar,
            others=transaction.bookings_between(gig.teacher_id, command.starts_at, ends_at),
            policies=policies,
            at=clock.now(),
        )
        transaction.keep(decision)
    return decision.record
