"""Counting rows: the worker what is new, a reader what the worker hasn't counted yet, and a check all once more."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row

from linguapay_adapters.sql.bookmark import parameters_of
from linguapay_adapters.sql.books import entries, events
from linguapay_adapters.sql.columns import rfc3339
from linguapay_adapters.sql.figure_queries import figure_queries
from linguapay_adapters.sql.projections import Places
from linguapay_core.domain.figures import BREAKDOWNS, Figures, Party
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.money import Currency
from linguapay_core.domain.span import Day, DayOrMonth

DayOrMonthT = TypeVar("DayOrMonthT", bound=DayOrMonth)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted of some days."""

    figures: Mapping[tuple[Day, Currency], Figures]
    apart: Mapping[tuple[Day, Currency, str, str], int]


class Rows:
    """The rows written after some places and up to others; all of them where none are named."""

    def __init__(
        self,
        connection: Connection,
        *,
        after: Places | None = None,
        up_to: Places | None = None,
        rows: int | None = None,
    ) -> None:
        """Read them on this connection; ``rows`` are how many events and how many entries a batch has at most."""
        self._connection = connection
        self._places = {
            "rows": rows,
            **parameters_of(events, after=after.events if after else None, up_to=up_to.events if up_to else None),
            **parameters_of(entries, after=after.entries if after else None, up_to=up_to.entries if up_to else None),
        }
        self._queries = figure_queries(connection.dialect.name, after=after is not None, up_to=up_to is not None)

    def bounds(self) -> tuple[datetime, datetime] | None:
        """Their earliest and latest instant; ``None`` where there are none."""
        found = (self._connection.execute(query, self._places).one() for query in self._queries.bounds)
        ends = [end for both in found for end in both if end is not None]
        return (min(ends), max(ends)) if ends else None

    def numbers(self) -> Sequence[int]:
        """How many they are: of the events, and of the entries."""
        return [self._connection.execute(query, self._places).scalar_one() for query in self._queries.numbers]

    def count(self, days: Sequence[Day]) -> Counts:
        """The figures of these days, and what is counted apart."""
        figures: defaultdict[tuple[Day, Currency], Counter[str]] = defaultdict(Counter)
        for query in (*self._queries.told, self._queries.moves):
            names = query.selected_columns.keys()[2:]
            for row in self._of(query, days):
                figures[days[row.number], row.currency].update(dict(zip(names, row[2:], strict=True)))
        apart: Counter[tuple[Day, Currency, str, str]] = Counter()
        for row in self._of(self._queries.apart, days):
            for breakdown in BREAKDOWNS:
                if breakdown.fact.name == row.name:
                    apart[days[row.number], row.currency, breakdown.name, getattr(row, breakdown.field)] += row.how_many
        return Counts({key: Figures(**found) for key, found in figures.items()}, apart)

    def people(
        self, party: Party, periods: Sequence[DayOrMonthT], *, known: int | None = None
    ) -> Iterator[tuple[DayOrMonthT, Currency, int]]:
        """How many took part on this side, but those whom the generation ``known`` has counted."""
        queries = self._queries.people if known is None else self._queries.strangers
        for row in self._of(queries[party], periods, known=known):
            yield periods[row.number], row.currency, row.how_many

    def newcomers(
        self, party: Party, periods: Sequence[DayOrMonthT], *, known: int
    ) -> Iterator[tuple[DayOrMonthT, Currency, PersonId]]:
        """Who they are whom this generation hasn't counted yet."""
        for row in self._of(self._queries.newcomers[party], periods, known=known):
            yield periods[row.number], row.currency, row.person

    def volumes(self, periods: Sequence[DayOrMonthT]) -> Iterator[tuple[DayOrMonthT, Currency, PersonId, int]]:
        """What students paid for lessons with each teacher."""
        for row in self._of(self._queries.volumes, periods):
            yield periods[row.number], row.currency, row.teacher_id, row.volume_minor

    def _of(self, query: Executable, periods: Sequence[DayOrMonth], *, known: int | None = None) -> Iterable[Row[Any]]:
        if not periods:
            return ()
        lines = [[number, one.name, rfc3339(one.starts_at), rfc3339(one.ends_at)] for number, one in enumerate(periods)]
        return self._connection.execute(query, {**self._places, "periods": json.dumps(lines), "known": known})
