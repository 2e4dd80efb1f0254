"""Whether a database is as it must be, apart from what it says: its schema, its files, its rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
        unguarded = sorted(_guards_wanted(connection) - _guards(connection))
        yield _without("append-only", unguarded, "all triggers are there", "missing or off")
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


def _guards_wanted(connection: Connection) -> set[str]:
    verbs = ("update", "delete") if connection.dialect.name == "sqlite" else ("change",)
    return {f"{table.name}_refuse_{verb}" for table in APPEND_ONLY for verb in verbs}


def _guards(connection: Connection) -> set[str]:
    """The triggers that are there and on."""
    if connection.dialect.name == "sqlite":
        found = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        found = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    return set(connection.exec_driver_sql(found).scalars())


def _rights_and_writers(connection: Connection) -> Iterator[Finding]:
    right = text("SELECT has_table_privilege(CAST(:name AS text), 'SELECT') AND has_table_privilege(:name, 'INSERT')")
    names = sorted(table.name for table in schema.TABLES)
    without = [name for name in names if not connection.execute(right, {"name": name}).scalar_one()]
    yield _without("rights", without, "the role may read and add to every table", "it may not use")
    ahead = still_to_come(connection)
    yield Finding(
        "writers",
        not ahead,
        f"{ahead} transactions of another server are still to come, and nobody may write before: restore it again"
        if ahead
        else "all have been",
    )
