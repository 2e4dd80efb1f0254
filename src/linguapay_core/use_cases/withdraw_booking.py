"""The student takes a request back."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import booking_rules
from linguapay_core.domain.booking import Booking
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import own_booking
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class WithdrawBooking:
    """This student doesn't want the lesson any more."""

    booking_id: str
    student_id: str


@until_fresh
def withdraw_booking(command: WithdrawBooking, *, transactions: Transactions, clock: Clock) -> Booking:
    """Take a request back before it is answered. Raises ``Refused`` after that: then it is cancelled."""
    with transactions.begin() as transaction:
        booking, by = own_booking(transaction, command.booking_id, command.student_id, field="student_id")
        decision = booking_rules.withdraw(booking, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
