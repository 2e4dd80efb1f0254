"""Bringing a database to the schema of this version. During a deploy the old version works with it too: expand first.

An empty database gets the schema at once, without Alembic, because importing that costs more than the rest of a start.
Any other goes through the revisions. Both ways end in the same schema, and a test compares them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from linguapay_adapters.sql.committing import committing
from linguapay_adapters.sql.dialect import alone
from linguapay_adapters.sql.engine import for_reading
from linguapay_adapters.sql.errors import told
from linguapay_core.domain.errors import Refused

HEAD: Final = "0003"
"""The newest revision, whose schema ``schema`` describes. Revisions are numbered: their text order is their order."""

REVISIONS: Final = Path(__file__).with_name("migrations")
STAMP: Final = "alembic_version"


def upgrade(engine: Engine) -> str:
    """Bring a database to the newest revision, all or nothing; one that is there already, or further, stays as it is.

    The answer is the revision at which it is then. Any number of processes may do this at once. Raises ``Busy`` if the
    database can't now, and ``Refused`` for one at a revision that never was.
    """
    try:
        with engine.begin() as connection:
            alone(connection)
            stamped = revision(connection)
            if stamped is None:
                from linguapay_adapters.sql import schema  # noqa: PLC0415 - every table, and seldom needed

                schema.create(connection)
                _stamp(connection)
            elif stamped < HEAD:
                follow_revisions(connection)
            return max(stamped or HEAD, HEAD)
    except SQLAlchemyError as error:
        raise told(error) from error


def is_current(engine: Engine) -> bool:
    """Whether a database has all that this version needs: the newest revision that it knows, or one that came after.

    Raises ``Busy`` if the database can't now.
    """
    with committing(for_reading(engine)) as connection:
        return (revision(connection) or "") >= HEAD


def follow_revisions(connection: Connection) -> None:
    """Run every revision that this database hasn't seen, within the transaction that is open. Raises ``Refused``."""
    from alembic import command  # noqa: PLC0415 - costs half a second, and is seldom needed
    from alembic.config import Config  # noqa: PLC0415 - as above
    from alembic.util import CommandError  # noqa: PLC0415 - as above

    configuration = Config()
    configuration.set_main_option("script_location", str(REVISIONS).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    try:
        command.upgrade(configuration, "head")
    except CommandError as error:
        way_out = "Upgrade it with the version that made it, or restore a backup."
        raise Refused("unknown_revision", f"The database can't be upgraded: {error}.", way_out=way_out) from error


def revision(connection: Connection) -> str | None:
    """The revision at which a database is; none where it has no schema."""
    if not inspect(connection).has_table(STAMP):
        return None
    return connection.execute(text(f"SELECT version_num FROM {STAMP}")).scalar_one_or_none()  # noqa: S608 - a constant


def _stamp(connection: Connection) -> None:
    """Note the revision where Alembic looks for it (Alembic: the version table)."""
    column = f"version_num VARCHAR(32) NOT NULL, CONSTRAINT {STAMP}_pkc PRIMARY KEY (version_num)"
    connection.execute(text(f"CREATE TABLE {STAMP} ({column})"))
    connection.execute(text(f"INSERT INTO {STAMP} VALUES (:head)"), {"head": HEAD})  # noqa: S608 - a constant
