"""Both ways to the schema end in the same schema, however often and by however many they are gone."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from linguapay_adapters.sql import schema
from linguapay_adapters.sql.committing import committing
from linguapay_adapters.sql.engine import Limits, connect
from linguapay_adapters.sql.migrate import HEAD, REVISIONS, follow_revisions, is_current, upgrade
from linguapay_adapters.sql.watch import SqlWatch

CATALOGUES = {
    "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"],
    "postgresql": [
        """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                  a.attcollation::regcollation::text, pg_get_expr(d.adbin, d.adrelid)
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
           LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname, a.attnum""",
        """SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE connamespace = 'public'::regnamespace ORDER BY conname, 2""",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
        """SELECT proname, pg_get_functiondef(oid) FROM pg_proc
           WHERE pronamespace = 'public'::regnamespace ORDER BY proname""",
    ],
}


def catalogue(connection: Connection) -> list[tuple[object, ...]]:
    """Give all that a database knows of its schema."""
    queries = CATALOGUES[connection.dialect.name]
    return [tuple(row) for query in queries for row in connection.execute(text(query))]


def test_the_revisions_end_in_the_schema_that_the_tables_describe(empty: Engine) -> None:
    with empty.connect() as connection:
        follow_revisions(connection)
        by_revisions = catalogue(connection)
        connection.rollback()
    upgrade(empty)
    with empty.connect() as connection:
        assert by_revisions == catalogue(connection)
        assert len(by_revisions) > len(schema.TABLES)


def test_an_upgraded_database_is_current_and_stays_so(empty: Engine) -> None:
    assert not is_current(empty)
    upgrade(empty)
    assert is_current(empty)
    upgrade(empty)
    assert is_current(empty)


def test_a_database_is_asked_whether_it_is_current_while_another_writes(tmp_path: Path) -> None:
    """SQLite has one writer; who only asks doesn't wait for it."""
    engine = connect(f"sqlite:///{tmp_path / 'linguapay.db'}", Limits(lock_milliseconds=1))
    upgrade(engine)
    with committing(engine):
        assert SqlWatch(engine).is_current()


def test_a_database_that_a_newer_version_upgraded_serves_this_one_too(empty: Engine) -> None:
    """During a deploy an old node may start after the first new one: revisions only expand."""
    upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    upgrade(empty)
    assert is_current(empty)


def test_many_processes_may_upgrade_at_once(empty: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(upgrade, [empty] * 8))
    assert is_current(empty)


def test_a_failed_upgrade_leaves_nothing_behind(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("linguapay_adapters.sql.migrate._stamp", fail)
    with pytest.raises(KeyboardInterrupt):
        upgrade(empty)
    with empty.connect() as connection:
        assert catalogue(connection) == []


def test_the_newest_revision_is_the_one_that_upgrade_stamps() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(REVISIONS))
    assert ScriptDirectory.from_config(configuration).get_heads() == [HEAD]


def test_a_fresh_database_is_made_without_importing_alembic(sqlite_url: str) -> None:
    program = (
        "import sys; from linguapay_adapters.sql.engine import connect; "
        "from linguapay_adapters.sql.migrate import upgrade; "
        f"upgrade(connect({sqlite_url!r})); sys.exit('alembic' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
