"""Days are those of the marketplace's zone, and so are months and the period before."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.span import DAY, Day, day_of, days_from, midnight, months_of, span_between
from linguapay_core.testing.builders import NOON

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Warsaw",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    )
]
INSTANTS = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - as bounds
SPANS = st.timedeltas(timedelta(microseconds=1), timedelta(days=365))


@given(INSTANTS, SPANS, st.sampled_from(ZONES))
def test_days_cover_a_span_without_gap_or_overlap(starts_at: datetime, length: timedelta, zone: ZoneInfo) -> None:
    span = span_between(starts_at, starts_at + length, zone)
    assert (span.starts_at, span.ends_at) == (starts_at, starts_at + length)
    assert span.days_before[-1].ends_at == starts_at
    days = (*span.days_before, *span.days)
    assert all(day.ends_at == following.starts_at for day, following in pairwise(days))
    assert all(day.on < following.on for day, following in pairwise(span.days))
    for day in days:
        assert day.starts_at < day.ends_at
        assert day_of(day.starts_at, zone) == day.on
        assert day_of(day.ends_at - timedelta(microseconds=1), zone) == day.on
        assert day.whole == (day == Day(day.on, midnight(day.on, zone), midnight(day.on + DAY, zone)))


@given(INSTANTS, st.sampled_from(ZONES))
def test_an_instant_belongs_to_the_day_between_whose_midnights_it_lies(at: datetime, zone: ZoneInfo) -> None:
    on = day_of(at, zone)
    assert midnight(on, zone) <= at < midnight(on + DAY, zone)


def test_what_clocks_show_twice_around_midnight_belongs_to_the_second_day() -> None:
    """In St John's clocks were set back from 00:01 to 23:01: an hour shows the date of the day that had ended."""
    zone = ZoneInfo("America/St_Johns")
    again = datetime(2010, 11, 7, 2, 45, tzinfo=UTC)
    assert again.astimezone(zone).date() == date(2010, 11, 6)
    assert day_of(again, zone) == date(2010, 11, 7)
    (day,) = span_between(again, again + timedelta(minutes=1), zone).days
    assert (day.on, day.whole) == (date(2010, 11, 7), False)


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("Europe/Warsaw", (2026, 3, 29), 23),
        ("Europe/Warsaw", (2026, 10, 25), 25),
        ("America/Sao_Paulo", (2018, 11, 4), 23),
        ("America/Sao_Paulo", (2018, 2, 17), 25),
        ("Australia/Lord_Howe", (2026, 10, 4), 23.5),
    ],
)
def test_the_days_on_which_clocks_change_are_shorter_or_longer(
    zone: str, on: tuple[int, int, int], hours: float
) -> None:
    (day,) = days_from(date(*on), date(*on), ZoneInfo(zone))
    assert day.ends_at - day.starts_at == timedelta(hours=hours)
    assert (day.name, day.whole) == (date(*on).isoformat(), True)


@pytest.mark.parametrize("length", [timedelta(0), -timedelta(days=1), timedelta(days=366, microseconds=1)])
def test_a_span_that_is_empty_or_too_long_is_invalid(length: timedelta) -> None:
    with pytest.raises(Invalid, match="366 days"):
        span_between(NOON, NOON + length, UTC)


def test_the_period_before_has_as_many_days_by_the_calendar() -> None:
    """Though clocks change within them."""
    zone = ZoneInfo("Europe/Warsaw")
    span = span_between(midnight(date(2026, 3, 1), zone), midnight(date(2026, 3, 31), zone), zone)
    assert (len(span.days), len(span.days_before)) == (30, 30)
    assert [day.on for day in (span.days_before[0], span.days_before[-1])] == [date(2026, 1, 30), date(2026, 2, 28)]
    assert all(day.whole for day in (*span.days_before, *span.days))


def test_where_a_clock_went_back_the_period_before_is_as_long_in_time() -> None:
    zone = ZoneInfo("Europe/Warsaw")
    back = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    span = span_between(back, back + timedelta(hours=1), zone)
    assert span.days_before[0].starts_at == back - timedelta(hours=1)


def test_months_are_whole_whatever_the_span_covers() -> None:
    span = span_between(NOON, NOON + 40 * DAY, UTC)
    january, february = span.months
    assert [month.name for month in span.months] == ["2030-01", "2030-02"]
    assert (january.starts_at, january.ends_at) == (NOON.replace(hour=0), february.starts_at)
    assert [month.last for month in months_of(date(2027, 12, 31), date(2028, 2, 1), UTC)] == [
        date(2027, 12, 31),
        date(2028, 1, 31),
        date(2028, 2, 29),
    ]
