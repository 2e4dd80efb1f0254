"""What a check of the books found."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.money import Money
from linguapay_core.domain.rules_of_the_books import Breach


@dataclass(frozen=True, slots=True)
class BalanceCompared:
    """The Stripe balance in one currency, as the books have it and as Stripe says."""

    in_books: Money
    at_stripe: Money


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked and what doesn't hold. Where Stripe wasn't asked, nothing is compared with it."""

    bookings: int
    entries: int
    breaches: tuple[Breach, ...]
    balance_transactions: int = 0
    balances: tuple[BalanceCompared, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything does."""
        return not self.breaches
