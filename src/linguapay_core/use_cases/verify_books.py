"""Somebody wants to know whether all holds that must always hold of the books, and whether Stripe says the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from linguapay_core.domain.invariants_of_all import cash_breaches
from linguapay_core.domain.ledger import STRIPE_BALANCE, Entry
from linguapay_core.domain.rules_of_the_books import Breach, Rule
from linguapay_core.domain.seen import ForeignCash, SeenCash
from linguapay_core.domain.verdict import BalanceCompared, Verdict
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.reports import Reports
from linguapay_core.use_cases.steps.checking import check
from linguapay_core.use_cases.steps.definite import definite

START: Final = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class VerifyBooks:
    """All of them, against Stripe's balance and every movement on it."""


def verify_books(
    command: VerifyBooks,  # noqa: ARG001
    *,
    reports: Reports,
    gateway: Gateway,
    clock: Clock,
    zone: tzinfo,
) -> Verdict:
    """Check every invariant of the books, and compare them with Stripe.

    Raises ``GatewayUnreachable`` where Stripe is silent.
    """
    booked: list[Entry] = []
    checked = check(reports, clock, zone, note=lambda entry: booked.append(entry) if entry.cash else None)
    told = list(_cash(gateway))
    balances = tuple(
        BalanceCompared(books[STRIPE_BALANCE], definite(gateway.balance(books.currency))) for books in checked.balances
    )
    unequal = tuple(
        Breach(
            Rule.CASH_EQUALS_STRIPES,
            f"balance in {one.in_books.currency}",
            f"{one.in_books} here, {one.at_stripe} there",
        )
        for one in balances
        if one.in_books != one.at_stripe
    )
    breaches = checked.breaches + cash_breaches(booked, told) + unequal
    return Verdict(checked.bookings, checked.entries, breaches, len(told), balances)


def _cash(gateway: Gateway) -> Iterator[SeenCash | ForeignCash]:
    page = definite(gateway.cash(since=START))
    yield from page.items
    while page.next_cursor:
        page = definite(gateway.cash(since=START, cursor=page.next_cursor))
        yield from page.items
