"""Reading on in what is only ever added to, without losing a row.

On PostgreSQL sequences commit out of order, so "everything after number n" loses the rows of whoever took a lower
number and committed later. Rows name the transaction that wrote them; those below the oldest one still running are
complete, and no more will ever come (PostgreSQL: Snapshot Information Functions). So the order is (writer, number), and
what runs waits. On SQLite writers take turns, and the number is enough: the writer is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from sqlalchemy import Connection, Select, Table, literal_column, select, text

from linguapay_adapters.sql.columns import WHOLE
from linguapay_adapters.sql.shape import AnyRow

Place: TypeAlias = tuple[int, int]
"""The writer and the number of a row, in the order of reading."""

START: Final[Place] = (0, 0)
"""Before the first row."""

_COMPLETE: Final = text(
    "(writer, sequence) > (CAST(CAST(:writer AS text) AS xid8), :number)"
    " AND writer < pg_snapshot_xmin(pg_current_snapshot())"
)


def read_on(connection: Connection, table: Table, after: Place, *, limit: int) -> tuple[Sequence[AnyRow], Place]:
    """The next complete rows of an append-only table, each with its ``writer``, and the place of the last of them."""
    found = _next_by_number if connection.dialect.name == "sqlite" else _next_by_writer
    rows = connection.execute(found(table, after).limit(limit)).all()
    return rows, (rows[-1].writer, rows[-1].sequence) if rows else after


def _next_by_number(table: Table, after: Place) -> Select[tuple[int]]:
    number = table.c.sequence
    return select(table, literal_column("0", WHOLE).label("writer")).where(number > after[1]).order_by(number)


def _next_by_writer(table: Table, after: Place) -> Select[tuple[int]]:
    writer = literal_column("CAST(CAST(writer AS text) AS bigint)", WHOLE).label("writer")
    complete = _COMPLETE.bindparams(writer=str(after[0]), number=after[1])
    return select(table, writer).where(complete).order_by(text(f"{table.name}.writer"), table.c.sequence)
