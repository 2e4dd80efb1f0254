"""The teacher doesn't agree to a lesson."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import booking_rules
from linguapay_core.domain.booking import Booking
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import own_booking
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class DeclineBooking:
    """This teacher doesn't agree."""

    booking_id: str
    teacher_id: str


@until_fresh
def decline_booking(command: DeclineBooking, *, transactions: Transactions, clock: Clock) -> Booking:
    """Say no to a request. Raises ``Refused`` for what is confirmed already: that is cancelled."""
    with transactions.begin() as transaction:
        booking, by = own_booking(transaction, command.booking_id, command.teacher_id, field="teacher_id")
        decision = booking_rules.decline(booking, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
