"""The teacher agrees to a lesson."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import booking_rules
from linguapay_core.domain.booking import Booking
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import own_booking
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ConfirmBooking:
    """This teacher agrees."""

    booking_id: str
    teacher_id: str


@until_fresh
def confirm_booking(command: ConfirmBooking, *, transactions: Transactions, clock: Clock) -> Booking:
    """Agree to a lesson; the student may pay from now on. Raises ``Refused`` after the deadline for an answer."""
    with transactions.begin() as transaction:
        booking, by = own_booking(transaction, command.booking_id, command.teacher_id, field="teacher_id")
        decision = booking_rules.confirm(booking, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
