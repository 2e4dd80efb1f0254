"""An admin wants to know how the marketplace is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from linguapay_core.domain.period import check_day
from linguapay_core.domain.span import DAY, USUAL_SPAN, day_of, midnight, span_between
from linguapay_core.domain.wording import instant
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports

if TYPE_CHECKING:
    from linguapay_core.domain.dashboard import Dashboard


@dataclass(frozen=True, slots=True)
class ShowDashboard:
    """From an instant on, up to another; a date is the first instant of that day in the marketplace's zone.

    Without an end up to the end of today, and without a beginning 30 days.
    """

    starts_at: date | datetime | None = None
    ends_at: date | datetime | None = None


def show_dashboard(command: ShowDashboard, *, reports: Reports, clock: Clock, zone: tzinfo) -> Dashboard:
    """The figures of a span of time, day by day of the marketplace's time zone, beside those of as many days before.

    Raises ``Invalid``, naming ``from`` or ``to``, for an instant without a zone, a day or an instant centuries away,
    and a span that is empty or longer than 366 days.
    """
    from linguapay_core.domain.dashboard import put_together  # noqa: PLC0415 - imported where it is used

    now = clock.now()
    ends_at = _instant("to", command.ends_at or day_of(now, zone) + DAY, zone)
    last = day_of(ends_at - timedelta(microseconds=1), zone)
    starts_at = _instant("from", command.starts_at or last + DAY - USUAL_SPAN, zone)
    span = span_between(starts_at, ends_at, zone)
    return put_together(span, reports.figures(span), at=now)


def _instant(field: str, given: date | datetime, zone: tzinfo) -> datetime:
    if isinstance(given, datetime):
        return instant(field, given)
    check_day(field, given)
    return midnight(given, zone)
