"""What a refund that came to nothing left in the escrow of a lesson that won't be given: it is sent once more."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from linguapay_core.domain import refund_rules
from linguapay_core.domain.decision import Actor, Decision
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.identifiers import RefundId
from linguapay_core.domain.ledger import ESCROW, Balances
from linguapay_core.domain.money import Parts
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import CAME_TO_NOTHING, Refund

REFUNDED_AGAIN: Final = "refunded_again"


def why_not_again(refund: Refund, payment: Payment, books: Balances, *, lesson_given: bool) -> Refused | None:
    """Why what a refund was to send back can't be sent once more, or ``None`` if it can."""
    if refund.state not in CAME_TO_NOTHING:
        return Refused(
            "refund_goes_on", "This refund hasn't come to nothing.", way_out="Wait until it was rejected or has failed."
        )
    if lesson_given or payment.settled_at is None or not _left_over(refund, payment, books):
        return Refused(
            "nothing_left_over",
            "Nothing of this refund stands in escrow without a lesson to be given for it.",
            way_out="Approve a refund request, or send the student's credit again.",
        )
    return None


def refund_again(
    refund_id: RefundId,
    refund: Refund,
    payment: Payment,
    books: Balances,
    *,
    lesson_given: bool,
    by: Actor,
    at: datetime,
) -> Decision[Refund]:
    """Send back once more what a refund that came to nothing left in the escrow of a lesson that won't be given.

    Raises ``Refused`` where nothing of it stands there, as after a second time.
    """
    refusal = why_not_again(refund, payment, books, lesson_given=lesson_given)
    if refusal is not None:
        raise refusal
    parts = _left_over(refund, payment, books)
    return refund_rules.reserve(refund_id, payment, books, parts, rule=REFUNDED_AGAIN, by=by, at=at)


def _left_over(refund: Refund, payment: Payment, books: Balances) -> Parts:
    """What of a refund's parts still stands in escrow and hasn't gone to the student in another way."""
    escrow, left = books[ESCROW], payment.counters.left
    price = min(refund.parts.price, left.price, escrow)
    return Parts(price, min(refund.parts.fee, left.fee, escrow - price))
