"""The teacher says that the lesson was given."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import settlement
from linguapay_core.domain.booking import BOOKING, Booking, BookingTrigger
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import case_of, own_booking
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class CompleteBooking:
    """This teacher gave the lesson."""

    booking_id: str
    teacher_id: str


@until_fresh
def complete_booking(
    command: CompleteBooking, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Booking:
    """Complete a paid lesson after its end: the teacher has earned, and is paid after the protection period."""
    with transactions.begin() as transaction:
        booking, by = own_booking(transaction, command.booking_id, command.teacher_id, field="teacher_id")
        payment = transaction.holding_payment(booking.id)
        if payment is None:
            raise BOOKING.refusal(booking.state, BookingTrigger.COMPLETE)
        decision = settlement.complete(case_of(transaction, payment, identifiers), by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
