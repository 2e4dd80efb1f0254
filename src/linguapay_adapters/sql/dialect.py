"""Where SQLite and PostgreSQL differ and SQLAlchemy leaves it to us: how things are said, and what triggers say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    FromClause,
    Insert,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    type_coerce,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


class SqliteCompiler(SQLiteCompiler):
    """Speaks SQLite, the hints too that name an index: SQLAlchemy leaves them out (SQLite: The INDEXED BY Clause)."""

    def get_from_hint_text(self, _table: FromClause, text: str | None) -> str | None:
        """What ``with_hint`` said of a table."""
        return text


class WholeSeconds(FunctionElement[int]):
    """The seconds since 1970 of an instant, without their fraction."""

    type = BigInteger()
    inherit_cache = True


@compiles(WholeSeconds, "sqlite")
def _sqlite_seconds(element: WholeSeconds, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
    return f"CAST(strftime('%s', substr({compiler.process(element.clauses, **options)}, 1, 19)) AS INTEGER)"


@compiles(WholeSeconds, "postgresql")
def _postgresql_seconds(element: WholeSeconds, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - as above
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **options)})) AS bigint)"


def table_of_lines(parameter: str, types: Mapping[str, TypeEngine[Any]], dialect: str) -> Select[Any]:
    """Lines of numbers and texts as a query, however many they are: one parameter holds them as JSON."""
    lines = bindparam(parameter, type_=Text())
    if dialect == "sqlite":
        each = func.json_each(lines).table_valued("value")
        fields: Iterable[ColumnElement[Any]] = (func.json_extract(each.c.value, f"$[{n}]") for n in range(len(types)))
    else:
        each = func.json_array_elements(cast(lines, JSON)).table_valued(column("value", JSON))
        fields = (cast(each.c.value[n].as_string(), kind) for n, kind in enumerate(types.values()))
    return select(*(type_coerce(field, types[name]).label(name) for name, field in zip(types, fields, strict=True)))


SCHEMA_LOCK: Final = 0x4C696E677561
"""The advisory lock under which the schema changes: ``Lingua`` in ASCII."""


def insert_unless_there(table: Table, dialect: Dialect) -> Insert:
    """Stores a new record, and lets one be that is there under its name."""
    return insert_into(table, dialect).on_conflict_do_nothing(index_elements=["id"])


def insert_or_open(table: Table, dialect: Dialect, *, closed: str) -> Insert:
    """Stores a new record; one that is there under its name is opened again if it was closed, and else let be."""
    statement = insert_into(table, dialect)
    anew = {column.name: statement.excluded[column.name] for column in table.columns if column.name != "id"}
    return statement.on_conflict_do_update(
        index_elements=["id"],
        set_=anew | {"version": table.c.version + 1},
        where=table.c[closed].is_not(None),
    )


def insert_into(table: Table, dialect: Dialect) -> sqlite.Insert | postgresql.Insert:
    """An insertion that can be told what to do about a row that is there."""
    if dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - SQLite needs none of it

    return postgresql.insert(table)


def alone(connection: Connection) -> None:
    """Wait until nobody else changes the schema; where a transaction has the database to itself, that is so already."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})")


def append_only(table: Table, dialect: Dialect) -> Iterator[str]:
    """The statements that make a table refuse changes, and let readers follow it: see ``bookmark``."""
    name = table.name
    if dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {name}_refuse_{verb.lower()} BEFORE {verb} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} are only ever added to'); END"
            )
    else:
        yield f"ALTER TABLE {name} ADD COLUMN writer xid8 NOT NULL DEFAULT pg_current_xact_id()"
        yield f"CREATE INDEX {name}_by_writer ON {name} (writer, sequence)"
        yield (
            f"CREATE TRIGGER {name}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


REFUSE_CHANGE: Final = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = TG_TABLE_NAME || ' are only ever added to';
END $$
""".strip()
"""The function behind PostgreSQL's triggers."""
