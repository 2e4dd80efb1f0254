"""The questions that take more than one condition: balances, what is owed, what is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Alias,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    TextClause,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
    text,
    tuple_,
    union_all,
)

from linguapay_adapters.sql.books import IS_RECEIVABLE, legs
from linguapay_adapters.sql.columns import WHOLE
from linguapay_adapters.sql.errands import EFFECT_HAS_WORK, WEBHOOK_HAS_WORK, effects, webhook_events
from linguapay_adapters.sql.payments import PAYMENTS
from linguapay_adapters.sql.subscriptions import deliveries, due_deliveries
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.ledger import CHART, ESCROW, Account, Balances, Kind, Side
from linguapay_core.domain.money import Currency
from linguapay_core.domain.webhook_event import WebhookState


def balances(connection: Connection, *conditions: ColumnElement[bool]) -> Mapping[Currency, Balances]:
    """What each account holds by the legs for which the conditions hold, for each currency that occurs."""
    debited = select(legs.c.debit.label("account"), legs.c.currency, legs.c.amount_minor.label("moved"))
    credited = select(legs.c.credit.label("account"), legs.c.currency, (-legs.c.amount_minor).label("moved"))
    sides = union_all(debited.where(*conditions), credited.where(*conditions)).subquery()
    moved = cast(func.sum(sides.c.moved), WHOLE).label("moved")
    totals = select(sides.c.account, sides.c.currency, moved).group_by(sides.c.account, sides.c.currency)
    held: dict[Currency, dict[Account, int]] = {}
    for row in connection.execute(totals):
        account = Account.parse(row.account)
        sign = 1 if CHART[account.kind].grows is Side.DEBIT else -1
        held.setdefault(row.currency, {})[account] = sign * row.moved
    return {currency: Balances(currency, held[currency]) for currency in sorted(held, key=str)}


def receivables(teacher_id: PersonId) -> Select[Any]:
    """What a teacher owes back for each payment, where it is more than nothing."""
    account = Account(Kind.TEACHER_RECEIVABLE, teacher_id)
    return _held(account, text(f"debit {IS_RECEIVABLE}"), text(f"credit {IS_RECEIVABLE}"))


def left_in_escrow(student_id: PersonId) -> Select[Any]:
    """What stands in escrow of each settled payment of a student, where it is more than nothing."""
    paid = PAYMENTS.table.c
    settled = select(paid.id).where(paid.student_id == student_id, paid.settled_at.is_not(None))
    return _held(ESCROW, legs.c.payment_id.in_(settled), legs.c.payment_id.in_(settled))


def _held(
    account: Account, in_debit: ColumnElement[bool] | TextClause, in_credit: ColumnElement[bool] | TextClause
) -> Select[Any]:
    """What an account holds of each payment by legs under these conditions, where it is more than nothing."""
    sign = 1 if CHART[account.kind].grows is Side.DEBIT else -1
    debited = select(legs.c.payment_id, (sign * legs.c.amount_minor).label("moved"))
    credited = select(legs.c.payment_id, (-sign * legs.c.amount_minor).label("moved"))
    sides = union_all(
        debited.where(legs.c.debit == str(account), in_debit), credited.where(legs.c.credit == str(account), in_credit)
    ).subquery()
    held = cast(func.sum(sides.c.moved), WHOLE)
    return select(sides.c.payment_id, held.label("held")).group_by(sides.c.payment_id).having(held > 0)


def due(table: Table, *, at: datetime, limit: int, **having: StrEnum) -> Select[Any]:
    """Rows of these values whose time has come, the most overdue first, that no other open transaction has taken."""
    if table is webhook_events:
        return _due_webhook_events(at=at, limit=limit)
    if table is deliveries:
        return due_deliveries(at=at, limit=limit)
    has_work = EFFECT_HAS_WORK if table is effects else "due_at IS NOT NULL"
    alike = (table.c[name] == value for name, value in having.items())
    came = by_due(select(table), table).where(table.c.due_at <= at, text(has_work), *alike)
    return came.order_by(table.c.due_at, table.c.id).limit(limit).with_for_update(skip_locked=True)


def _due_webhook_events(*, at: datetime, limit: int) -> Select[Any]:
    """All that waits in the lanes that are free.

    Whoever takes a lane locks the first event that waits in it. Another transaction finds that one locked and passes
    the lane by, until the lease is stored and says the same.
    """
    event, first, other = webhook_events, webhook_events.alias("head"), webhook_events.alias("other")
    same_lane = and_(other.c.object_kind == first.c.object_kind, other.c.object_id == first.c.object_id)
    earlier = tuple_(other.c.due_at, other.c.id) < tuple_(first.c.due_at, first.c.id)
    leased = and_(other.c.state == WebhookState.LEASED, other.c.leased_until > at)
    taken = exists().where(same_lane, _webhook_has_work(other), or_(earlier, leased))
    free = (
        by_due(select(first.c.object_kind, first.c.object_id), first)
        .where(first.c.due_at <= at, _webhook_has_work(first), ~taken)
        .order_by(first.c.due_at, first.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    waits = (event.c.due_at <= at, _webhook_has_work(event))
    in_free_lane = tuple_(event.c.object_kind, event.c.object_id).in_(select(free.c.object_kind, free.c.object_id))
    return select(event).where(*waits, in_free_lane).order_by(event.c.due_at, event.c.id).limit(limit)


def by_due(query: Select[Any], table: FromClause) -> Select[Any]:
    """Tell SQLite to walk what has work by its time: its planner would rather count what is in a state."""
    named = table.element if isinstance(table, Alias) else table
    assert isinstance(named, Table), named
    return query.with_hint(table, f"INDEXED BY {named.name}_due", "sqlite")


def _webhook_has_work(events: FromClause) -> TextClause:
    return text(f"{events.description}.{WEBHOOK_HAS_WORK}")
