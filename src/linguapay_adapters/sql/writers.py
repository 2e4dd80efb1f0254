"""The transactions of PostgreSQL's that the append-only rows name, and whether this server has come so far.

A restored database may be on another server, whose transactions have lower numbers than those that its rows name. Until
its numbers have passed them, a row that is added would stand before rows that are there, and readers who are further on
would never see it (see ``bookmark``). So until then nobody opens such a database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, literal_column, select, text

from linguapay_adapters.sql.books import APPEND_ONLY
from linguapay_adapters.sql.columns import WHOLE
from linguapay_core.domain.errors import Refused

AT_ONCE: Final = 20_000
"""So many transactions are let go by at once."""


def check_writers(connection: Connection) -> None:
    """See that whatever is added now stands behind all that is there. Raises ``Refused``."""
    if connection.dialect.name == "postgresql" and (ahead := still_to_come(connection)):
        raise Refused(
            "restore_unfinished",
            f"A backup was put here and not brought to its end: {ahead} transactions are still to come.",
            way_out="Restore it again, with `linguapay db restore --replace`.",
        )


def still_to_come(connection: Connection) -> int:
    """How many transactions of this server are still to come, until it has had all that the rows name."""
    last = _last_writer(connection)  # asked first: what is added meanwhile is behind it
    return max(last - _next_writer(connection) + 1, 0)


def catch_up(connection: Connection, seen: Callable[[float], None]) -> None:
    """Let as many transactions go by as it takes, some 40,000 a second."""
    wanted = ahead = still_to_come(connection)
    connection.exec_driver_sql("SET synchronous_commit = off")
    while ahead:
        times = min(AT_ONCE, ahead)
        connection.exec_driver_sql(
            f"DO $$ BEGIN FOR i IN 1..{times:d} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
        )
        ahead = still_to_come(connection)
        seen(1 - ahead / wanted)


def _last_writer(connection: Connection) -> int:
    """The transaction that wrote last, of all that the append-only tables name."""
    writer = literal_column("CAST(CAST(writer AS text) AS bigint)", WHOLE)
    newest = (select(writer).select_from(one).order_by(text("writer DESC")).limit(1) for one in APPEND_ONLY)
    return max(connection.scalars(query).one_or_none() or 0 for query in newest)


def _next_writer(connection: Connection) -> int:
    """The number of the next transaction of this server."""
    found = "SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)"
    return int(connection.exec_driver_sql(found).scalar_one())
