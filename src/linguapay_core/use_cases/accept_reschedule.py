"""The other side agrees to another time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from linguapay_core.domain import booking_rules
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.policies import Policies
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import own_booking
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class AcceptReschedule:
    """This person agrees to the time that the other side proposed."""

    booking_id: str
    person_id: str


@until_fresh
def accept_reschedule(
    command: AcceptReschedule, *, transactions: Transactions, clock: Clock, policies: Policies
) -> Booking:
    """Move the lesson; price and payment stay. Raises ``Refused`` if the time has been taken meanwhile."""
    with transactions.begin() as transaction:
        booking, by = own_booking(transaction, command.booking_id, command.person_id, field="person_id")
        start = booking.proposal.starts_at if booking.proposal else booking.starts_at
        end = start + timedelta(minutes=booking.quote.minutes)
        decision = booking_rules.accept_reschedule(
            booking,
            calendar=transaction.calendar(booking.teacher_id),
            others=transaction.bookings_between(booking.teacher_id, start, end),
            policies=policies,
            by=by,
            at=clock.now(),
        )
        transaction.keep(decision)
    return decision.record
