"""One side says that the other wasn't there."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import booking_rules
from linguapay_core.domain.booking import Booking
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import own_booking
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ClaimNoShow:
    """This person waited in vain."""

    booking_id: str
    person_id: str


@until_fresh
def claim_no_show(command: ClaimNoShow, *, transactions: Transactions, clock: Clock) -> Booking:
    """Say that the other side wasn't there, from the start of the lesson to the end of the grace period."""
    with transactions.begin() as transaction:
        booking, by = own_booking(transaction, command.booking_id, command.person_id, field="person_id")
        decision = booking_rules.claim_no_show(booking, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
