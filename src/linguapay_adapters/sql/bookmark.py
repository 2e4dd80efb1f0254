"""Reading on in what is only ever added to, without losing a row.

On PostgreSQL sequences commit out of order, so "everything after number n" loses the rows of whoever took a lower
number and committed later. Rows name the transaction that wrote them; those below the oldest one still running are
complete, and no more will ever come (PostgreSQL: Snapshot Information Functions). On SQLite writers take turns, and the
sequence is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, literal_column, select, text

from linguapay_adapters.sql.shape import AnyRow

WRITER: Final[ColumnElement[str]] = literal_column("writer")
OLDEST_RUNNING: Final = text("SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)")


def folded(connection: Connection, table: Table, after: int) -> tuple[Sequence[AnyRow], int]:
    """The complete rows of an append-only table since a bookmark (0 at first), in order, and the next bookmark."""
    if connection.dialect.name == "sqlite":
        return _since_number(connection, table, after)
    return _since_writer(connection, table, after)


def _since_number(connection: Connection, table: Table, after: int) -> tuple[Sequence[AnyRow], int]:
    number = table.c.sequence
    rows = connection.execute(select(table).where(number > after).order_by(number)).all()
    return rows, rows[-1].sequence if rows else after


def _since_writer(connection: Connection, table: Table, after: int) -> tuple[Sequence[AnyRow], int]:
    until = connection.scalars(OLDEST_RUNNING).one()
    complete = text("writer >= CAST(CAST(:after AS text) AS xid8) AND writer < CAST(CAST(:until AS text) AS xid8)")
    found = select(table).where(complete).order_by(WRITER, table.c.sequence)
    return connection.execute(found, {"after": str(after), "until": str(until)}).all(), until
