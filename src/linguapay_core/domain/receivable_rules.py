"""How what a teacher owes is given up. What is kept back from later earnings is decided with the transfer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from linguapay_core.domain import postings
from linguapay_core.domain.decision import Actor, Decision, decided
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.events.payment import ReceivableWrittenOff
from linguapay_core.domain.identifiers import TextId, check_reference
from linguapay_core.domain.ledger import Balances
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import Payment


def why_not(payment: Payment, books: Balances, amount: Money | None = None) -> Refused | None:
    """Why nothing, or not this ``amount``, can be written off of this payment, or ``None``."""
    owed = books[payment.receivable]
    if not owed:
        return Refused("nothing_owed", "The teacher owes nothing for this payment.")
    if amount is not None and amount > owed:
        reason = f"{amount} is more than what the teacher owes for this payment, {owed}."
        return Refused("exceeds_what_is_owed", reason, way_out=f"Write off at most {owed}.")
    return None


def write_off(
    payment: Payment, books: Balances, amount: Money, reference: str, text_id: TextId, *, by: Actor, at: datetime
) -> Decision[Payment]:
    """Give up so much of what the teacher owes for a payment: the platform bears it.

    Raises ``Invalid`` for a reference or an amount that can't be meant, ``Refused`` for more than is owed.
    """
    check_reference(reference, whose="yours")
    if amount.amount_minor <= 0:
        raise Invalid("amount", "an amount written off is above nothing.")
    if refusal := why_not(payment, books, amount):
        raise refusal
    fact = ReceivableWrittenOff(amount.amount_minor, amount.currency.code, reference, text_id)
    decision = decided(payment, fact, by=by, at=at)
    return replace(decision, entries=postings.written_off(payment, amount, reference, at=at))
