"""The other side was there after all."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import booking_rules
from linguapay_core.domain.booking import Booking
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import own_booking
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class DenyNoShow:
    """This person was there."""

    booking_id: str
    person_id: str


@until_fresh
def deny_no_show(command: DenyNoShow, *, transactions: Transactions, clock: Clock) -> Booking:
    """Deny a claimed no-show, until the end of the grace period; an admin decides."""
    with transactions.begin() as transaction:
        booking, by = own_booking(transaction, command.booking_id, command.person_id, field="person_id")
        decision = booking_rules.deny_no_show(booking, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
