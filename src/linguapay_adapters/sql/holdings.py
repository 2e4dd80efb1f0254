"""What moved one account of the books.

A page is read in the order of instants, and costs what it is long, if much moves the account. What the account held
before it is counted from the first leg on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from sqlalchemy import ColumnElement, Connection, case, cast, exists, func, literal, not_, or_, select
from sqlalchemy import tuple_ as row

from linguapay_adapters.sql.books import LEG_COLUMNS, entries, entry, legs
from linguapay_adapters.sql.columns import WHOLE
from linguapay_core.domain.holdings import AccountPlace, Moves, Wanted
from linguapay_core.domain.ledger import CHART, Account, Entry, Side
from linguapay_core.domain.money import Money

_PLACE = (entries.c.at, entries.c.sequence)


def find(connection: Connection, wanted: Wanted) -> Moves:
    """The entries that move an account, and what it held before them."""
    return Moves(_held_before(connection, wanted), _entries(connection, wanted))


def _held_before(connection: Connection, wanted: Wanted) -> Sequence[Money]:
    earlier = _earlier(wanted)
    if earlier is None:
        return ()
    moved = case((legs.c.debit == str(wanted.account), legs.c.amount_minor), else_=-legs.c.amount_minor)
    sums = (
        select(legs.c.currency, cast(func.sum(moved), WHOLE).label("moved"))
        .join_from(legs, entries)
        .where(_moves(wanted.account), earlier)
        .group_by(legs.c.currency)
        .order_by(legs.c.currency)
    )
    sign = 1 if CHART[wanted.account.kind].grows is Side.DEBIT else -1
    return tuple(Money(sign * one.moved, one.currency) for one in connection.execute(sums) if one.moved)


def _entries(connection: Connection, wanted: Wanted) -> Sequence[tuple[Entry, AccountPlace]]:
    earlier = _earlier(wanted)
    conditions: list[ColumnElement[bool]] = [exists().where(legs.c.entry_key == entries.c.key, _moves(wanted.account))]
    if earlier is not None:
        conditions.append(not_(earlier))
    if wanted.until is not None:
        conditions.append(entries.c.at < wanted.until)
    heads = select(entries).where(*conditions).order_by(*_PLACE).limit(wanted.limit + 1).subquery("heads")
    lines = (
        select(heads, *LEG_COLUMNS)
        .join(legs, legs.c.entry_key == heads.c.key)
        .order_by(heads.c.at, heads.c.sequence, legs.c.sequence)
    )
    grouped = groupby(connection.execute(lines), key=attrgetter("at", "sequence"))
    return tuple((entry(tuple(group)), place) for place, group in grouped)


def _moves(account: Account) -> ColumnElement[bool]:
    return or_(legs.c.debit == str(account), legs.c.credit == str(account))


def _earlier(wanted: Wanted) -> ColumnElement[bool] | None:
    """The condition for entries before all that is wanted; none where everything is wanted from the first on."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        conditions.append(entries.c.at < wanted.since)
    if wanted.after is not None:
        last = row(*(literal(part, column.type) for part, column in zip(wanted.after, _PLACE, strict=True)))
        conditions.append(row(*_PLACE) <= last)
    return or_(*conditions) if conditions else None
