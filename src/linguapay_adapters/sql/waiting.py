"""What waits now, of whatever time: held transfers, and open refund requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, cast, func, select, text

from linguapay_adapters.sql.books import legs
from linguapay_adapters.sql.columns import WHOLE
from linguapay_adapters.sql.dialect import WholeSeconds
from linguapay_adapters.sql.figure_queries import is_of
from linguapay_adapters.sql.refunds import REQUEST_IS_OPEN, refund_requests
from linguapay_adapters.sql.transfers import transfers
from linguapay_core.domain.dashboard import Tally, Waiting
from linguapay_core.domain.ledger import Kind
from linguapay_core.domain.money import Currency, half_up
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import Hold, TransferState


def held(connection: Connection) -> Mapping[tuple[Currency, Hold], Tally]:
    """The transfers that wait, by the reason why, with what is payable to their teachers."""
    payable = is_of(legs.c.credit, {Kind.TEACHER_PAYABLE})
    paid = is_of(legs.c.debit, {Kind.TEACHER_PAYABLE})
    amount = func.coalesce(
        select(func.sum(case((payable, legs.c.amount_minor), (paid, -legs.c.amount_minor), else_=0)))
        .where(legs.c.payment_id == transfers.c.payment_id)
        .scalar_subquery(),
        0,
    )
    waiting = select(transfers.c.currency, transfers.c.hold, amount.label("amount_minor"))
    waits = waiting.where(transfers.c.state == TransferState.ON_HOLD, transfers.c.hold.is_not(None)).subquery()
    return {
        (row.currency, row.hold): Tally(row.how_many, row.amount_minor)
        for row in connection.execute(_tallied(waits.c.currency, waits.c.hold, waits.c.amount_minor))
    }


def requests(connection: Connection) -> Mapping[tuple[Currency, RequestState], Waiting]:
    """The refund requests that are open, by their state, and since when they are."""
    table = refund_requests.c
    since = cast(func.sum(WholeSeconds(table.submitted_at)), WHOLE).label("seconds")
    waits = (
        _tallied(table.currency, table.state, table.amount_minor)
        .add_columns(func.min(table.submitted_at).label("oldest_at"), since)
        .where(text(REQUEST_IS_OPEN))
    )
    return {
        (row.currency, row.state): Waiting(
            row.how_many,
            row.amount_minor,
            row.oldest_at,
            datetime.fromtimestamp(half_up(row.seconds, row.how_many), UTC),
        )
        for row in connection.execute(waits)
    }


def _tallied(currency: ColumnElement[Any], state: ColumnElement[Any], amount: ColumnElement[Any]) -> Select[Any]:
    how_many, amount_minor = func.count().label("how_many"), cast(func.sum(amount), WHOLE).label("amount_minor")
    return select(currency, state, how_many, amount_minor).group_by(currency, state)
