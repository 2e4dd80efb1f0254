"""What isn't settled of somebody's: one question for each type of records, as ``erasure`` names their states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, text

from linguapay_adapters.sql.payments import HAS_CREDIT, PAYMENTS
from linguapay_adapters.sql.shapes import SHAPES
from linguapay_core.domain.erasure_rules import UNSETTLED, Matter
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.listing import listing_of
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import Refund


def of(connection: Connection, person_id: PersonId) -> Iterator[Matter]:
    """All of it, type by type, the oldest first."""
    for kind, states in UNSETTLED.items():
        shape = SHAPES[kind]
        columns = shape.table.c
        open_ones: ColumnElement[bool] = columns.state.in_(sorted(states))
        if kind is Payment:
            open_ones = or_(open_ones, text(HAS_CREDIT))
        found = select(shape.table).where(_theirs(kind, person_id), open_ones).order_by(columns.id)
        yield from map(shape.record, connection.execute(found))


def _theirs(kind: type[Any], person_id: PersonId) -> ColumnElement[bool]:
    """Whose it is; a refund is of those of its payment."""
    if kind is Refund:
        paid = PAYMENTS.table.c
        return SHAPES[Refund].table.c.payment_id.in_(select(paid.id).where(_theirs(Payment, person_id)))
    columns = SHAPES[kind].table.c
    return or_(*(columns[name] == person_id for name in listing_of(kind).parties or ()))
