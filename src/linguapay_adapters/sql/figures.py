"""The dashboard's figures: what the worker has counted, and on top of it what is newer, all at one moment.

Whole days and months are taken from the projections. A day that the span cuts is counted from its rows, and so is
everything where the projections are another zone's: then a reading is slow, and right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, cast, func, select, text
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from linguapay_adapters.sql import waiting
from linguapay_adapters.sql.books import event, events
from linguapay_adapters.sql.columns import WHOLE
from linguapay_adapters.sql.counting import Counts, Rows
from linguapay_adapters.sql.errands import ALARM_IS_OPEN, alarms
from linguapay_adapters.sql.projections import (
    Mark,
    daily_breakdowns,
    daily_figures,
    mark_of,
    people_counts,
    teacher_months,
)
from linguapay_core.domain.dashboard import RECENT, Findings, TopTeacher, ranked
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.figures import NAMES, PARTIES, TOP, Active, Figures, together
from linguapay_core.domain.identifiers import EventId, PersonId
from linguapay_core.domain.money import Currency
from linguapay_core.domain.span import Day, DayOrMonth, Month, Span

DayOrMonthT = TypeVar("DayOrMonthT", bound=DayOrMonth)
Columns: TypeAlias = ReadOnlyColumnCollection[str, Any]
Breakdowns: TypeAlias = Mapping[tuple[Currency, str, str], int]

FEW: Final = 200
"""Up to how many teachers are looked up by name."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a span's figures come from: the projections at ``mark``, the rows of the ``tail``, and all rows.

    The tail is counted for the periods that it touches, and all rows for the days that the span cuts. Without a mark
    the tail is everything.
    """

    mark: Mark | None
    tail: Rows
    days: Sequence[Day]
    months: Sequence[Month]
    cut: Sequence[Day]


def find(connection: Connection, span: Span) -> Findings:
    """All that the dashboard of this span needs, as it stands at one moment."""
    sources = _sources(connection, span)
    figures, apart = _figures(connection, span, sources)
    open_alarms = select(func.count()).select_from(alarms).where(text(ALARM_IS_OPEN))
    return Findings(
        figures=figures,
        active=_active(connection, span, sources),
        apart=apart,
        top=_top(connection, span, sources),
        held=waiting.held(connection),
        requests=waiting.requests(connection),
        open_alarms=connection.scalars(open_alarms).one(),
        recent=_recent(connection),
    )


def _sources(connection: Connection, span: Span) -> Sources:
    days = (*span.days_before, *span.days)
    mark = mark_of(connection)
    if mark is None or not mark.serves(str(span.zone)):
        return Sources(None, Rows(connection), days, span.months, ())
    tail = Rows(connection, after=mark.places)
    newer = tail.bounds()

    def touched(periods: Iterable[DayOrMonthT]) -> Sequence[DayOrMonthT]:
        return [one for one in periods if newer and newer[0] < one.ends_at and newer[1] >= one.starts_at]

    cut = [day for day in days if not day.whole]
    return Sources(mark, tail, touched(day for day in days if day.whole), touched(span.months), cut)


def _figures(
    connection: Connection, span: Span, sources: Sources
) -> tuple[Mapping[tuple[Day, Currency], Figures], Breakdowns]:
    found: defaultdict[tuple[Day, Currency], list[Figures]] = defaultdict(list)
    apart: Counter[tuple[Currency, str, str]] = Counter()
    of_span = set(span.days)
    for counts in _counted(connection, sources):
        for key, figures in counts.figures.items():
            found[key].append(figures)
        apart.update(_of_days(of_span, counts))
    if sources.mark:
        for key, figures in _folded_figures(connection, sources.mark, span):
            found[key].append(figures)
        apart.update(_folded_apart(connection, sources.mark, span))
    return {key: together(figures) for key, figures in found.items()}, apart


def _counted(connection: Connection, sources: Sources) -> Iterator[Counts]:
    yield sources.tail.count(sources.days)
    yield Rows(connection).count(sources.cut)


def _of_days(days: set[Day], counts: Counts) -> Breakdowns:
    apart: Counter[tuple[Currency, str, str]] = Counter()
    for (day, currency, name, key), number in counts.apart.items():
        if day in days:
            apart[currency, name, key] += number
    return apart


def _whole(days: Sequence[Day]) -> dict[str, Day]:
    """The days that aren't cut, by their names."""
    return {day.name: day for day in days if day.whole}


def _folded_figures(connection: Connection, mark: Mark, span: Span) -> Iterator[tuple[tuple[Day, Currency], Figures]]:
    table, whole = daily_figures.c, _whole((*span.days_before, *span.days))
    found = select(table.period, table.currency, *(table[name] for name in NAMES)).where(*_of(mark, table, whole))
    for row in connection.execute(found):
        if day := whole.get(row.period):
            yield (day, row.currency), Figures(*row[2:])


