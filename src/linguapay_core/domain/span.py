"""Days and months of the marketplace's calendar, and the spans of time that are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, TypeAlias

from linguapay_core.domain.errors import Invalid

LONGEST_SPAN: Final = timedelta(days=366)
USUAL_SPAN: Final = timedelta(days=30)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the marketplace's calendar, cut where the span begins or ends within it. It may have 23 or 25 hours."""

    on: date
    starts_at: datetime
    ends_at: datetime
    whole: bool = True

    @property
    def name(self) -> str:
        """The day as ``2026-03-02``."""
        return self.on.isoformat()


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the marketplace's calendar, by its first day; always the whole of it."""

    on: date
    starts_at: datetime
    ends_at: datetime

    @property
    def name(self) -> str:
        """The month as ``2026-03``."""
        return f"{self.on:%Y-%m}"

    @property
    def last(self) -> date:
        """Its last day."""
        return next_month(self.on) - DAY


DayOrMonth: TypeAlias = Day | Month


@dataclass(frozen=True, slots=True)
class Span:
    """Some days in a row, as many days before them to compare with, and the months that the days touch."""

    zone: tzinfo
    days: tuple[Day, ...]
    days_before: tuple[Day, ...]
    months: tuple[Month, ...]

    @property
    def starts_at(self) -> datetime:
        """Its first instant."""
        return self.days[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return self.days[-1].ends_at


def span_between(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> Span:
    """The days of a zone that a span touches. Raises ``Invalid`` for a span that is empty or above 366 days.

    The period before has the same length by the calendar: before a month of 30 days come 30 days, whatever their hours.
    """
    length = _by_calendar(ends_at, zone) - _by_calendar(starts_at, zone)
    if not starts_at < ends_at or length > LONGEST_SPAN:
        raise Invalid("to", f"this is after `from`, by at most {LONGEST_SPAN.days} days.")
    began = _instant(_by_calendar(starts_at, zone) - length, zone)
    before = began if began < starts_at else starts_at - (ends_at - starts_at)
    days = tuple(_days(starts_at, ends_at, zone))
    return Span(zone, days, tuple(_days(before, starts_at, zone)), months_of(days[0].on, days[-1].on, zone))


def days_from(first: date, last: date, zone: tzinfo) -> tuple[Day, ...]:
    """The whole days from the one to the other, both included."""
    return tuple(_days(midnight(first, zone), midnight(last + DAY, zone), zone))


def months_of(first: date, last: date, zone: tzinfo) -> tuple[Month, ...]:
    """The months of the days from the one to the other."""
    months: list[Month] = []
    on = first.replace(day=1)
    while on <= last:
        months.append(Month(on, midnight(on, zone), midnight(next_month(on), zone)))
        on = next_month(on)
    return tuple(months)


def next_month(on: date) -> date:
    """The first day of the next month."""
    return (on + 31 * DAY).replace(day=1)


def day_of(at: datetime, zone: tzinfo) -> date:
    """The day to which an instant belongs: from its first midnight on, also where clocks are set back over it."""
    on = at.astimezone(zone).date()
    return on + DAY if midnight(on + DAY, zone) <= at else on


def midnight(on: date, zone: tzinfo) -> datetime:
    """The first instant of a day, in UTC."""
    return _instant(datetime.combine(on, time()), zone)


def _days(starts_at: datetime, ends_at: datetime, zone: tzinfo) -> Iterator[Day]:
    at = starts_at
    while at < ends_at:
        on = day_of(at, zone)
        begins, over = midnight(on, zone), midnight(on + DAY, zone)
        yield Day(on, at, min(over, ends_at), whole=at == begins and over <= ends_at)
        at = over


def _by_calendar(at: datetime, zone: tzinfo) -> datetime:
    """What calendar and clock show at an instant."""
    return at.astimezone(zone).replace(tzinfo=None)


def _instant(shown: datetime, zone: tzinfo) -> datetime:
    return shown.replace(tzinfo=zone).astimezone(UTC)
