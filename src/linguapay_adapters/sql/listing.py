"""A page of a list: the one way in which records of any type are found, filtered, sorted and turned over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    TextClause,
    and_,
    false,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy import tuple_ as row

from linguapay_adapters.sql.errands import ALARM_IS_OPEN
from linguapay_adapters.sql.payments import HAS_CREDIT
from linguapay_adapters.sql.refunds import REQUEST_WAITS
from linguapay_adapters.sql.shape import RecordT, Shape
from linguapay_adapters.sql.shapes import SHAPES
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.listing import Listing, listing_of
from linguapay_core.domain.page import Page
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.query import Query
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.transfer import Transfer

FLAGS: Final[Mapping[type[object], Mapping[str, str]]] = {
    Gig: {"active": "active"},
    Payment: {"with_credit": HAS_CREDIT},
    RefundRequest: {"waiting": REQUEST_WAITS},
    Alarm: {"open": ALARM_IS_OPEN},
}
"""What the flags of a list mean, in the words of the partial indexes."""

COMES_TO: Final[Mapping[type[object], Sequence[str]]] = {
    Gig: ["hourly_price_minor"],
    Booking: ["total_minor"],
    Payment: ["price_part_minor", "fee_part_minor"],
    RefundRequest: ["amount_minor"],
    Refund: ["price_part_minor", "fee_part_minor"],
    Transfer: ["amount_minor"],
}
"""The columns whose sum is what a record comes to."""

LAST: Final = "\x7f"
"""Comes after every letter that a name may have."""


def page_of(connection: Connection, query: Query[RecordT]) -> Page[RecordT]:
    """One page of a list. What it costs depends on its length, and not on how far down it is."""
    shape: Shape[RecordT] = SHAPES[query.kind]
    return query.page(tuple(map(shape.record, connection.execute(_found(shape, query)))))


def one_of(connection: Connection, kind: type[RecordT], name: str, party: PersonId | None) -> RecordT:
    """A record by its name. Raises ``NotFound``, also for one that isn't this person's."""
    shape: Shape[RecordT] = SHAPES[kind]
    listing, table = listing_of(kind), shape.table
    found = select(table).where(table.c.id == name, or_(*_whose(listing, table, party)))
    line = connection.execute(found).one_or_none()
    if line is None:
        raise NotFound(listing.called, name)
    return shape.record(line)


def _found(shape: Shape[RecordT], query: Query[RecordT]) -> Select[Any]:
    """Of somebody who may stand in one of two fields, the pages of both: each is read from an index of its own."""
    table = shape.table
    wanted = and_(true(), *_conditions(table, query))
    pages = [
        _in_order(select(table).where(wanted, theirs), table, query)
        for theirs in _whose(query.listing, table, query.party)
    ]
    if len(pages) == 1:
        return pages[0]
    both = union_all(*(select(page.subquery()) for page in pages)).subquery()
    return _in_order(select(both), both, query)


def _whose(listing: Listing, table: FromClause, party: PersonId | None) -> Sequence[ColumnElement[bool]]:
    if party is None or listing.parties is None:
        return [true()]
    return [table.c[name] == party for name in listing.parties] or [false()]


def _conditions(table: FromClause, query: Query[Any]) -> Iterator[ColumnElement[bool] | TextClause]:
    for name, value in query.equal:
        yield table.c[name] == value
    for name, wanted in query.flags:
        condition = FLAGS[query.kind][name]
        yield text(condition if wanted else f"NOT ({condition})")
    if query.since is not None:
        yield table.c[query.listing.times[0]] >= query.since
    if query.until is not None:
        yield table.c[query.listing.times[0]] < query.until
    comes_to = reduce(add, (table.c[name] for name in COMES_TO.get(query.kind, ())), literal(0))
    if query.at_least is not None:
        yield comes_to >= query.at_least
    if query.at_most is not None:
        yield comes_to <= query.at_most
    if query.begins:
        yield and_(table.c.id >= query.begins, table.c.id < query.begins + LAST)
    if query.after is not None:
        columns = _columns(table, query)
        last = row(*(literal(value, column.type) for value, column in zip(query.after, columns, strict=True)))
        yield row(*columns) < last if query.descending else row(*columns) > last


def _in_order(found: Select[Any], source: FromClause, query: Query[Any]) -> Select[Any]:
    columns = _columns(source, query)
    ordered = (column.desc() if query.descending else column.asc() for column in columns)
    return found.order_by(*ordered).limit(query.wanted)


def _columns(source: FromClause, query: Query[Any]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What a place in the list is made of: the value it is sorted by, and the name."""
    return source.c[query.sort], source.c.id
