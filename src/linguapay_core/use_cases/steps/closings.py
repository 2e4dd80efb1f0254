"""The days of the books that are over are closed, one after the other, by whoever needs it or comes by."""

from __future__ import annotations

from datetime import date, tzinfo
from typing import Final

from linguapay_core.domain.closing import START, Closing, close, eve, is_over
from linguapay_core.domain.decision import Decision
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.span import DAY, midnight
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.persistence import until_fresh

BATCH: Final = 100
"""How many days are closed in one transaction."""


def close_due(transactions: Transactions, clock: Clock, zone: tzinfo) -> int:
    """Close every day that is over. Returns how many."""
    closed = 0
    while batch := _close_batch(transactions, clock, zone):
        closed += batch
    return closed


@until_fresh
def _close_batch(transactions: Transactions, clock: Clock, zone: tzinfo) -> int:
    """Days follow each other without a gap: of two who close the same, one is stale."""
    at = clock.now()
    with transactions.begin() as transaction:
        last = transaction.last_closing()
        decision: Decision[object] = Decision(None)
        if last is None:
            on, place = eve(transaction.first_entry(), zone, at=at), START
            decision += close(on, place, at=at)
        else:
            on, place = last.on, last.place
        for _ in range(BATCH):
            if not is_over(on + DAY, zone, at=at):
                break
            on += DAY
            place = transaction.place_before(midnight(on + DAY, zone), after=place)
            decision += close(on, place, at=at)
        transaction.keep(decision)
    return len(decision.changed)


def closing(on: date, reports: Reports) -> Closing:
    """Where a day of the books ends. Raises ``Refused`` for one that isn't closed."""
    found = reports.closing(on)
    if found is None:
        raise Refused(
            "day_open",
            f"The books of {on} aren't closed.",
            way_out="They are once the day is over; ask for an earlier one.",
        )
    return found
