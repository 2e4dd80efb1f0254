"""The dashboard's figures, counted from the rows themselves: events, legs, and the records that they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    cast,
    column,
    func,
    or_,
    select,
    text,
    true,
    values,
)

from linguapay_adapters.sql.books import entries, event, events, legs
from linguapay_adapters.sql.columns import WHOLE, Instant
from linguapay_adapters.sql.errands import ALARM_IS_OPEN, alarms
from linguapay_adapters.sql.payments import payments
from linguapay_adapters.sql.refunds import refund_requests, refunds
from linguapay_adapters.sql.transfers import transfers
from linguapay_core.domain.dashboard import FIGURES, RECENT, Counted, Day, Figure, Findings, Moved, Summed, Tally
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.identifiers import EventId
from linguapay_core.domain.ledger import CHART, Kind
from linguapay_core.domain.money import Currency
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import Hold, TransferState

Tallies = Counter[tuple[date, Currency, str]]

AMOUNTS: Final[Mapping[Table, ColumnElement[int]]] = {
    payments: payments.c.price_part_minor + payments.c.fee_part_minor,
    refunds: refunds.c.price_part_minor + refunds.c.fee_part_minor,
    transfers: transfers.c.amount_minor,
}
"""The tables of what events with figures are about, and what each of their records comes to."""

TOLD: Final = sorted(
    {source.fact.name for figure in FIGURES for source in figure.source if isinstance(source, Counted | Summed)}
)
"""The permanent names of the events that figures count."""


def find(connection: Connection, days: Sequence[Day]) -> Findings:
    """All that the dashboard of these days needs, as it stands at one moment."""
    calendar = _calendar(days)
    tallies: Tallies = Counter()
    for table, amount in AMOUNTS.items():
        _count_events(tallies, days, connection.execute(_events_about(table, amount, calendar)).all())
    _count_moves(tallies, days, connection.execute(_moves(calendar)).all())
    open_alarms = select(func.count()).select_from(alarms).where(text(ALARM_IS_OPEN))
    return Findings(
        figures=tallies,
        held=_held(connection),
        requests=_requests(connection, days),
        open_alarms=connection.scalars(open_alarms).one(),
        recent=_recent(connection),
    )


def _calendar(days: Sequence[Day]) -> CTE:
    """The days as a table, so that what happened is grouped by them, however long each is."""
    columns = (column("number", WHOLE), column("starts_at", Instant()), column("ends_at", Instant()))
    rows = [(number, day.starts_at, day.ends_at) for number, day in enumerate(days)]
    return values(*columns, name="calendar").data(rows).cte("calendar")


def _within(calendar: CTE, at: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(at >= calendar.c.starts_at, at < calendar.c.ends_at)


def _events_about(table: Table, amount: ColumnElement[int], calendar: CTE) -> Select[Any]:
    key = (calendar.c.number, table.c.currency, events.c.name)
    return (
        select(*key, func.count().label("how_many"), cast(func.sum(amount), WHOLE).label("amount_minor"))
        .join_from(calendar, events, and_(events.c.name.in_(TOLD), _within(calendar, events.c.at)))
        .join(table, table.c.id == events.c.subject)
        .group_by(*key)
    )


def _count_events(tallies: Tallies, days: Sequence[Day], rows: Sequence[Any]) -> None:
    for row in rows:
        for figure in FIGURES:
            for source in figure.source:
                if isinstance(source, Counted | Summed) and source.fact.name == row.name:
                    counted = row.how_many if isinstance(source, Counted) else row.amount_minor
                    tallies[days[row.number].on, row.currency, figure.name] += counted


def _moves(calendar: CTE) -> Select[Any]:
    key = (calendar.c.number, legs.c.currency)
    moved = [cast(func.sum(_moved(figure)), WHOLE).label(figure.name) for figure in _of_the_books()]
    return (
        select(*key, *moved)
        .join_from(calendar, entries, _within(calendar, entries.c.at))
        .join(legs, legs.c.entry_key == entries.c.key)
        .group_by(*key)
    )


def _of_the_books() -> Sequence[Figure]:
    return [figure for figure in FIGURES if any(isinstance(source, Moved) for source in figure.source)]


def _moved(figure: Figure) -> ColumnElement[int]:
    """What a leg adds to a figure: its amount, its amount below nothing, or nothing."""
    amount = legs.c.amount_minor
    moves = [source for source in figure.source if isinstance(source, Moved)]
    there = or_(*(and_(_is(legs.c.debit, one.debit), _is(legs.c.credit, one.credit)) for one in moves))
    back = or_(*(and_(_is(legs.c.debit, one.credit), _is(legs.c.credit, one.debit)) for one in moves))
    return case((there, amount), (back, -amount), else_=0)


def _is(account: ColumnElement[Any], kinds: AbstractSet[Kind]) -> ColumnElement[bool]:
    """Whether an account is of one of these kinds; any is, where none is named."""
    if not kinds:
        return true()
    alone = sorted(kind for kind in kinds if not CHART[kind].owner)
    owned = sorted(kind for kind in kinds if CHART[kind].owner)
    return or_(account.in_(alone), *(and_(account >= f"{kind}:", account <= f"{kind}:~") for kind in owned))


def _count_moves(tallies: Tallies, days: Sequence[Day], rows: Sequence[Any]) -> None:
    for row in rows:
        for figure in _of_the_books():
            tallies[days[row.number].on, row.currency, figure.name] += getattr(row, figure.name)


def _held(connection: Connection) -> Mapping[tuple[Currency, Hold], Tally]:
    payable = _is(legs.c.credit, {Kind.TEACHER_PAYABLE})
    paid = _is(legs.c.debit, {Kind.TEACHER_PAYABLE})
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


def _requests(connection: Connection, days: Sequence[Day]) -> Mapping[tuple[Currency, RequestState], Tally]:
    table = refund_requests.c
    submitted = and_(table.submitted_at >= days[0].starts_at, table.submitted_at < days[-1].ends_at)
    return {
        (row.currency, row.state): Tally(row.how_many, row.amount_minor)
        for row in connection.execute(_tallied(table.currency, table.state, table.amount_minor).where(submitted))
    }


def _tallied(currency: ColumnElement[Any], state: ColumnElement[Any], amount: ColumnElement[Any]) -> Select[Any]:
    how_many, amount_minor = func.count().label("how_many"), cast(func.sum(amount), WHOLE).label("amount_minor")
    return select(currency, state, how_many, amount_minor).group_by(currency, state)


def _recent(connection: Connection) -> tuple[ToldEvent, ...]:
    latest = select(events).order_by(events.c.sequence.desc()).limit(RECENT)
    return tuple(ToldEvent(EventId.of(row.sequence), event(row)) for row in connection.execute(latest))
