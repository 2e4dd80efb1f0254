"""The database: opened, and at this version's schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from linguapay_adapters.composition.places import file_of
from linguapay_adapters.settings import Settings
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.house import Mode, check_mode

if TYPE_CHECKING:
    from sqlalchemy import Engine


@contextmanager
def database(url: str, *, fresh: bool) -> Iterator[Engine]:
    """The database: brought to this version where it may be fresh, and otherwise found at it.

    Raises ``Invalid`` for a file that isn't there and for what is no database, ``Refused`` for one to be upgraded and
    for one whose restoring was cut off.
    """
    with opened(url, fresh=fresh) as engine:
        with usable():
            _bring_or_find(engine, fresh=fresh)
        yield engine


@contextmanager
def opened(url: str, *, fresh: bool = False) -> Iterator[Engine]:
    """The database as it is. Raises ``Invalid`` for a file that isn't there, unless it may be ``fresh``."""
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 - imported where it is used

    from linguapay_adapters.sql.engine import connect  # noqa: PLC0415

    file = file_of(url)
    if not fresh and file is not None and not file.exists():
        raise Invalid("LINGUAPAY_DATABASE_URL", f"there is no database {file}. Name one that is there.")
    try:
        engine = connect(url)
    except (ArgumentError, ValueError) as error:  # the URL may hold a password, and isn't repeated
        raise Invalid("LINGUAPAY_DATABASE_URL", "that is no URL of a database.") from error
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def usable() -> Iterator[None]:
    """What is no database is told apart from a bug. Raises ``Invalid``."""
    from sqlalchemy.exc import DatabaseError  # noqa: PLC0415 - imported where it is used

    try:
        yield
    except DatabaseError as error:
        raise Invalid("LINGUAPAY_DATABASE_URL", f"that can't be used: {error.orig}.") from error


def _bring_or_find(engine: Engine, *, fresh: bool) -> None:
    from linguapay_adapters.sql.committing import committing  # noqa: PLC0415 - imported where it is used
    from linguapay_adapters.sql.engine import for_reading  # noqa: PLC0415
    from linguapay_adapters.sql.migrate import HEAD, is_current, upgrade  # noqa: PLC0415
    from linguapay_adapters.sql.writers import check_writers  # noqa: PLC0415

    if fresh:
        upgrade(engine)
    elif not is_current(engine):
        reason = f"The database isn't at revision {HEAD}."
        raise Refused("schema_behind", reason, way_out="Run `linguapay db upgrade` first.")
    with committing(for_reading(engine)) as connection:
        check_writers(connection)


def check_served(engine: Engine, mode: Mode) -> None:
    """See that the account that this database serves, if it has served one, is of this mode. Raises ``Refused``."""
    from linguapay_adapters.sql.watch import SqlWatch  # noqa: PLC0415

    check_mode(SqlWatch(engine).served_account(), mode)


def upgrade_database(settings: Settings) -> str:
    """Bring the database to this version's schema; the answer is its revision. Raises as ``migrate.upgrade``."""
    from linguapay_adapters.sql.migrate import upgrade  # noqa: PLC0415 - imported where it is used

    with database(settings.database_url.get_secret_value(), fresh=True) as engine:
        return upgrade(engine)  # it was brought there, and stays: this tells where
