"""Checking the books by themselves: every invariant that needs nobody outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from linguapay_core.domain import invariants, invariants_of_all
from linguapay_core.domain.ledger import Balances, Entry
from linguapay_core.domain.rules_of_the_books import Breach
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was looked at, what doesn't hold, and what a comparison with Stripe goes on from."""

    bookings: int
    entries: Collection[Entry]
    balances: Sequence[Balances]
    breaches: tuple[Breach, ...]


def check(reports: Reports, clock: Clock, zone: tzinfo) -> Checked:
    """Check every invariant of bookings, of entries, of all balances together, and of what is counted ahead."""
    found: list[Breach] = []
    entries: dict[str, Entry] = {}
    bookings = 0
    for booking_id in reports.bookings():
        story = reports.story(booking_id)
        found += invariants.breaches(story, at=clock.now())
        entries.update((entry.key, entry) for entry in story.entries)
        bookings += 1
    entries.update((entry.key, entry) for entry in reports.entries_of_no_payment())
    found += invariants_of_all.entry_breaches(entries.values())
    totals = reports.totals()
    for books in totals.balances:
        found += invariants_of_all.netting_breaches(books) + invariants_of_all.suspense_breaches(books, totals.alarms)
    found += invariants_of_all.counting_breaches(reports.differences(zone))
    return Checked(bookings, entries.values(), totals.balances, tuple(found))
