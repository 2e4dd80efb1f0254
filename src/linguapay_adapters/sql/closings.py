"""The ends of days, the entries between two of them, and the numbers of receipts.

Entries are placed in the order of keeping, by writer and number: see ``bookmark``. On SQLite the writer is 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, literal_column, or_, select, text, true
from sqlalchemy import tuple_ as row

from linguapay_adapters.sql.books import LEG_COLUMNS, entries, entry, legs
from linguapay_adapters.sql.columns import WHOLE, index, table_of, when, whole, yes_no
from linguapay_adapters.sql.payments import payments
from linguapay_adapters.sql.shape import Shape
from linguapay_core.domain.closing import Closing, Kept, Place, behind
from linguapay_core.domain.identifiers import PaymentId, PersonId
from linguapay_core.domain.ledger import Account, Kind
from linguapay_core.domain.numbered_receipt import NumberedReceipt

closings: Final = table_of("closings", str, whole("writer"), whole("number"), when("closed_at"))
index(closings, "placed", "writer", "number")

receipts: Final = table_of("receipts", PaymentId, yes_no("live"), whole("number"), when("numbered_at"))
index(receipts, "numbered", "live", "number", unique=True)

CLOSINGS: Final = Shape(
    Closing,
    "closing",
    closings,
    lambda closing: {"writer": closing.writer, "number": closing.number, "closed_at": closing.closed_at},
    lambda row: Closing(row.id, row.version, row.writer, row.number, row.closed_at),
)
RECEIPTS: Final = Shape(
    NumberedReceipt,
    "receipt",
    receipts,
    lambda receipt: {"live": receipt.live, "number": receipt.number, "numbered_at": receipt.numbered_at},
    lambda row: NumberedReceipt(row.id, row.version, row.live, row.number, row.numbered_at),
)

_COMPLETE: Final = text("entries.writer < pg_snapshot_xmin(pg_current_snapshot())")


def last_closing() -> Select[Any]:
    """The last day that was closed."""
    return select(closings).order_by(closings.c.id.desc()).limit(1)


def closing(on: date) -> Select[Any]:
    """The end of a day, or of the first that was closed if that is later: days are closed without a gap."""
    return select(closings).where(closings.c.id >= on.isoformat()).order_by(closings.c.id).limit(1)


def closed_on(connection: Connection, place: Place) -> date:
    """The day whose end is the first one behind a place."""
    ends = row(closings.c.writer, closings.c.number)
    found = select(closings.c.id).where(ends > _literal(place)).order_by(closings.c.id).limit(1)
    return date.fromisoformat(connection.scalars(found).one())


def receipts_given(*, live: bool) -> Select[Any]:
    """The last number that was given."""
    return select(func.coalesce(func.max(receipts.c.number), 0)).where(receipts.c.live == live)


def first_entry(connection: Connection) -> Kept | None:
    """The first complete entry."""
    return next(iter(_kept(connection, _complete(connection), limit=1)), None)


def place_before(connection: Connection, at: datetime, after: Place) -> Place:
    """The place of the first complete entry that we decided then or later; else that behind the last complete one.

    The last one is looked for first: what comes to be complete in between is at most found a day too late.
    """
    writer, number = _place(connection)
    complete = _complete(connection)
    placed = select(writer.label("writer"), number.label("number")).where(complete, _from(connection, after))
    last = connection.execute(placed.order_by(text("writer DESC"), number.desc()).limit(1)).one_or_none()
    decided = and_(entries.c.cash.is_(None), entries.c.at >= at)
    first = connection.execute(placed.where(decided).order_by(text("writer"), number).limit(1)).one_or_none()
    if first is not None:
        return first.writer, first.number
    return after if last is None else behind((last.writer, last.number))


def entries_between(connection: Connection, since: Place, until: Place, *, limit: int) -> Sequence[Kept]:
    """The entries from a place up to another, in the order of keeping."""
    return tuple(_kept(connection, and_(_from(connection, since), _before(connection, until)), limit=limit))


def entries_of_teacher(connection: Connection, teacher_id: PersonId, until: Place) -> Sequence[Kept]:
    """The entries that move a teacher's money; each of its legs there is of one of the teacher's payments."""
    accounts = [str(Account(kind, teacher_id)) for kind in (Kind.TEACHER_PAYABLE, Kind.TEACHER_RECEIVABLE)]
    theirs = (
        select(legs.c.entry_key)
        .join(payments, payments.c.id == legs.c.payment_id)
        .where(payments.c.teacher_id == teacher_id, or_(legs.c.debit.in_(accounts), legs.c.credit.in_(accounts)))
    )
    return tuple(_kept(connection, and_(entries.c.key.in_(theirs), _before(connection, until))))


def _kept(connection: Connection, wanted: ColumnElement[bool], *, limit: int | None = None) -> Iterator[Kept]:
    writer, number = _place(connection)
    placed = select(entries, writer.label("writer")).where(wanted).order_by(text("writer"), number).limit(limit)
    heads = placed.subquery("heads")
    lines = (
        select(heads, *LEG_COLUMNS)
        .join(legs, legs.c.entry_key == heads.c.key)
        .order_by(heads.c.writer, heads.c.sequence, legs.c.sequence)
    )
    for place, group in groupby(connection.execute(lines), key=attrgetter("writer", "sequence")):
        yield Kept(entry(tuple(group)), place)


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _place(connection: Connection) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """What a place is made of, as numbers."""
    writer = "0" if _is_sqlite(connection) else "CAST(CAST(entries.writer AS text) AS bigint)"
    return literal_column(writer, WHOLE), entries.c.sequence


def _complete(connection: Connection) -> ColumnElement[bool]:
    return true() if _is_sqlite(connection) else and_(true(), _COMPLETE)


def _from(connection: Connection, since: Place) -> ColumnElement[bool]:
    return _compared(connection, ">=", since)


def _before(connection: Connection, until: Place) -> ColumnElement[bool]:
    return _compared(connection, "<", until)


def _compared(connection: Connection, sign: str, place: Place) -> ColumnElement[bool]:
    """The comparison that the index by writer and number serves."""
    writer, number = place
    if _is_sqlite(connection):
        return and_(true(), text(f"entries.sequence {sign} {number:d}"))
    return and_(true(), text(f"(entries.writer, entries.sequence) {sign} (CAST('{writer:d}' AS xid8), {number:d})"))


def _literal(place: Place) -> ColumnElement[Any]:
    return row(*(literal(part, WHOLE) for part in place))
