"""Somebody wants to know whether all holds that must always hold of the books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from linguapay_core.domain import invariants
from linguapay_core.domain.invariants import Breach
from linguapay_core.domain.ledger import STRIPE_BALANCE, Entry
from linguapay_core.domain.money import Money
from linguapay_core.domain.seen import ForeignCash, SeenCash
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.reports import Reports
from linguapay_core.use_cases.steps.definite import definite

START: Final = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class VerifyBooks:
    """With or without asking Stripe for its balance and every movement on it."""

    with_stripe: bool = True


@dataclass(frozen=True, slots=True)
class BalanceCompared:
    """The Stripe balance in one currency, as the books have it and as Stripe says."""

    in_books: Money
    at_stripe: Money


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked and what doesn't hold."""

    bookings: int
    entries: int
    balance_transactions: int
    breaches: tuple[Breach, ...]
    balances: tuple[BalanceCompared, ...]

    @property
    def holds(self) -> bool:
        """Whether everything does."""
        return not self.breaches


def verify_books(command: VerifyBooks, *, reports: Reports, gateway: Gateway, clock: Clock) -> Verdict:
    """Check every invariant of every booking, and compare the books with Stripe.

    Raises ``GatewayUnreachable`` where Stripe is to be asked and is silent.
    """
    found: list[Breach] = []
    entries: dict[str, Entry] = {}
    bookings = 0
    for booking_id in reports.bookings():
        story = reports.story(booking_id)
        found += invariants.breaches(story, at=clock.now())
        entries.update((entry.key, entry) for entry in story.entries)
        bookings += 1
    entries.update((entry.key, entry) for entry in reports.entries_of_no_payment())
    found += invariants.entry_breaches(entries.values())
    totals = reports.totals()
    for books in totals.balances:
        found += invariants.netting_breaches(books) + invariants.suspense_breaches(books, totals.alarms)
    if not command.with_stripe:
        return Verdict(bookings, len(entries), 0, tuple(found), ())
    told = list(_cash(gateway))
    found += invariants.cash_breaches(entries.values(), told)
    balances = tuple(
        BalanceCompared(books[STRIPE_BALANCE], definite(gateway.balance(books.currency))) for books in totals.balances
    )
    found += [
        Breach(
            "5 cash equals Stripe's",
            f"balance in {one.in_books.currency}",
            f"{one.in_books} here, {one.at_stripe} there",
        )
        for one in balances
        if one.in_books != one.at_stripe
    ]
    return Verdict(bookings, len(entries), len(told), tuple(found), balances)


def _cash(gateway: Gateway) -> Iterator[SeenCash | ForeignCash]:
    page = definite(gateway.cash(since=START))
    yield from page.items
    while page.next_cursor:
        page = definite(gateway.cash(since=START, cursor=page.next_cursor))
        yield from page.items
