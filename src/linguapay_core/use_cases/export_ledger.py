"""Somebody wants the books of a period in one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Final

from linguapay_core.domain.closing import Closing, behind
from linguapay_core.domain.export import LEDGER, Export, Part, ledger_lines, rows_of
from linguapay_core.domain.period import Period, check_over, days
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.closings import close_due, closing

AT_ONCE: Final = 1000
"""How many entries are read in one transaction."""


@dataclass(frozen=True, slots=True)
class ExportLedger:
    """The entries that the books got on these days of the marketplace's calendar, ``ends_on`` not included."""

    starts_on: date
    ends_on: date


def export_ledger(
    command: ExportLedger, *, transactions: Transactions, reports: Reports, clock: Clock, zone: tzinfo
) -> Export:
    """Each leg of these entries, in the order in which they were kept.

    An entry belongs to the day on which it was kept, whatever its own instant: so each stands in exactly one period,
    and a period that was exported once never changes. Raises ``Invalid``, naming ``from`` or ``to``, for days that
    make no period, and ``Refused`` for a period that isn't over.
    """
    period = days(command.starts_on, command.ends_on, zone)
    check_over(period, at=clock.now())
    close_due(transactions, clock, zone)
    opened, closed = closing(period.day_before, reports), closing(period.last_day, reports)
    return Export(LEDGER, period, _parts(period, opened, closed, reports))


def _parts(period: Period, opened: Closing, closed: Closing, reports: Reports) -> Iterator[Part]:
    place = opened.place
    while kept := reports.entries(place, closed.place, limit=AT_ONCE):
        lines = [line for one in kept for line in ledger_lines(one.entry)]
        last = kept[-1]
        yield Part(rows_of(LEDGER, lines, period.zone), last.entry.at)
        place = behind(last.place)
