"""What somebody has to do with lessons so far, counted in the database: each question reads an index of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, cast, func, select

from linguapay_adapters.sql.books import events
from linguapay_adapters.sql.columns import WHOLE
from linguapay_adapters.sql.lessons import bookings
from linguapay_adapters.sql.payments import payments
from linguapay_adapters.sql.refunds import refund_requests
from linguapay_core.domain.events.booking import BookingContested
from linguapay_core.domain.history import History, Side
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.money import Money


def history(connection: Connection, person: PersonId, side: Side) -> History:
    """Everything of theirs, on this side of lessons."""
    given, paid = bookings.c[f"{side}_id"] == person, payments.c[f"{side}_id"] == person
    theirs = refund_requests.c.payment_id.in_(select(payments.c.id).where(paid))
    contested = (
        select(func.count(events.c.subject.distinct()))
        .where(events.c.subject.in_(select(bookings.c.id).where(given)))
        .where(events.c.name == BookingContested.name)
    )
    absent = select(func.count()).select_from(bookings).where(given, bookings.c.absent == side)
    return History(
        bookings=_by_state(connection, bookings.c.state, given),
        payments=_by_state(connection, payments.c.state, paid),
        requests=_by_state(connection, refund_requests.c.state, theirs),
        refunded=tuple(_refunded(connection, paid)),
        absent=connection.scalars(absent).one(),
        contested=connection.scalars(contested).one(),
    )


def _by_state(connection: Connection, state: ColumnElement[Any], theirs: ColumnElement[bool]) -> dict[Any, int]:
    counted: Select[Any] = select(state, func.count()).where(theirs).group_by(state)
    return {row[0]: row[1] for row in connection.execute(counted)}


def _refunded(connection: Connection, paid: ColumnElement[bool]) -> Iterator[Money]:
    table = payments.c
    amount = cast(func.sum(table.refunded_price_part_minor + table.refunded_fee_part_minor), WHOLE)
    summed = select(table.currency, amount).where(paid).group_by(table.currency).having(amount > 0)
    for currency, minor in connection.execute(summed.order_by(table.currency)):
        yield Money(minor, currency)
