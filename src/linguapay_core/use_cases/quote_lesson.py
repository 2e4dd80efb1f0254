"""Somebody wants to know what a lesson would cost."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.identifiers import GigId
from linguapay_core.domain.policies import Policies
from linguapay_core.domain.quote import Quote, quote
from linguapay_core.ports.transactions import Transactions


@dataclass(frozen=True, slots=True)
class QuoteLesson:
    """A lesson of so many minutes of this gig."""

    gig_id: str
    minutes: int


def quote_lesson(command: QuoteLesson, *, transactions: Transactions, policies: Policies) -> Quote:
    """Price, fee, total, what the teacher earns and the terms. Raises ``Invalid`` or ``Refused`` as ``quote`` does."""
    with transactions.begin() as transaction:
        gig = transaction.gig(GigId.parse(command.gig_id))
    return quote(gig.hourly_price, command.minutes, policies)
