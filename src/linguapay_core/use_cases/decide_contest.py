"""An admin decides between a student and a teacher."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import people, settlement
from linguapay_core.domain.booking import BOOKING, Booking, BookingTrigger
from linguapay_core.domain.identifiers import BookingId, PersonId, TextId
from linguapay_core.domain.money import Money
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin, amount_of, case_of
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class DecideContest:
    """``refund_minor`` of the total goes back; the lesson counts as given, or as cancelled if ``cancelled``."""

    booking_id: str
    admin_id: str
    refund_minor: int
    notes: str
    cancelled: bool = False


@until_fresh
def decide_contest(
    command: DecideContest, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Booking:
    """Decide a contest, with any split. Raises ``Refused`` for more than is left of the payment."""
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        booking = transaction.booking(BookingId.parse(command.booking_id))
        payment = transaction.holding_payment(booking.id)
        if payment is None:
            raise BOOKING.refusal(booking.state, BookingTrigger.DECIDE_COMPLETED)
        amount: Money = amount_of(command.refund_minor, payment.currency.code, field="refund")
        text_id = identifiers.new(TextId)
        case = case_of(transaction, payment, identifiers)
        decision = settlement.decide_contest(case, amount, text_id, cancelled=command.cancelled, by=by, at=clock.now())
        if decision:
            decision += people.write_down(
                text_id, subject=booking.id, author=PersonId(by.person), text=command.notes, field="notes"
            )
        transaction.keep(decision)
    return decision.record
