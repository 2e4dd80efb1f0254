"""Reading on in what is only ever added to, without losing a row.

On PostgreSQL sequences commit out of order, so "everything after number n" loses the rows of whoever took a lower
number and committed later. Rows name the transaction that wrote them; those below the oldest one still running are
complete, and no more will ever come (PostgreSQL: Snapshot Information Functions). So the order is (writer, number), and
what runs waits. On SQLite writers take turns, and the number is enough: the writer is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    literal_column,
    select,
    text,
    true,
    tuple_,
)
from sqlalchemy.types import UserDefinedType

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


def written_within(dialect: str, table: Table, *, after: bool, up_to: bool) -> ColumnElement[bool]:
    """The condition for rows after a place, and up to one; ``parameters_of`` gives its parameters."""
    here = tuple_(*order_of(dialect, table))
    later = here > _there(dialect, f"{table.name}_after") if after else true()
    return later & (here <= _there(dialect, f"{table.name}_up_to")) if up_to else later


def order_of(dialect: str, table: Table) -> tuple[ColumnElement[Any], ...]:
    """The columns of the order of reading."""
    number = table.c.sequence
    return (number,) if dialect == "sqlite" else (literal_column(f"{table.name}.writer"), number)


def parameters_of(table: Table, *, after: Place | None, up_to: Place | None) -> dict[str, object]:
    """The parameters of ``written_within``."""
    named = {f"{table.name}_after": after, f"{table.name}_up_to": up_to}
    given = {name: place for name, place in named.items() if place is not None}
    writers = {f"{name}_writer": str(writer) for name, (writer, _) in given.items()}
    return {**writers, **{f"{name}_number": number for name, (_, number) in given.items()}}


def end_of(connection: Connection, table: Table, after: Place, *, limit: int) -> Place:
    """The place of the last of the next complete rows; the place itself where there is none."""
    found = _next_by_number if connection.dialect.name == "sqlite" else _next_by_writer
    ahead = found(table, after).limit(limit).subquery()
    last = select(ahead.c.writer, ahead.c.sequence).order_by(ahead.c.writer.desc(), ahead.c.sequence.desc()).limit(1)
    row = connection.execute(last).one_or_none()
    return after if row is None else (row.writer, row.sequence)


class _Writer(UserDefinedType[str]):
    """PostgreSQL's ``xid8``."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Say it in PostgreSQL's words."""
        return "xid8"


def _there(dialect: str, name: str) -> ColumnElement[tuple[object, ...]]:
    number = bindparam(f"{name}_number", type_=WHOLE)
    if dialect == "sqlite":
        return tuple_(number)
    return tuple_(cast(bindparam(f"{name}_writer", type_=Text()), _Writer), number)


def _next_by_number(table: Table, after: Place) -> Select[tuple[int]]:
    number = table.c.sequence
    return select(table, literal_column("0", WHOLE).label("writer")).where(number > after[1]).order_by(number)


def _next_by_writer(table: Table, after: Place) -> Select[tuple[int]]:
    writer = literal_column("CAST(CAST(writer AS text) AS bigint)", WHOLE).label("writer")
    complete = _COMPLETE.bindparams(writer=str(after[0]), number=after[1])
    return select(table, writer).where(complete).order_by(text(f"{table.name}.writer"), table.c.sequence)
