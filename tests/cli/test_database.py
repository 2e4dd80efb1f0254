"""`linguapay db upgrade`: a PostgreSQL database gets its schema by command, and is refused before that."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from linguapay_adapters.sql.migrate import HEAD
from tests.cli.conftest import Kept
from tests.cli.place import Place
from tests.cli.terminal import run


def test_postgresql_is_refused_before_it_is_upgraded_and_works_after_that(tmp_path: Path, postgres_url: str) -> None:
    place = Place(tmp_path, postgres_url)
    before = place.run("books", "verify", "--no-stripe")
    assert (before.code, before.out) == (3, "")
    assert before.err.endswith("Run `linguapay db upgrade` first.\n")
    for _ in range(2):
        upgraded = run(tmp_path, "db", "upgrade", **place.variables)
        assert (upgraded.code, upgraded.out, upgraded.err) == (0, f"The database is at revision {HEAD}.\n", "")
    after = place.run("books", "verify", "--no-stripe")
    assert (after.code, after.err) == (0, "")


def test_upgrading_makes_an_sqlite_file(tmp_path: Path) -> None:
    ended = Place(tmp_path, "new.db").run("db", "upgrade")
    assert ended.code == 0
    assert (tmp_path / "new.db").exists()


def test_a_folder_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    ended = Place(tmp_path, "nowhere/new.db").run("db", "upgrade")
    assert ended.code == 8
    assert "unable to open database file" in ended.err


def test_a_database_of_a_later_version_is_left_as_it_is_and_its_revision_is_told(copy: Kept) -> None:
    with closing(sqlite3.connect(copy.folder / "demo.db", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
    ended = copy.run("db", "upgrade")
    assert (ended.code, ended.out) == (0, "The database is at revision 0099.\n")
