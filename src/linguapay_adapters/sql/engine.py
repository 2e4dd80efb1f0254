"""Connections to the database, and how each is set up before its first use."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

from linguapay_adapters.sql.dialect import SqliteCompiler
from linguapay_adapters.sql.line import PoolWithLine

PRAGMAS: Final = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "recursive_triggers": "ON",  # or INSERT OR REPLACE slips past the append-only triggers
    "trusted_schema": "OFF",
}
READING: Final = "linguapay_reading"
"""The execution option of a connection that only reads: it waits for nobody, and nobody for it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections there may be, and how long anything may take. Past these, callers get ``Busy``."""

    connections: int = 20
    connect_seconds: int = 5
    pool_seconds: int = 5
    lock_milliseconds: int = 5_000
    statement_milliseconds: int = 30_000
    idle_milliseconds: int = 60_000


def connect(url: str, limits: Limits | None = None) -> Engine:
    """An engine for ``sqlite:///file``, ``sqlite://`` (in memory) or ``postgresql://…``. No connection is made yet."""
    parsed = make_url(url)
    return {"sqlite": _sqlite, "postgresql": _postgresql}[parsed.get_backend_name()](parsed, limits or Limits())


def _sqlite(url: URL, limits: Limits) -> Engine:
    in_memory = url.database in {None, "", ":memory:"}
    engine = create_engine(
        url,
        poolclass=PoolWithLine,
        pool_size=1 if in_memory else limits.connections,
        max_overflow=0,
        pool_timeout=limits.pool_seconds,
        connect_args={"check_same_thread": False, "timeout": limits.lock_milliseconds / 1000},
    )
    engine.dialect.statement_compiler = SqliteCompiler
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to say
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgresql(url: URL, limits: Limits) -> Engine:
    settings = {
        "timezone": "UTC",
        "jit": "off",  # to compile a query takes seconds, and these take milliseconds
        "lock_timeout": limits.lock_milliseconds,
        "statement_timeout": limits.statement_milliseconds,
        "idle_in_transaction_session_timeout": limits.idle_milliseconds,
    }
    arguments: dict[str, Any] = {
        "application_name": "linguapay",
        "connect_timeout": limits.connect_seconds,
        "keepalives_idle": limits.connect_seconds,
        "tcp_user_timeout": limits.lock_milliseconds + limits.statement_milliseconds,
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        poolclass=PoolWithLine,
        pool_size=limits.connections,
        max_overflow=0,
        pool_timeout=limits.pool_seconds,
        connect_args=arguments,
    )


def for_reading(engine: Engine) -> Engine:
    """The same connections, for transactions that see one moment and write nothing."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READING: True})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
