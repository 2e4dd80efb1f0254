"""The worker counts what is new: each row of the append-only tables once, by the bookmark.

The counts and the place up to which was counted change in one commit, so that a reader who takes the counts and adds
the rows after the place is right at any moment. Counting itself only reads, and holds nobody up; what was counted is
added if the mark is still where it was. Whoever finds it moved or locked has nothing to do, or counts again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update

from linguapay_adapters.sql.bookmark import START, end_of
from linguapay_adapters.sql.books import entries, events
from linguapay_adapters.sql.committing import committing
from linguapay_adapters.sql.counting import Rows
from linguapay_adapters.sql.dialect import insert_into
from linguapay_adapters.sql.engine import for_reading
from linguapay_adapters.sql.projections import (
    COUNTED,
    ONLY,
    Mark,
    Places,
    daily_breakdowns,
    daily_figures,
    figures_mark,
    mark_in,
    mark_of,
    mark_row,
    people_active,
    people_counts,
    teacher_months,
)
from linguapay_core.domain.figures import EDITION, NAMES, PARTIES, Difference
from linguapay_core.domain.money import Currency
from linguapay_core.domain.span import Day, DayOrMonth, Month, day_of, days_from, months_of
from linguapay_core.ports.projections import Folded

Additions: TypeAlias = dict[tuple[Any, ...], Mapping[str, int]]
"""Numbers by the names of their columns, under the rest of a row's key behind its generation."""

PARTY_NAMES: Final = tuple(party.name for party in PARTIES)

FIRST: Final = Mark(1, EDITION, "", Places(START, START))
"""Where counting begins in a new database."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What the next rows add: so many rows, up to a mark, in which tables, and who takes part for the first time."""

    mark: Mark
    rows: int = 0
    full: bool = False
    additions: Mapping[Table, Additions] = field(default_factory=dict)
    newcomers: Sequence[Mapping[str, object]] = ()


class SqlProjections:
    """Counts ahead in a database."""

    def __init__(self, engine: Engine) -> None:
        """Take connections from this engine."""
        self._engine = engine
        self._reading = for_reading(engine)

    def fold(self, zone: tzinfo, *, limit: int, waits: bool = False) -> Folded:
        """Count the next events and entries, up to so many of each; where there are none, sweep.

        What a newer version counts is left to it.
        """
        while True:
            with committing(self._reading) as connection:
                seen = mark_of(connection) or FIRST
                if seen.edition > EDITION:
                    return Folded()
                batch = _batch(connection, _begun(seen, zone), zone, limit=limit)
            with committing(self._engine) as connection:
                if _taken(connection, waits=waits) == seen:
                    return _add(connection, seen, batch)
            if not waits:
                return Folded()

    def begin_anew(self) -> None:
        """Give up what was counted, so that all of it is counted again."""
        with committing(self._engine) as connection:
            locked = select(figures_mark).with_for_update()
            for row in connection.execute(locked).all():
                mark = mark_in(row)
                _store(connection, replace(mark, generation=mark.generation + 1, places=FIRST.places))


def _begun(mark: Mark, zone: tzinfo) -> Mark:
    """Where counting goes on: from the start, in a new generation, where other days or other rules were counted."""
    return mark if mark.serves(str(zone)) else Mark(mark.generation + 1, EDITION, str(zone), FIRST.places)


def _taken(connection: Connection, *, waits: bool) -> Mark | None:
    """The mark, locked until the transaction ends; ``None`` where somebody else has it and nobody waits."""
    if mark_of(connection) is None:
        first = insert_into(figures_mark, connection.dialect).values(id=ONLY, **mark_row(FIRST))
        connection.execute(first.on_conflict_do_nothing())
    row = connection.execute(select(figures_mark).with_for_update(skip_locked=not waits)).one_or_none()
    return None if row is None else mark_in(row)


def _store(connection: Connection, mark: Mark) -> None:
    connection.execute(update(figures_mark).values(**mark_row(mark)))


def _batch(connection: Connection, mark: Mark, zone: tzinfo, *, limit: int) -> Batch:
    """Count what comes next behind the mark."""
    up_to = Places(
        end_of(connection, events, mark.places.events, limit=limit),
        end_of(connection, entries, mark.places.entries, limit=limit),
    )
    if up_to == mark.places:
        return Batch(mark)
    new = Rows(connection, after=mark.places, up_to=up_to, rows=limit)
    ends = new.bounds()
    assert ends is not None, f"there are rows up to {up_to}"
    days, months = _calendar(day_of(ends[0], zone), day_of(ends[1], zone), zone)
    periods: Sequence[DayOrMonth] = (*days, *months)
    newcomers = [
        {
            "generation": mark.generation,
            "period": period.name,
            "currency": currency,
            "party": party.name,
            "person": person,
        }
        for party in PARTIES
        for period, currency, person in new.newcomers(party, periods, known=mark.generation)
    ]
    additions = _additions(new, days, months, known=mark.generation)
    numbers = new.numbers()
    return Batch(replace(mark, places=up_to), sum(numbers), max(numbers) >= limit, additions, newcomers)


