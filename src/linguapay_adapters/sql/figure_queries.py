"""The queries that count figures from the rows themselves: events, legs, and the records that they are about.

They are made from the core's table once for each kind of question, because making them takes longer than asking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.types import TypeEngine

from linguapay_adapters.sql.bookmark import order_of, written_within
from linguapay_adapters.sql.books import entries, events, legs
from linguapay_adapters.sql.columns import WHOLE, Instant, Word
from linguapay_adapters.sql.dialect import WholeSeconds, table_of_lines
from linguapay_adapters.sql.payments import payments
from linguapay_adapters.sql.projections import people_active
from linguapay_adapters.sql.refunds import refund_requests, refunds
from linguapay_adapters.sql.transfers import transfers
from linguapay_core.domain.figures import (
    ACTIVITY,
    BREAKDOWNS,
    FIGURES,
    PARTIES,
    VOLUME,
    Adds,
    Moved,
    Party,
    Told,
)
from linguapay_core.domain.ledger import CHART, Kind

SUBJECTS: Final = {"payment": payments, "refund": refunds, "refund_request": refund_requests, "transfer": transfers}
"""The tables of what events with figures are about, by the first word of the events' names."""

AMOUNTS: Final[Mapping[Table, ColumnElement[int]]] = {
    payments: payments.c.price_part_minor + payments.c.fee_part_minor,
    refunds: refunds.c.price_part_minor + refunds.c.fee_part_minor,
    refund_requests: refund_requests.c.amount_minor,
    transfers: transfers.c.amount_minor,
}
"""What each of their records comes to."""

JSON_TEXT: Final = JSON().with_variant(Text(), "sqlite")
"""Of what an event says, to look up one of its fields."""

PERIOD: Final[Mapping[str, TypeEngine[Any]]] = {
    "number": WHOLE,
    "name": Word(str),
    "starts_at": Instant(),
    "ends_at": Instant(),
}
"""What is said of each period of the parameter ``periods``."""


@cache
def figure_queries(dialect: str, *, after: bool, up_to: bool) -> FigureQueries:
    """The queries over the rows after some places and up to others, where such are named."""
    return FigureQueries(dialect, after=after, up_to=up_to)


class FigureQueries:
    """Each query's rows begin with the ``number`` of a period among those that ``periods`` lists, and a currency.

    ``told``, ``moves`` and ``apart`` are the figures and the breakdowns, ``volumes`` what was paid for with each
    teacher. ``people`` are the numbers of those who took part, ``newcomers`` those among them whom the generation
    ``known`` hasn't counted yet, and ``strangers`` the numbers of these. ``bounds`` are the earliest and latest
    instants of events and of entries, and ``numbers`` how many they are.
    """

    def __init__(self, dialect: str, *, after: bool, up_to: bool) -> None:
        """Make them for a dialect."""
        self._periods = table_of_lines("periods", PERIOD, dialect).cte("periods").prefix_with("MATERIALIZED")
        self._events = _written(dialect, events, after=after, up_to=up_to)
        self._entries = _written(dialect, entries, after=after, up_to=up_to)
        self._fact = cast(self._events.c.fact, JSON_TEXT)
        self.told = tuple(self._told(table) for table in SUBJECTS.values())
        self.moves = self._moves()
        self.apart = self._apart()
        self.volumes = self._volumes()
        self.people = {party: _numbered(self._people(party)) for party in PARTIES}
        self.newcomers = {party: _newcomers(self._people(party), party) for party in PARTIES}
        self.strangers = {party: _numbered(found) for party, found in self.newcomers.items()}
        of = (self._events, self._entries)
        self.bounds = [_bounds(select(rows.c.at)) for rows in of]
        self.numbers = [select(func.count()).select_from(rows) for rows in of]

    def _happened(self, names: Iterable[str]) -> ColumnElement[bool]:
        return and_(self._events.c.name.in_(sorted(names)), self._within(self._events.c.at))

    def _within(self, at: ColumnElement[Any]) -> ColumnElement[bool]:
        return and_(at >= self._periods.c.starts_at, at < self._periods.c.ends_at)

    def _told(self, table: Table) -> Select[Any]:
        """What the events about the records of a table add to their figures."""
        told = {figure.name: [one for one in figure.source if isinstance(one, Told)] for figure in FIGURES}
        of = {name: sources for name, sources in told.items() if sources and _subject(sources[0]) is table}
        names = {source.fact.name for sources in of.values() for source in sources}
        key = (self._periods.c.number, table.c.currency)
        values = (
            _sum((self._is_told(one), self._added(one, table)) for one in sources).label(name)
            for name, sources in of.items()
        )
        return (
            select(*key, *values)
            .join_from(self._periods, self._events, self._happened(names))
            .join(table, table.c.id == self._events.c.subject)
            .group_by(*key)
        )

    def _moves(self) -> Select[Any]:
        of = {figure.name: [one for one in figure.source if isinstance(one, Moved)] for figure in FIGURES}
        values = (_sum(_moved(sources)).label(name) for name, sources in of.items() if sources)
        key = (self._periods.c.number, legs.c.currency)
        return (
            select(*key, *values)
            .join_from(self._periods, self._entries, self._within(self._entries.c.at))
            .join(legs, legs.c.entry_key == self._entries.c.key)
            .group_by(*key)
        )

    def _apart(self) -> Select[Any]:
        fields = sorted({breakdown.field for breakdown in BREAKDOWNS})
        columns = (self._fact[field].as_string().label(field) for field in fields)
        key = (self._periods.c.number, payments.c.currency, self._events.c.name, *columns)
        return (
            select(*key, func.count().label("how_many"))
            .join_from(self._periods, self._events, self._happened({breakdown.fact.name for breakdown in BREAKDOWNS}))
            .join(payments, payments.c.id == self._events.c.subject)
            .group_by(*key)
        )

    def _volumes(self) -> Select[Any]:
        key = (self._periods.c.number, legs.c.currency, payments.c.teacher_id)
        moves = _moved([VOLUME])
        return (
            select(*key, _sum(moves).label("volume_minor"))
            .join_from(self._periods, self._entries, self._within(self._entries.c.at))
            .join(legs, and_(legs.c.entry_key == self._entries.c.key, or_(*(condition for condition, _ in moves))))
            .join(payments, payments.c.id == legs.c.payment_id)
            .group_by(*key)
        )

    def _people(self, party: Party) -> Select[Any]:
        """Who took part on this side, once in each period."""
        number, name = self._periods.c.number, self._periods.c.name
        return (
            select(number, payments.c.currency, name, payments.c[party.side].label("person"))
            .distinct()
            .join_from(self._periods, self._events, self._happened({fact.name for fact in ACTIVITY}))
            .join(payments, payments.c.id == self._events.c.subject)
        )

    def _is_told(self, source: Told) -> ColumnElement[bool]:
        named = self._events.c.name == source.fact.name
        return and_(named, self._fact["missing"].as_integer() == 0) if source.last else named

    def _added(self, source: Told, table: Table) -> ColumnElement[int]:
        match source.adds:
            case Adds.ONE:
                return literal(1, WHOLE)
            case Adds.AMOUNT:
                return AMOUNTS[table]
            case Adds.WAITED:
                return WholeSeconds(self._events.c.at) - WholeSeconds(refund_requests.c.submitted_at)


