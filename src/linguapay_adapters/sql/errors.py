"""What the databases' errors mean to whoever called."""

from __future__ import annotations

from typing import Final

from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from linguapay_core.domain.errors import Busy, InDoubt, Stale

SQLITE_BUSY: Final = frozenset({"BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "READONLY", "INTERRUPT", "NOMEM"})
"""The primary result codes of SQLite that say that it can't now (SQLite: Result and Error Codes)."""

SQLITE_TAKEN: Final = frozenset({"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"})

POSTGRESQL_TAKEN: Final = "23505"
POSTGRESQL_READ_ONLY: Final = "25006"
"""What a server answers that isn't the primary any more (PostgreSQL: Appendix A, Error Codes)."""
POSTGRESQL_ROLLED_BACK: Final = "40"
"""The class of codes for a transaction that lost against another: a deadlock, a serialization failure."""


def told(error: SQLAlchemyError) -> BaseException:
    """What a database's error means to the caller: ``Stale``, ``Busy``, a bug of ours, or just itself."""
    if isinstance(error, exc.TimeoutError):
        return Busy("All connections to the database are in use.")
    if not isinstance(error, DBAPIError):
        cause = error.orig if isinstance(error, exc.StatementError) else None
        return AssertionError(f"This can't be stored: {cause}") if isinstance(cause, AssertionError) else error
    code = _code(error)
    if code in SQLITE_TAKEN or code == POSTGRESQL_TAKEN or code.startswith(POSTGRESQL_ROLLED_BACK):
        return Stale(f"Somebody wrote in between: {error.orig}")
    if isinstance(error, IntegrityError):
        return AssertionError(f"The schema refuses what was to be kept: {error.orig}")
    if _is_busy(error, code):
        return Busy(f"The database can't now: {error.orig}")
    return error


def in_doubt(error: SQLAlchemyError) -> BaseException:
    """What an error during commit means: the same, but ``InDoubt`` where the answer was lost."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return InDoubt("The database was lost while it committed.")
    return told(error)


def _code(error: DBAPIError) -> str:
    """SQLite's name of the error, or PostgreSQL's ``SQLSTATE``; empty where the connection itself failed."""
    return getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or ""


def _is_busy(error: DBAPIError, code: str) -> bool:
    if code.startswith("SQLITE_"):
        return code.split("_")[1] in SQLITE_BUSY
    return isinstance(error, OperationalError) or error.connection_invalidated or code == POSTGRESQL_READ_ONLY
