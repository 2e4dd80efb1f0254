"""What a refund that came to nothing left in an escrow that has been settled: it is sent once more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from linguapay_core.domain import postings, refund_rules
from linguapay_core.domain.decision import Actor, Decision
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.identifiers import RefundId
from linguapay_core.domain.ledger import ESCROW, Balances
from linguapay_core.domain.money import Parts, smaller
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import CAME_TO_NOTHING, Refund


def rule_of(refund: Refund) -> str:
    """The rule of the refund that sends once more what this one left: it names this one."""
    return f"refunded_again {refund.id}"


def why_not_again(
    refund: Refund, payment: Payment, books: Balances, refunds: Iterable[Refund], *, lesson_given: bool
) -> Refused | None:
    """Why what a refund was to send back can't be sent once more, or ``None`` if it can.

    ``refunds`` are all of the payment's.
    """
    if refund.state not in CAME_TO_NOTHING:
        reason = "This refund hasn't come to nothing."
        return Refused("refund_goes_on", reason, way_out="Wait until it was rejected or has failed.")
    again = next((one for one in refunds if one.rule == rule_of(refund)), None)
    if again is not None:
        reason = f"{again.id} sends once more what this refund was to send back."
        return Refused("refunded_again", reason, way_out=f"If {again.id} comes to nothing as well, refund that again.")
    teachers = postings.settled_since(refund, payment, lesson_given=lesson_given)
    if teachers or payment.settled_at is None or not parts_left_over(refund, payment, books):
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
    refunds: Iterable[Refund],
    *,
    lesson_given: bool,
    by: Actor,
    at: datetime,
) -> Decision[Refund]:
    """Send back once more what a refund that came to nothing left in an escrow that has been settled.

    Raises ``Refused`` where nothing of it stands there, and a second time.
    """
    refusal = why_not_again(refund, payment, books, refunds, lesson_given=lesson_given)
    if refusal is not None:
        raise refusal
    parts = parts_left_over(refund, payment, books)
    return refund_rules.reserve(refund_id, payment, books, parts, rule=rule_of(refund), by=by, at=at)


def parts_left_over(refund: Refund, payment: Payment, books: Balances) -> Parts:
    """What of a refund's parts still stands in escrow and hasn't gone to the student in another way."""
    escrow, left = books[ESCROW], payment.counters.left
    price = smaller(smaller(refund.parts.price, left.price), escrow)
    return Parts(price, smaller(smaller(refund.parts.fee, left.fee), escrow - price))
