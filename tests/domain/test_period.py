"""Periods are whole days of a calendar, and are complete when nothing of them can come any more."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.period import SETTLES, check_over, days, month
from linguapay_core.domain.span import DAY, midnight

BERLIN = ZoneInfo("Europe/Berlin")
DATES = st.dates(date(2001, 1, 1), date(2199, 12, 30))
ZONES = st.sampled_from([UTC, *map(ZoneInfo, ("Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu"))])


def test_a_period_begins_and_ends_at_midnights_of_its_zone() -> None:
    period = days(date(2026, 3, 29), date(2026, 3, 30), BERLIN)
    assert period.starts_at == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert period.ends_at - period.starts_at == timedelta(hours=23)
    assert (period.day_before, period.last_day) == (date(2026, 3, 28), date(2026, 3, 29))


@given(DATES, ZONES)
def test_where_one_period_ends_the_next_begins(on: date, zone: ZoneInfo) -> None:
    one, next_one = days(on, on + DAY, zone), days(on + DAY, on + 2 * DAY, zone)
    assert one.ends_at == next_one.starts_at
    assert one.starts_at <= one.ends_at


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "field"),
    [
        (date(2026, 3, 1), date(2026, 3, 1), "to"),
        (date(2026, 3, 2), date(2026, 3, 1), "to"),
        (date(2000, 1, 1), date(2026, 3, 1), "from"),
        (date(2026, 3, 1), date(2200, 1, 1), "to"),
    ],
)
def test_days_that_make_no_period_are_invalid(starts_on: date, ends_on: date, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        days(starts_on, ends_on, UTC)
    assert refused.value.field == field


@pytest.mark.parametrize(("text", "ends_on"), [("2026-02", date(2026, 3, 1)), ("2026-12", date(2027, 1, 1))])
def test_a_month_is_its_days(text: str, ends_on: date) -> None:
    period = month(text, BERLIN)
    assert (f"{period.starts_on:%Y-%m}", period.starts_on.day, period.ends_on) == (text, 1, ends_on)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-03-01", "03-2026", "2000-12", "9999-12", "2200-01"])
def test_what_is_no_month_is_invalid(text: str) -> None:
    with pytest.raises(Invalid, match="month"):
        month(text, UTC)


def test_a_period_is_complete_ten_minutes_after_its_end() -> None:
    """By then every transaction that was begun within it has ended."""
    period = month("2026-03", UTC)
    complete_at = midnight(date(2026, 4, 1), UTC) + SETTLES
    check_over(period, at=complete_at)
    with pytest.raises(Refused) as refused:
        check_over(period, at=complete_at - timedelta(seconds=1))
    assert refused.value.rule == "period_open"
    assert "2026-04-01 00:10 UTC" in refused.value.way_out
