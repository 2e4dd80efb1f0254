"""A database is looked at as it is: what a migration left out, what somebody dropped, what a role may not."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine

from linguapay_adapters.sql.soundness import _findings


def wrong(connection: Connection) -> dict[str, str]:
    """What doesn't hold, by its rule."""
    return {one.rule: one.found for one in _findings(connection) if not one.holds}


def test_a_new_database_is_sound(engine: Engine) -> None:
    with engine.begin() as connection:
        assert wrong(connection) == {}


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DROP TABLE figures_mark", {"tables": "missing: figures_mark"}),
        ("ALTER TABLE workers DROP COLUMN troubles", {"columns": "missing: workers.troubles"}),
        ("DROP INDEX receipts_numbered", {"indexes": "missing or not whole: receipts_numbered"}),
    ],
)
def test_what_is_missing_is_named(engine: Engine, statement: str, found: dict[str, str]) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
        assert wrong(connection) == found


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DROP INDEX events_by_writer", {"indexes": "missing or not whole: events_by_writer"}),
        ("ALTER TABLE legs DISABLE TRIGGER USER", {"append-only": "missing or off: legs_refuse_change"}),
        (
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'receipts_numbered'::regclass",
            {"indexes": "missing or not whole: receipts_numbered"},
        ),
    ],
)
def test_what_only_postgresql_has_is_looked_at_too(
    postgresql_engine: Engine, statement: str, found: dict[str, str]
) -> None:
    with postgresql_engine.begin() as connection:
        connection.exec_driver_sql(statement)
        assert wrong(connection) == found


@pytest.mark.parametrize(
    ("revoked", "found"),
    [
        ("UPDATE ON gigs", {"rights": "it may not use: gigs"}),
        ("INSERT ON events", {"rights": "it may not use: events"}),
        ("UPDATE ON events, entries, legs", {}),
    ],
)
def test_a_role_needs_the_right_to_change_what_may_change(
    postgresql_engine: Engine, revoked: str, found: dict[str, str]
) -> None:
    with postgresql_engine.begin() as connection:
        for statement in (
            "CREATE ROLE lingua",
            "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO lingua",
            f"REVOKE {revoked} FROM lingua",
            "SET LOCAL ROLE lingua",
        ):
            connection.exec_driver_sql(statement)
        assert wrong(connection) == found
        connection.rollback()
