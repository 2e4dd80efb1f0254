"""An admin wants to know how the marketplace is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from linguapay_core.domain.dashboard import USUAL_SPAN, Dashboard, days_between, put_together
from linguapay_core.domain.wording import instant
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports


@dataclass(frozen=True, slots=True)
class ShowDashboard:
    """From an instant on, up to another; the last 30 days up to now, unless they are named."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None


def show_dashboard(command: ShowDashboard, *, reports: Reports, clock: Clock, zone: tzinfo) -> Dashboard:
    """The figures of a span of time, day by day of the marketplace's time zone.

    Raises ``Invalid``, naming ``from`` or ``to``, for an instant without a zone, and for a span that is empty or longer
    than 366 days.
    """
    ends_at = clock.now() if command.ends_at is None else instant("to", command.ends_at)
    starts_at = ends_at - USUAL_SPAN if command.starts_at is None else instant("from", command.starts_at)
    days = days_between(starts_at, ends_at, zone)
    return put_together(days, reports.figures(days))
