"""Events, entries and legs can only be added to, whoever asks and however."""

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import IntegrityError

from linguapay_adapters.sql.books import APPEND_ONLY
from linguapay_adapters.sql.columns import METADATA
from linguapay_adapters.sql.transactions import SqlTransactions
from linguapay_core.testing.builders import an_entry, an_event
from linguapay_core.testing.keeping import begin_lesson, keep

TABLES = [table.name for table in APPEND_ONLY]
CHANGES = [
    "UPDATE {table} SET sequence = sequence + 1",
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
]
COLUMNS = {"events": "why", "entries": "what", "legs": "amount_minor"}
SQLITE_CHANGES = [*CHANGES, "INSERT OR REPLACE INTO {table} SELECT * FROM {table}"]
POSTGRESQL_CHANGES = [*CHANGES[1:], "TRUNCATE {table} CASCADE"]


def rows(connection: Connection, table: str) -> list[tuple[object, ...]]:
    """Give all that stands in a table."""
    return [tuple(row) for row in connection.execute(select(METADATA.tables[table]))]


def refuses(engine: Engine, table: str, change: str) -> None:
    """Try a change, and see that it is refused and that all is as it was."""
    transactions = SqlTransactions(engine)
    payment = begin_lesson(transactions)
    keep(transactions, payment, an_event(), an_entry())
    with engine.connect() as connection:
        before = rows(connection, table)
        connection.rollback()
        with pytest.raises(IntegrityError, match=f"{table} are only ever added to"):
            connection.execute(text(change.format(table=table, column=COLUMNS[table])))
        connection.rollback()
        assert rows(connection, table) == before != []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", SQLITE_CHANGES)
def test_sqlite_refuses_to_change_what_was_added(sqlite_engine: Engine, table: str, change: str) -> None:
    refuses(sqlite_engine, table, change)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", POSTGRESQL_CHANGES)
def test_postgresql_refuses_to_change_what_was_added(postgresql_engine: Engine, table: str, change: str) -> None:
    refuses(postgresql_engine, table, change)
