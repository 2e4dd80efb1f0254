"""One transaction on a connection of its own: committed at the end of the block, rolled back on whatever is raised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from linguapay_adapters.sql.errors import in_doubt, told
from linguapay_adapters.sql.line import line_of


@contextmanager
def committing(engine: Engine) -> Iterator[Connection]:
    """A connection with a transaction open. The database's errors are told in our words."""
    with line_of(engine).place():
        connection = _begun(engine)
        try:
            yield connection
        except BaseException as error:
            _roll_back(connection)
            if isinstance(error, SQLAlchemyError):
                raise told(error) from error
            raise
        _commit(connection)


def _begun(engine: Engine) -> Connection:
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        raise told(error) from error
    try:
        connection.begin()
    except SQLAlchemyError as error:
        _roll_back(connection)
        raise told(error) from error
    return connection


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except BaseException as error:
        _roll_back(connection)
        if isinstance(error, SQLAlchemyError):
            raise in_doubt(error) from error
        raise
    connection.close()


def _roll_back(connection: Connection) -> None:
    """Undo it. A connection that can't is thrown away, and the database undoes it then."""
    try:
        connection.rollback()
    except DBAPIError:
        connection.invalidate()
    connection.close()
