"""For any history, zone and period, the figures are those that a person would count, whatever was counted ahead."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, Engine

from linguapay_adapters.sql.engine import connect
from linguapay_adapters.sql.migrate import upgrade
from linguapay_core.domain.dashboard import CurrencyFigures, Dashboard, put_together
from linguapay_core.domain.figures import NAMES
from linguapay_core.domain.span import DAY, Span, midnight, span_between
from linguapay_core.testing.builders import NOON
from tests.contracts.conftest import Store, cloned, in_engine, in_memory
from tests.contracts.happenings import KINDS, PEOPLE, Expected, Happening, begin, expected, happen

KeyT = TypeVar("KeyT")

ZONES = ("UTC", "Europe/Warsaw", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia")
CHANGES = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 3, 8, 5, tzinfo=UTC),
)
"""About when clocks change in some of these zones: histories crowd there, around midnights and ends of months."""

HOURS = st.integers(-60, 60).map(lambda hours: timedelta(minutes=30 * hours))
INSTANTS = st.builds(
    lambda about, off, less: about + off - less,
    st.sampled_from(CHANGES),
    HOURS,
    st.sampled_from([timedelta(0), timedelta(microseconds=1), timedelta(days=30)]),
)
HAPPENINGS = st.builds(Happening, st.sampled_from(sorted(KINDS)), st.integers(0, len(PEOPLE) - 1), INSTANTS)
STEPS = st.tuples(HAPPENINGS, st.integers(0, 3))
"""What happens, and how much is counted ahead after it."""


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """A period in one of the zones, mostly from midnight to midnight."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    first = date(2026, 3, 1) + draw(st.integers(-30, 40)) * DAY
    starts_at, length = midnight(first, zone), draw(st.integers(1, 40)) * DAY
    if draw(st.booleans()):
        return span_between(starts_at, midnight(first + length, zone), zone)
    return span_between(starts_at + draw(HOURS), starts_at + 31 * DAY + length, zone)


def check(shown: Dashboard, happenings: list[Happening]) -> None:
    """Compare with what a person counts."""
    span = shown.span
    within = [one for one in happenings if span.starts_at <= one.at < span.ends_at]
    before = [one for one in happenings if span.days_before[0].starts_at <= one.at < span.starts_at]
    told, told_before, ever = (expected(some, span.zone) for some in (within, before, happenings))
    for figures in shown.currencies:
        _check_currency(figures, told, told_before, ever)
    counted = {currency for (_, currency), found in told.figures.items() if any(found.values())}
    assert counted <= {figures.currency for figures in shown.currencies}


def _check_currency(figures: CurrencyFigures, told: Expected, before: Expected, ever: Expected) -> None:
    currency = figures.currency
    for day, found in figures.days:
        assert {name: getattr(found, name) for name in NAMES} == {
            name: told.figures[day.on, currency][name] for name in NAMES
        }
        active = figures.active.get(day)
        people = told.students[day.name, currency], told.teachers[day.name, currency]
        assert tuple(map(len, people)) == ((active.students_active, active.teachers_active) if active else (0, 0))
    for total, spans_ in ((figures.total, told), (figures.before, before)):
        sums = _all([found for (_, of), found in spans_.figures.items() if of == currency])
        assert {name: getattr(total, name) for name in NAMES} == {name: sums[name] for name in NAMES}
    for month in figures.months:
        name = month.month.name
        assert month.active.students_active == len(ever.students[name, currency])
        assert month.active.teachers_active == len(ever.teachers[name, currency])
        top = {teacher: volume for teacher, volume in ever.volumes[name, currency].items() if volume > 0}
        assert {one.teacher_id: one.volume_minor for one in month.top_teachers} == top
    brands = _all([found for (_, of), found in told.brands.items() if of == currency])
    assert {(one.brand, one.succeeded, one.declined) for one in figures.brands} == {
        (brand, brands[brand, True], brands[brand, False]) for brand, _ in brands
    }
    reasons = _all([found for (_, of), found in told.reasons.items() if of == currency])
    assert dict(figures.declines) == dict(reasons)


def _all(counts: list[Counter[KeyT]]) -> Counter[KeyT]:
    """All of them together, also what is below nothing."""
    total: Counter[KeyT] = Counter()
    for one in counts:
        total.update(one)
    return total


def shown_by(store: Store, span: Span) -> Dashboard:
    """The dashboard of a span, without what happened last."""
    return put_together(span, store.reports.figures(span), at=NOON)


def live(store: Store, history: list[tuple[Happening, int]], span: Span) -> None:
    """Let a history happen, with some of it counted ahead on the way, and compare before and after all is counted."""
    happenings = [one for one, _ in history]
    begin(store.transactions)
    for number, (one, ahead) in enumerate(history):
        happen(store.transactions, one, f"entry {number}")
        if ahead:
            store.projections.fold(span.zone, limit=ahead)
    shown = shown_by(store, span)
    check(shown, happenings)
    while store.projections.fold(span.zone, limit=10):
        pass
    assert shown_by(store, span) == shown
    assert store.reports.differences(span.zone) == ()
    store.projections.begin_anew()
    store.projections.fold(span.zone, limit=5)
    assert shown_by(store, span) == shown


@pytest.fixture(scope="module")
def sqlite() -> Engine:
    """One engine for all examples, so that its statements are compiled once; each begins with an empty database."""
    return connect("sqlite://")


@settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(history=st.lists(STEPS, max_size=12), span=spans())
def test_figures_equal_a_recount_in_memory_and_on_sqlite(
    sqlite: Engine, history: list[tuple[Happening, int]], span: Span
) -> None:
    live(in_memory(), history, span)
    try:
        upgrade(sqlite)
        live(in_engine(sqlite), history, span)
    finally:
        sqlite.dispose()


@settings(max_examples=4, phases=[Phase.generate])
@given(history=st.lists(STEPS, min_size=6, max_size=12), span=spans())
def test_figures_equal_a_recount_on_postgresql(
    migrated_url: URL, history: list[tuple[Happening, int]], span: Span
) -> None:
    with cloned(migrated_url) as store:
        live(store, history, span)
