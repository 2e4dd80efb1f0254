"""Somebody wants all payments, refunds or transfers of a period in one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from typing import Final

from linguapay_core.domain.export import RECORDS, Export, Part, instant_of, rows_of
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.period import Period, check_over, days
from linguapay_core.domain.query import Query
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.transfer import Transfer
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports

Kind = type[Payment] | type[Refund] | type[Transfer]

AT_ONCE: Final = 1000
"""How many records are read in one transaction."""


@dataclass(frozen=True, slots=True)
class ExportRecords:
    """Those of a type that began on these days of the marketplace's calendar, ``ends_on`` not included."""

    kind: Kind
    starts_on: date
    ends_on: date


def export_records(command: ExportRecords, *, reports: Reports, clock: Clock, zone: tzinfo) -> Export:
    """Each of these records as it stands when it is read, in the order in which they began.

    A record belongs to the period in which it was started, reserved or scheduled, which never changes: so each stands
    in exactly one. Raises ``Invalid``, naming ``from`` or ``to``, for days that make no period, and ``Refused`` for a
    period that isn't over.
    """
    period = days(command.starts_on, command.ends_on, zone)
    check_over(period, at=clock.now())
    return Export(RECORDS[command.kind], period, _parts(command.kind, period, reports))


def _parts(kind: Kind, period: Period, reports: Reports) -> Iterator[Part]:
    columns, instant = RECORDS[kind], instant_of(kind)
    query: Query[Payment | Refund | Transfer] = Query(
        kind, instant, descending=False, limit=AT_ONCE, since=period.starts_at, until=period.ends_at
    )
    while True:
        page = reports.page(query)
        if page.items:
            last = page.items[-1]
            yield Part(rows_of(columns, page.items, period.zone), getattr(last, instant))
            query = replace(query, after=query.place(last))
        if not page.next_cursor:
            return
