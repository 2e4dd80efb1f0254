"""Somebody wants to know what would come back if a lesson were cancelled now."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.booking import BookingState, BookingTrigger, why_not
from linguapay_core.domain.money import Parts
from linguapay_core.domain.settlement import cancellation_parts
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import own_booking


@dataclass(frozen=True, slots=True)
class QuoteCancellation:
    """This student or teacher thinks of cancelling."""

    booking_id: str
    person_id: str


def quote_cancellation(command: QuoteCancellation, *, transactions: Transactions, clock: Clock) -> Parts:
    """What goes back of price and fee; nothing where nothing is paid.

    Raises ``Refused`` where it can't be cancelled.
    """
    at = clock.now()
    with transactions.begin() as transaction:
        booking, by = own_booking(transaction, command.booking_id, command.person_id, field="person_id")
        payment = transaction.holding_payment(booking.id)
    refusal = why_not(booking, BookingTrigger.CANCEL, by=by, at=at)
    if refusal is not None:
        raise refusal
    if payment is None or booking.state is not BookingState.PAID:
        return Parts.none(booking.quote.total.currency)
    return cancellation_parts(booking, payment, by=by.role, at=at)
