"""The figures of the table add up day by day, and days are those of the marketplace's zone."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linguapay_core.domain.dashboard import (
    FIGURES,
    Figures,
    Findings,
    Moved,
    Tally,
    days_between,
    put_together,
)
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.ledger import CHARGE_CLEARING, CHART, ESCROW, PLATFORM_FEE, Account, Kind
from linguapay_core.domain.money import CURRENCIES, USD
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import Hold
from linguapay_core.testing.builders import ANNA, NOON, a_leg

EUR = CURRENCIES["EUR"]
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia")]
INSTANTS = st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - as bounds
SPANS = st.timedeltas(timedelta(microseconds=1), timedelta(days=366))


def test_every_figure_of_the_table_is_a_figure_that_is_given() -> None:
    assert [figure.name for figure in FIGURES] == [field.name for field in fields(Figures)]
    assert all(figure.meaning for figure in FIGURES)


@given(INSTANTS, SPANS, st.sampled_from(ZONES))
def test_days_cover_a_span_without_gap_or_overlap(starts_at: datetime, span: timedelta, zone: ZoneInfo) -> None:
    days = days_between(starts_at, starts_at + span, zone)
    assert days[0].starts_at == starts_at
    assert days[-1].ends_at == starts_at + span
    assert [day.ends_at for day in days[:-1]] == [day.starts_at for day in days[1:]]
    assert len({day.on for day in days}) == len(days)
    for day in days:
        assert day.starts_at < day.ends_at
        assert day.starts_at.astimezone(zone).date() == day.on
        assert (day.ends_at - timedelta(microseconds=1)).astimezone(zone).date() == day.on


@pytest.mark.parametrize(
    ("zone", "on", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23),
        ("Europe/Berlin", (2026, 10, 25), 25),
        ("America/Sao_Paulo", (2018, 11, 4), 23),
        ("America/Sao_Paulo", (2018, 2, 17), 25),
        ("Australia/Lord_Howe", (2026, 10, 4), 23.5),
    ],
)
def test_the_days_on_which_clocks_change_are_shorter_or_longer(
    zone: str, on: tuple[int, int, int], hours: float
) -> None:
    around = datetime(*on, 12, tzinfo=UTC)
    days = days_between(around - timedelta(days=2), around + timedelta(days=2), ZoneInfo(zone))
    (day,) = (day for day in days if (day.on.year, day.on.month, day.on.day) == on)
    assert day.ends_at - day.starts_at == timedelta(hours=hours)


@pytest.mark.parametrize("span", [timedelta(0), -timedelta(days=1), timedelta(days=366, microseconds=1)])
def test_a_span_that_is_empty_or_too_long_is_invalid(span: timedelta) -> None:
    with pytest.raises(Invalid, match="366 days"):
        days_between(NOON, NOON + span, UTC)


def test_rates_are_shares_of_the_payments_that_ended() -> None:
    figures = Figures(payments_started=99, payments_succeeded=2, payments_failed=1, payments_cancelled=0)
    assert (figures.payments_ended, figures.success_bps, figures.failure_bps) == (3, 6667, 3333)
    every = Figures(payments_succeeded=1, payments_failed=1, payments_cancelled=1, payments_quarantined=1)
    assert (every.success_bps, every.failure_bps) == (2500, 7500)


def test_without_an_ended_payment_there_is_no_rate() -> None:
    assert (Figures(payments_started=3).success_bps, Figures(payments_started=3).failure_bps) == (None, None)


def test_net_is_what_came_less_what_went_back() -> None:
    assert Figures(volume_minor=3150, refunded_minor=1050, stripe_fees_minor=99).net_minor == 2100


@given(st.sampled_from(sorted(Kind)), st.sampled_from(sorted(Kind)))
def test_what_moves_back_undoes_what_moved(debit: Kind, credit: Kind) -> None:
    one, other = (Account(kind, ANNA if CHART[kind].owner else None) for kind in (debit, credit))
    if one != other:
        there, back = a_leg(debit=one, credit=other), a_leg(debit=other, credit=one)
        for source in (source for figure in FIGURES for source in figure.source if isinstance(source, Moved)):
            assert source.sign(there) == -source.sign(back)


def test_a_movement_counts_between_its_accounts_alone() -> None:
    volume = Moved(debit={Kind.CHARGE_CLEARING}, credit={Kind.ESCROW})
    assert volume.sign(a_leg(debit=CHARGE_CLEARING, credit=ESCROW)) == 1
    assert volume.sign(a_leg(debit=ESCROW, credit=CHARGE_CLEARING)) == -1
    assert volume.sign(a_leg(debit=ESCROW, credit=PLATFORM_FEE)) == 0


def test_a_dashboard_is_put_together_for_each_currency_that_occurs() -> None:
    days = days_between(NOON, NOON + timedelta(days=2), UTC)
    first, second, third = (day.on for day in days)
    found = Findings(
        figures={
            (first, USD, "volume_minor"): 5,
            (third, USD, "volume_minor"): 7,
            (second, EUR, "payments_started"): 1,
        },
        held={(CURRENCIES["GBP"], Hold.CONTESTED): Tally(1, 9)},
        requests={(USD, RequestState.DONE): Tally(2, 3)},
        open_alarms=4,
        recent=(),
    )
    shown = put_together(days, found)
    euros, pounds, dollars = shown.currencies
    assert [one.currency.code for one in shown.currencies] == ["EUR", "GBP", "USD"]
    assert (shown.starts_at, shown.ends_at, shown.open_alarms) == (NOON, NOON + timedelta(days=2), 4)
    assert dollars.total == Figures(volume_minor=12)
    assert [figures.volume_minor for _, figures in dollars.days] == [5, 0, 7]
    assert euros.total == Figures(payments_started=1)
    assert (pounds.held, pounds.requests, dollars.requests) == (
        {Hold.CONTESTED: Tally(1, 9)},
        {},
        {RequestState.DONE: Tally(2, 3)},
    )
