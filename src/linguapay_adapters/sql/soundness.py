"""Whether a database is as it must be, apart from what it says: its schema, its files, its rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from linguapay_adapters.sql import schema
from linguapay_adapters.sql.books import APPEND_ONLY
from linguapay_adapters.sql.committing import committing
from linguapay_adapters.sql.engine import for_reading
from linguapay_adapters.sql.migrate import HEAD, revision
from linguapay_adapters.sql.writers import still_to_come

OLDEST_POSTGRESQL: Final = 150000
"""The oldest server that is supported, as PostgreSQL writes versions (PostgreSQL: ``server_version_num``)."""

USUAL_EXTENSIONS: Final = frozenset({"plpgsql"})
RIGHTS: Final = ("SELECT", "INSERT", "UPDATE")
FEW: Final = 5
"""So many of what is wrong are named."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must hold of a database, whether it does, and what was found."""

    rule: str
    holds: bool
    found: str


def findings(engine: Engine) -> Sequence[Finding]:
    """Check everything; where the schema is another version's, what depends on it isn't looked at. Raises ``Busy``."""
    with committing(for_reading(engine)) as connection:
        return tuple(_findings(connection))


def _findings(connection: Connection) -> Iterator[Finding]:
    yield from ENGINES[connection.dialect.name](connection)
    stamp = revision(connection)
    yield Finding("revision", (stamp or "") >= HEAD, f"{stamp or 'none'}; this version needs {HEAD}")
    there = set(inspect(connection).get_table_names())
    missing = sorted({table.name for table in schema.TABLES} - there)
    yield _without("tables", missing, f"all {len(schema.TABLES)} are there", "missing")
    if not missing:
        yield from _schema(connection)
        if connection.dialect.name == "postgresql":
            yield from _rights_and_writers(connection)


def _without(rule: str, wrong: Sequence[str], good: str, bad: str) -> Finding:
    some = ", ".join(wrong[:FEW])
    more = f" and {len(wrong) - FEW} more" if len(wrong) > FEW else ""
    return Finding(rule, not wrong, f"{bad}: {some}{more}" if wrong else good)


def _sqlite(connection: Connection) -> Iterator[Finding]:
    version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    yield Finding("engine", holds=True, found=f"SQLite {version}")
    broken = [str(line) for line in connection.exec_driver_sql("PRAGMA integrity_check").scalars() if line != "ok"]
    yield _without("integrity", broken, "every page and index is whole", "found")
    lost = [f"{row[0]} names {row[2]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    yield _without("foreign keys", lost, "every row that is named is there", "found")


def _postgresql(connection: Connection) -> Iterator[Finding]:
    number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    shown = connection.exec_driver_sql("SHOW server_version").scalar_one()
    yield Finding("engine", number >= OLDEST_POSTGRESQL, f"PostgreSQL {shown}; {OLDEST_POSTGRESQL // 10_000} or newer")
    names = set(connection.exec_driver_sql("SELECT extname FROM pg_extension").scalars())
    extra = sorted(names - USUAL_EXTENSIONS)
    yield Finding(
        "extensions", holds=True, found=f"needs none; there are {', '.join(extra)}" if extra else "needs none"
    )


ENGINES: Final[Mapping[str, Callable[[Connection], Iterator[Finding]]]] = {"sqlite": _sqlite, "postgresql": _postgresql}
"""What is checked of each kind of database alone."""


def _schema(connection: Connection) -> Iterator[Finding]:
    wanted, there = _wanted(connection.dialect.name), _there(connection)
    for what, bad in (("columns", "missing"), ("indexes", "missing or not whole"), ("append-only", "missing or off")):
        called = "triggers" if what == "append-only" else what
        yield _without(what, sorted(wanted[what] - there[what]), f"all {len(wanted[what])} {called} are there", bad)


def _wanted(dialect: str) -> Mapping[str, AbstractSet[str]]:
    """The names of all that this version needs."""
    columns = {f"{table.name}.{column.name}" for table in schema.TABLES for column in table.columns}
    indexes = {str(index.name) for table in schema.TABLES for index in table.indexes}
    if dialect == "sqlite":
        guards = {f"{table.name}_refuse_{verb}" for table in APPEND_ONLY for verb in ("update", "delete")}
        return {"columns": columns, "indexes": indexes, "append-only": guards}
    return {
        "columns": columns | {f"{table.name}.writer" for table in APPEND_ONLY},
        "indexes": indexes | {f"{table.name}_by_writer" for table in APPEND_ONLY},
        "append-only": {f"{table.name}_refuse_change" for table in APPEND_ONLY},
    }


THERE: Final[Mapping[str, Mapping[str, str]]] = {
    "sqlite": {
        "columns": "SELECT m.name || '.' || part.name FROM sqlite_master AS m, pragma_table_info(m.name) AS part",
        "indexes": "SELECT name FROM sqlite_master WHERE type = 'index'",
        "append-only": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    },
    "postgresql": {
        "columns": "SELECT attrelid::regclass || '.' || attname FROM pg_attribute WHERE NOT attisdropped",
        "indexes": "SELECT indexrelid::regclass::text FROM pg_index WHERE indisvalid",
        "append-only": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
    },
}
"""What names all that is there, and on."""


def _there(connection: Connection) -> Mapping[str, AbstractSet[str]]:
    queries = THERE[connection.dialect.name].items()
    return {what: set(connection.exec_driver_sql(query).scalars()) for what, query in queries}


def _rights_and_writers(connection: Connection) -> Iterator[Finding]:
    append_only = {table.name for table in APPEND_ONLY}
    without = [
        name
        for name in sorted(table.name for table in schema.TABLES)
        if not all(_may(connection, name, right) for right in RIGHTS if right != "UPDATE" or name not in append_only)
    ]
    yield _without(
        "rights", without, "the role may read every table, add to it, and change what may change", "it may not use"
    )
    ahead = still_to_come(connection)
    yield Finding(
        "writers",
        not ahead,
        f"{ahead} transactions of another server are still to come, and nobody may write before: restore it again"
        if ahead
        else "all have been",
    )


def _may(connection: Connection, table: str, right: str) -> bool:
    asked = text("SELECT has_table_privilege(CAST(:name AS text), :right)")
    return bool(connection.execute(asked, {"name": table, "right": right}).scalar_one())
