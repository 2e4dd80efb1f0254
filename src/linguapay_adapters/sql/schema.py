"""The whole schema: every table, and what only triggers can say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, Dialect
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement, sort_tables

from linguapay_adapters.sql.books import APPEND_ONLY
from linguapay_adapters.sql.columns import ONLY
from linguapay_adapters.sql.dialect import REFUSE_CHANGE, append_only
from linguapay_adapters.sql.house import house, workers
from linguapay_adapters.sql.projections import PROJECTIONS
from linguapay_adapters.sql.shapes import SHAPES
from linguapay_adapters.sql.stored_answers import stored_answers

TABLES: Final = (
    *(shape.table for shape in SHAPES.values()),
    *APPEND_ONLY,
    stored_answers,
    house,
    workers,
    *PROJECTIONS,
)
"""Every table there is; naming them here makes sure that all are known before the schema is made."""


def statements(dialect: Dialect) -> Iterator[str]:
    """What makes the schema in an empty database, one statement after the other."""
    for table in sort_tables(TABLES):
        yield _compiled(CreateTable(table), dialect)
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            only = index.info.get(ONLY)
            yield _compiled(CreateIndex(index), dialect) + (f" WHERE {only}" if only else "")
    if dialect.name == "postgresql":
        yield REFUSE_CHANGE
    for table in APPEND_ONLY:
        yield from append_only(table, dialect)


def _compiled(statement: ExecutableDDLElement, dialect: Dialect) -> str:
    lines = str(statement.compile(dialect=dialect)).strip().splitlines()
    return "\n".join(line.replace("\t", "    ").rstrip() for line in lines)


def create(connection: Connection) -> None:
    """Make the schema in an empty database."""
    for statement in statements(connection.dialect):
        connection.exec_driver_sql(statement)