def _folded_apart(connection: Connection, mark: Mark, span: Span) -> Breakdowns:
    table = daily_breakdowns.c
    key = (table.currency, table.breakdown, table.key)
    number = cast(func.sum(table.how_many), WHOLE).label("how_many")
    found = select(*key, number).where(*_of(mark, table, _whole(span.days))).group_by(*key)
    return {(row.currency, row.breakdown, row.key): row.how_many for row in connection.execute(found)}


def _of(mark: Mark, table: Columns, periods: Mapping[str, DayOrMonth]) -> tuple[ColumnElement[bool], ...]:
    """The rows of the mark's generation from the first of these periods to the last."""
    first, last = min(periods, default=""), max(periods, default="")
    return (table.generation == mark.generation, table.period >= first, table.period <= last)


def _named(mark: Mark, table: Columns, months: Mapping[str, Month]) -> tuple[ColumnElement[bool], ...]:
    """The rows of the mark's generation of these months; days have rows between them."""
    return (table.generation == mark.generation, table.period.in_(list(months)))


def _active(connection: Connection, span: Span, sources: Sources) -> Mapping[tuple[DayOrMonth, Currency], Active]:
    found: defaultdict[tuple[DayOrMonth, Currency], Counter[str]] = defaultdict(Counter)
    of_span = set(span.days)
    periods: list[DayOrMonth] = [*(day for day in sources.days if day in of_span), *sources.months]
    cut = [day for day in sources.cut if day in of_span]
    known = sources.mark.generation if sources.mark else None
    for party in PARTIES:
        for period, currency, number in (
            *sources.tail.people(party, periods, known=known),
            *Rows(connection).people(party, cut),
        ):
            found[period, currency][party.name] += number
    if sources.mark:
        for period, currency, active in _folded_active(connection, sources.mark, span):
            found[period, currency].update(active)
    return {key: Active(**active) for key, active in found.items() if any(active.values())}


def _folded_active(
    connection: Connection, mark: Mark, span: Span
) -> Iterator[tuple[DayOrMonth, Currency, Mapping[str, int]]]:
    table = people_counts.c
    whole, months = _whole(span.days), {month.name: month for month in span.months}
    for periods, within in ((whole, _of(mark, table, whole)), (months, _named(mark, table, months))):
        for row in connection.execute(select(people_counts).where(*within)):
            if period := periods.get(row.period):
                yield period, row.currency, {party.name: getattr(row, party.name) for party in PARTIES}


def _top(
    connection: Connection, span: Span, sources: Sources
) -> Mapping[tuple[Month, Currency], tuple[TopTeacher, ...]]:
    """The newest rows change the sums of some teachers: these are read, and as many more of the others as are shown."""
    newer: defaultdict[tuple[Month, Currency], dict[PersonId, int]] = defaultdict(dict)
    for month, currency, teacher, volume in sources.tail.volumes(sources.months):
        newer[month, currency][teacher] = volume
    if sources.mark is None:
        return {key: tuple(ranked(volumes, TOP)) for key, volumes in newer.items()}
    found: defaultdict[tuple[Month, Currency], dict[PersonId, int]] = defaultdict(dict)
    months = {month.name: month for month in span.months}
    counted = select(people_counts.c.period, people_counts.c.currency).where(
        *_named(sources.mark, people_counts.c, months)
    )
    for key in [(months[row.period], row.currency) for row in connection.execute(counted)]:
        for row in connection.execute(_candidates(sources.mark, key, newer[key])):
            found[key][row.teacher_id] = row.volume_minor
    for key, volumes in newer.items():
        for teacher, volume in volumes.items():
            found[key][teacher] = found[key].get(teacher, 0) + volume
    return {key: tuple(ranked(volumes, TOP)) for key, volumes in found.items()}


def _candidates(
    mark: Mark, key: tuple[Month, Currency], newer: Mapping[PersonId, int]
) -> Select[Any] | CompoundSelect[Any]:
    """Of the folded sums those that may be among the top once the newer ones are added."""
    (month, currency), table = key, teacher_months.c
    of = select(table.teacher_id, table.volume_minor).where(
        table.generation == mark.generation, table.period == month.name, table.currency == currency
    )
    if len(newer) > FEW:
        return of
    best = of.order_by(table.volume_minor.desc(), table.teacher_id).limit(TOP + len(newer)).subquery()
    return select(best).union(of.where(table.teacher_id.in_(newer)))


def _recent(connection: Connection) -> tuple[ToldEvent, ...]:
    latest = select(events).order_by(events.c.sequence.desc()).limit(RECENT)
    return tuple(ToldEvent(EventId.of(row.sequence), event(row)) for row in connection.execute(latest))
