"""Either side cancels a lesson."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import booking_rules, settlement
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.money import Parts
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import case_of, own_booking
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class CancelBooking:
    """This student or teacher cancels."""

    booking_id: str
    person_id: str


@until_fresh
def cancel_booking(
    command: CancelBooking, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Booking:
    """Cancel before the start. What was paid goes back by the terms, or in full where the teacher cancels."""
    with transactions.begin() as transaction:
        booking, by = own_booking(transaction, command.booking_id, command.person_id, field="person_id")
        payment = transaction.holding_payment(booking.id)
        if payment is None:
            nothing = Parts.none(booking.quote.total.currency)
            decision = booking_rules.cancel(booking, nothing, by=by, at=clock.now())
        else:
            decision = settlement.cancel(case_of(transaction, payment, identifiers), by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
