"""One side asks for another time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linguapay_core.domain import booking_rules
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.policies import Policies
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import own_booking
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ProposeReschedule:
    """The same lesson, from ``starts_at`` (aware) on."""

    booking_id: str
    person_id: str
    starts_at: datetime


@until_fresh
def propose_reschedule(
    command: ProposeReschedule, *, transactions: Transactions, clock: Clock, policies: Policies
) -> Booking:
    """Ask for another time, before the start. A later proposal replaces an earlier one."""
    with transactions.begin() as transaction:
        booking, by = own_booking(transaction, command.booking_id, command.person_id, field="person_id")
        decision = booking_rules.propose_reschedule(
            booking, command.starts_at, policies=policies, by=by, at=clock.now()
        )
        transaction.keep(decision)
    return decision.record
