"""An admin decides between a student and a teacher."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import people_rules, settlement
from linguapay_core.domain.booking import BOOKING, Booking, BookingTrigger
from linguapay_core.domain.identifiers import BookingId, PersonId, TextId
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin, amount_of, case_in
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
    command: DecideContest, *, transactions: Transactions, reports: Reports, clock: Clock, identifiers: Identifiers
) -> Booking:
    """Decide a contest, with any split. The same a second time changes nothing.

    Raises ``Refused`` for more than is left of the payment, and where it was decided otherwise.
    """
    by = admin(command.admin_id)
    story = reports.story(BookingId.parse(command.booking_id))
    booking, payment = story.booking, next((one for one in story.payments if one.holds_booking), None)
    if payment is None:
        raise BOOKING.refusal(booking.state, BookingTrigger.DECIDE_COMPLETED)
    amount = amount_of(command.refund_minor, payment.currency.code, field="refund")
    text_id, case = identifiers.new(TextId), case_in(story, payment, identifiers)
    decision = settlement.decide_contest(
        case, story.events, amount, text_id, cancelled=command.cancelled, by=by, at=clock.now()
    )
    if decision:
        author = PersonId(by.person)
        decision += people_rules.write_down(
            text_id, subject=booking.id, author=author, text=command.notes, field="notes"
        )
    with transactions.begin() as transaction:
        transaction.keep(decision)
    return decision.record
