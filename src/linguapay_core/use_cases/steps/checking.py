"""Checking the books by themselves: every invariant that needs nobody outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from linguapay_core.domain import invariants, invariants_of_all
from linguapay_core.domain.ledger import Balances, Entry
from linguapay_core.domain.rules_of_the_books import Breach
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was looked at, what every account holds, and what doesn't hold."""

    bookings: int
    entries: int
    balances: Sequence[Balances]
    breaches: tuple[Breach, ...]


def check(reports: Reports, clock: Clock, zone: tzinfo, *, note: Callable[[Entry], object] = lambda _: None) -> Checked:
    """Check every invariant of bookings, of entries, of all balances together, and of what is counted ahead.

    ``note`` is called with each entry, once. However long the history, one story of it is in memory at a time.
    """
    found: list[Breach] = []
    shared: set[str] = set()
    bookings = entries = 0
    for story in map(reports.story, reports.bookings()):
        found += invariants.breaches(story, at=clock.now())
        entries += _go_through(story.entries, shared, found, note)
        bookings += 1
    entries += _go_through(reports.entries_of_no_payment(), shared, found, note)
    totals = reports.totals()
    for books in totals.balances:
        found += invariants_of_all.netting_breaches(books) + invariants_of_all.suspense_breaches(books, totals.alarms)
    found += invariants_of_all.counting_breaches(reports.differences(zone))
    return Checked(bookings, entries, totals.balances, tuple(found))


def _go_through(some: Iterable[Entry], shared: set[str], found: list[Breach], note: Callable[[Entry], object]) -> int:
    """Check entries and note them. Returns how many are new: one of several payments stands in several stories."""
    new = 0
    for entry in some:
        if len(entry.payments) > 1:
            if entry.key in shared:
                continue
            shared.add(entry.key)
        found += invariants_of_all.entry_breaches([entry])
        note(entry)
        new += 1
    return new
