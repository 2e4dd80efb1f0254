"""What must always hold of all the books together: of cash, of balances, and of what is counted ahead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.figures import Difference
from linguapay_core.domain.ledger import STRIPE_BALANCE, SUSPENSE, Balances, Entry, Kind
from linguapay_core.domain.rules_of_the_books import Breach, Rule
from linguapay_core.domain.seen import ForeignCash, SeenCash

IN_SUSPENSE: Final = frozenset({"cash_in_suspense", "cash_of_failed_refund", "payment_quarantined"})
"""The alarms that call for a person to look at money in suspense."""


def cash_breaches(booked: Iterable[Entry], told: Sequence[SeenCash | ForeignCash]) -> tuple[Breach, ...]:
    """Where Stripe's balance transactions and the entries of cash don't match."""
    rule = Rule.CASH_EQUALS_STRIPES
    entries = {entry.cash: entry for entry in booked if entry.cash}
    found: list[Breach] = []
    for cash in told:
        if isinstance(cash, ForeignCash):
            found.append(Breach(rule, cash.id, f"it is in {cash.currency_code}, which we can't count in"))
            continue
        if not cash.moves:
            continue
        entry = entries.pop(cash.id, None)
        if entry is None:
            found.append(Breach(rule, cash.id, f"{cash.net} ({cash.kind}) isn't in the books"))
        elif (moved := Balances(cash.net.currency).after((entry,))[STRIPE_BALANCE]) != cash.net:
            found.append(Breach(rule, cash.id, f"{cash.net} at Stripe, {moved} in the books"))
    found += [Breach(rule, entry.key, "Stripe doesn't know it") for entry in entries.values()]
    return tuple(found)


def entry_breaches(entries: Iterable[Entry]) -> tuple[Breach, ...]:
    """Entries that move the Stripe balance without a balance transaction."""
    return tuple(
        Breach(Rule.CASH_EQUALS_STRIPES, entry.key, "it moves the balance and names no balance transaction")
        for entry in entries
        if not entry.cash and any(STRIPE_BALANCE in (leg.debit, leg.credit) for leg in entry.legs)
    )


def netting_breaches(totals: Balances) -> tuple[Breach, ...]:
    """What is netted between a teacher's lessons and doesn't add up to nothing."""
    return tuple(
        Breach(Rule.NETTING_ADDS_UP, str(account), f"it holds {held}")
        for account, held in totals.items()
        if account.kind is Kind.TEACHER_NETTING
    )


def counting_breaches(differences: Iterable[Difference]) -> tuple[Breach, ...]:
    """What was counted ahead for the dashboard and isn't what a recount finds."""
    return tuple(
        Breach(
            Rule.PROJECTIONS_EQUAL_A_RECOUNT,
            f"{one.figure} of {one.period} in {one.currency}",
            f"{one.counted} was counted, and a recount finds {one.recounted}",
        )
        for one in differences
    )


def suspense_breaches(totals: Balances, alarms: Sequence[Alarm]) -> tuple[Breach, ...]:
    """What stands in suspense without an alarm."""
    held = totals[SUSPENSE]
    if held and not any(alarm.rule in IN_SUSPENSE for alarm in alarms):
        return (Breach(Rule.NOTHING_FORGOTTEN, "suspense", f"{held} stands there without an alarm"),)
    return ()
