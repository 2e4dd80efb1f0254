"""A span of whole days of the marketplace's calendar, as exports and statements are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.span import DAY, midnight, next_month
from linguapay_core.domain.wording import FIRST_YEAR, LAST_YEAR

SETTLES: Final = timedelta(minutes=10)
"""How long after a day's end something may still be committed that was begun on it: no transaction lives as long."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``starts_on`` up to ``ends_on``, which is the first one too late, in a time zone."""

    starts_on: date
    ends_on: date
    zone: tzinfo

    @property
    def starts_at(self) -> datetime:
        """The first instant of it, in UTC."""
        return midnight(self.starts_on, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it, in UTC."""
        return midnight(self.ends_on, self.zone)

    @property
    def day_before(self) -> date:
        """The last day before it."""
        return self.starts_on - DAY

    @property
    def last_day(self) -> date:
        """The last day of it."""
        return self.ends_on - DAY


def check_day(field: str, on: date) -> None:
    """Raise ``Invalid`` for a day centuries away: there every midnight can't be told in UTC."""
    if not FIRST_YEAR < on.year <= LAST_YEAR:
        raise Invalid(field, f"a day lies in the years {FIRST_YEAR + 1} to {LAST_YEAR}.")


def days(starts_on: date, ends_on: date, zone: tzinfo) -> Period:
    """These days. Raises ``Invalid`` for none at all, and for days centuries away."""
    check_day("from", starts_on)
    check_day("to", ends_on)
    if not starts_on < ends_on:
        raise Invalid("to", "this is after `from`: the first day that doesn't belong to the period any more.")
    return Period(starts_on, ends_on, zone)


def month(text: str, zone: tzinfo) -> Period:
    """The days of a month that is written as ``2026-03``. Raises ``Invalid`` for anything else."""
    try:
        first = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise Invalid("month", "a month is written as 2026-03.") from None
    check_day("month", first)
    return Period(first, next_month(first), zone)


def check_over(period: Period, *, at: datetime) -> None:
    """Raise ``Refused`` while something of these days may still come: they aren't over, or were a moment ago."""
    complete_at = period.ends_at + SETTLES
    if at < complete_at:
        raise Refused(
            "period_open",
            f"The days up to {period.last_day} aren't over yet, so nothing of them can be complete.",
            way_out=f"That is possible from {complete_at:%Y-%m-%d %H:%M} UTC, or up to an earlier day.",
        )