def _written(dialect: str, table: Table, *, after: bool, up_to: bool) -> FromClause:
    """The rows after a place and up to another.

    Where both are named, they are a batch, read once. PostgreSQL takes what is between two places for a tenth of the
    table, and would read all payments to join it; that a batch has few rows, it believes where a limit says so. In the
    order of reading, because without one it would hope to meet so many of that tenth near the start of the table.
    """
    rows = select(table).where(written_within(dialect, table, after=after, up_to=up_to))
    if after and up_to:
        rows = rows.order_by(*order_of(dialect, table))
        return rows.limit(bindparam("rows", type_=WHOLE)).cte(f"batch_of_{table.name}").prefix_with("MATERIALIZED")
    return rows.subquery(f"written_{table.name}")


def _bounds(instants: Select[Any]) -> Select[Any]:
    """The first and the last of these, found by the condition: in the order of time all rows would be passed by."""
    found = instants.cte("instants").prefix_with("MATERIALIZED").c
    return select(func.min(found.at), func.max(found.at))


def _numbered(people: Select[Any]) -> Select[Any]:
    """How many they are."""
    found = people.subquery().c
    return select(found.number, found.currency, func.count().label("how_many")).group_by(found.number, found.currency)


def _newcomers(people: Select[Any], party: Party) -> Select[Any]:
    """Those who aren't counted yet: each is looked up by the key.

    As an anti-join, a table that grew faster than PostgreSQL's statistics of it would be read through for each person.
    """
    found, known = people.subquery(), people_active.c
    counted = select(known.generation).where(
        known.generation == bindparam("known", type_=WHOLE),
        known.period == found.c.name,
        known.currency == found.c.currency,
        known.party == party.name,
        known.person == found.c.person,
    )
    return select(found).where(counted.scalar_subquery().is_(None))


def _subject(source: Told) -> Table:
    return SUBJECTS[source.fact.name.partition(".")[0]]


def _sum(cases: Iterable[tuple[ColumnElement[bool], ColumnElement[int]]]) -> ColumnElement[int]:
    return cast(func.sum(case(*cases, else_=0)), WHOLE)


def _moved(moves: Sequence[Moved]) -> Sequence[tuple[ColumnElement[bool], ColumnElement[int]]]:
    """When a leg adds its amount, and when it takes it away."""
    there = or_(*(and_(is_of(legs.c.debit, one.debit), is_of(legs.c.credit, one.credit)) for one in moves))
    back = or_(*(and_(is_of(legs.c.debit, one.credit), is_of(legs.c.credit, one.debit)) for one in moves))
    return [(there, legs.c.amount_minor), (back, -legs.c.amount_minor)]


def is_of(account: ColumnElement[Any], kinds: AbstractSet[Kind]) -> ColumnElement[bool]:
    """Whether an account is of one of these kinds; any is, where none is named."""
    if not kinds:
        return true()
    alone = sorted(kind for kind in kinds if not CHART[kind].owner)
    owned = sorted(kind for kind in kinds if CHART[kind].owner)
    return or_(account.in_(alone), *(and_(account >= f"{kind}:", account <= f"{kind}:~") for kind in owned))
