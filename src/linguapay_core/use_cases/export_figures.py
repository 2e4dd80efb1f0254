"""Somebody wants the daily figures of a period in one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Final

from linguapay_core.domain.export import FIGURES, DayFigures, Export, Part, rows_of
from linguapay_core.domain.figures import Figures
from linguapay_core.domain.period import Period, check_over, days
from linguapay_core.domain.span import Span, midnight, span_between
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports

AT_ONCE: Final = timedelta(days=31)
"""How many days are read in one transaction."""


@dataclass(frozen=True, slots=True)
class ExportFigures:
    """Those of these days of the marketplace's calendar, ``ends_on`` not included."""

    starts_on: date
    ends_on: date


def export_figures(command: ExportFigures, *, reports: Reports, clock: Clock, zone: tzinfo) -> Export:
    """The dashboard's figures of each day on which there are any, by currency, as they stand when they are read.

    Raises ``Invalid``, naming ``from`` or ``to``, for days that make no period, and ``Refused`` for a period that isn't
    over.
    """
    period = days(command.starts_on, command.ends_on, zone)
    check_over(period, at=clock.now())
    return Export(FIGURES, period, _parts(period, reports))


def _parts(period: Period, reports: Reports) -> Iterator[Part]:
    on = period.starts_on
    while on < period.ends_on:
        until = min(on + AT_ONCE, period.ends_on)
        span = span_between(midnight(on, period.zone), midnight(until, period.zone), period.zone)
        figures = sorted(_figures(span, reports), key=lambda one: (one.on, str(one.currency)))
        if figures:
            yield Part(rows_of(FIGURES, figures, period.zone), span.ends_at)
        on = until


def _figures(span: Span, reports: Reports) -> Iterator[DayFigures]:
    for (day, currency), figures in reports.figures(span).figures.items():
        if day in span.days and figures != Figures():
            yield DayFigures(day.on, currency, figures)