def _add(connection: Connection, seen: Mark, batch: Batch) -> Folded:
    """Keep what was counted, and how far; sweep where that is nothing."""
    if batch.mark != seen:
        _store(connection, batch.mark)
    for table, additions in batch.additions.items():
        _add_to(connection, table, batch.mark, additions)
    if batch.newcomers:
        connection.execute(insert(people_active), batch.newcomers)
    if batch.rows:
        return Folded(batch.rows, full=batch.full)
    swept = _sweep(connection, batch.mark)
    return Folded(0, swept, full=swept > 0)


def _calendar(first: date, last: date, zone: tzinfo) -> tuple[Sequence[Day], Sequence[Month]]:
    return days_from(first, last, zone), months_of(first, last, zone)


def _additions(
    rows: Rows, days: Sequence[Day], months: Sequence[Month], *, known: int | None
) -> Mapping[Table, Additions]:
    """What these rows add to each table, and of people those only whom the generation ``known`` hasn't counted yet."""
    found: defaultdict[Table, Additions] = defaultdict(dict)
    counted = rows.count(days)
    for (day, currency), figures in counted.figures.items():
        found[daily_figures][day.name, currency] = {name: getattr(figures, name) for name in NAMES}
    for (day, currency, *apart), number in counted.apart.items():
        found[daily_breakdowns][day.name, currency, *apart] = {"how_many": number}
    people: defaultdict[tuple[str, Currency], dict[str, int]] = defaultdict(lambda: dict.fromkeys(PARTY_NAMES, 0))
    for month, currency, teacher, volume in rows.volumes(months):
        found[teacher_months][month.name, currency, teacher] = {"volume_minor": volume}
        people[month.name, currency] |= {}  # so that whoever looks for the top teachers knows of the currency
    periods: Sequence[DayOrMonth] = (*days, *months)
    for party in PARTIES:
        for period, currency, number in rows.people(party, periods, known=known):
            people[period.name, currency][party.name] = number
    found[people_counts].update(people)
    return found


def _add_to(connection: Connection, table: Table, mark: Mark, additions: Additions) -> None:
    """Add to the rows that are there, or make them."""
    if not additions:
        return
    names = [column.name for column in table.primary_key][1:]
    rows = [
        {"generation": mark.generation, **dict(zip(names, key, strict=True)), **added}
        for key, added in additions.items()
    ]
    insertion = insert_into(table, connection.dialect)
    more = {name: table.c[name] + insertion.excluded[name] for name in next(iter(additions.values()))}
    keys = [column.name for column in table.primary_key]
    connection.execute(insertion.on_conflict_do_update(index_elements=keys, set_=more), rows)


def _sweep(connection: Connection, mark: Mark) -> int:
    """Delete the oldest period of the generations before, from each table, and tell how many rows that were."""
    swept = 0
    for table in COUNTED:
        old = table.c.generation < mark.generation
        oldest = connection.scalars(select(func.min(table.c.period)).where(old)).one()
        if oldest is not None:
            swept += connection.execute(delete(table).where(old, table.c.period == oldest)).rowcount
    return swept


def differences(connection: Connection, zone: tzinfo) -> Iterator[Difference]:
    """Where what was counted isn't what a recount finds: month by month, so that no statement takes long."""
    mark = mark_of(connection)
    if mark is None or not mark.serves(str(zone)):
        return
    rows = Rows(connection, up_to=mark.places)
    for month in _months(connection, mark, rows, zone):
        days = days_from(month.on, month.last, zone)
        recounted = _additions(rows, days, (month,), known=None)
        for table in (daily_figures, daily_breakdowns, people_counts, teacher_months):
            yield from _compared(_stored(connection, table, mark, month), recounted.get(table, {}))


def _months(connection: Connection, mark: Mark, rows: Rows, zone: tzinfo) -> Sequence[Month]:
    """The months in which anything happened or was counted."""
    ends = rows.bounds()
    on = [day_of(end, zone) for end in ends or ()]
    stored = select(func.min(daily_figures.c.period), func.max(daily_figures.c.period))
    found = connection.execute(stored.where(daily_figures.c.generation == mark.generation)).one()
    on += [date.fromisoformat(name) for name in found if name is not None]
    return months_of(min(on), max(on), zone) if on else ()


def _stored(connection: Connection, table: Table, mark: Mark, month: Month) -> Additions:
    """What a table says of a month and its days."""
    key = [column.name for column in table.primary_key][1:]
    values = [column.name for column in table.columns if not column.primary_key]
    within = (table.c.period >= month.name, table.c.period <= f"{month.name}-31")
    found = connection.execute(select(table).where(table.c.generation == mark.generation, *within))
    return {tuple(getattr(row, name) for name in key): {name: getattr(row, name) for name in values} for row in found}


def _compared(stored: Additions, recounted: Additions) -> Iterator[Difference]:
    for key in sorted({*stored, *recounted}, key=str):
        here, there = stored.get(key, {}), recounted.get(key, {})
        period, currency, *apart = key
        for name in here or there:
            counted, found = here.get(name, 0), there.get(name, 0)
            if counted != found:
                yield Difference(period, currency, " ".join([*apart, name]), counted, found)
