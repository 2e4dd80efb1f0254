"""`linguapay db check`, `backup` and `restore`: a database that is copied while it is written to comes back whole."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

import psycopg
import pytest
from sqlalchemy import URL, make_url

from linguapay_adapters.composition import sandbox
from linguapay_adapters.sql import postgresql_backup, sqlite_backup
from linguapay_adapters.sql.migrate import HEAD
from linguapay_adapters.system.alone import only_worker
from linguapay_adapters.system.clock import SystemClock
from linguapay_core.domain.errors import Busy, Refused
from linguapay_core.domain.gig import Gig
from tests import postgres
from tests.cli.conftest import Kept
from tests.cli.place import Place
from tests.cli.terminal import recorded, run
from tests.use_cases.stage import confirmed, offered, paid, requested

SUGGESTED = "Look at it with `linguapay db check` and `linguapay books verify --no-stripe`.\n"


def entries(place: Place) -> int:
    """How many entries the books of a sound database have."""
    assert place.run("db", "check").code == 0
    count: int = place.data("books", "verify", "--no-stripe")["entries"]
    return count


@contextmanager
def lessons(url: str) -> Iterator[Event]:
    """Lessons that are asked for one after the other, while the block runs; the event says that one is paid."""
    begun, enough = Event(), Event()

    def play() -> int:
        with sandbox(url, starts_at=SystemClock().now()) as lp:
            gig = offered(lp)
            paid(lp, confirmed(lp, gig))
            begun.set()
            for number in range(5_000):
                requested(lp, gig, notice=timedelta(days=4, hours=number))
                if enough.is_set():
                    return number
        raise AssertionError("nobody ever stopped it")

    with ThreadPoolExecutor(1) as threads:
        playing = threads.submit(play)
        try:
            yield begun
        finally:
            enough.set()
        assert playing.result() >= 0


def test_a_sound_database_looks_as_recorded(kept: Kept) -> None:
    ended = kept.run("db", "check")
    shown = re.sub(r"\b\d[\d.]*", lambda number: "." * len(number[0]), ended.out)
    assert shown == recorded("db_check", shown)
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize(
    ("statement", "rule", "found"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "revision", f"0001; this version needs {HEAD}"),
        ("DROP TRIGGER legs_refuse_update", "append-only", "missing or off: legs_refuse_update"),
        ("DROP TABLE workers", "tables", "missing: workers"),
        ("ALTER TABLE workers DROP COLUMN troubles", "columns", "missing: workers.troubles"),
        ("DROP INDEX receipts_numbered", "indexes", "missing or not whole: receipts_numbered"),
        ("DELETE FROM gigs", "foreign keys", "found: bookings names gigs"),
    ],
)
def test_what_is_wrong_with_a_database_is_named_and_ends_with_1(
    copy: Kept, statement: str, rule: str, found: str
) -> None:
    with closing(sqlite3.connect(copy.folder / "demo.db", isolation_level=None)) as connection:
        connection.execute(statement)
    ended = copy.run("db", "check", "--json")
    told = json.loads(ended.out)
    assert (ended.code, told["holds"]) == (1, False)
    (wrong,) = (one for one in told["findings"] if not one["holds"])
    assert wrong["rule"] == rule
    assert wrong["found"].startswith(found)


def test_a_damaged_page_is_found(copy: Kept) -> None:
    file = copy.folder / "demo.db"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] + bytes(4096 * 4) + whole[len(whole) // 2 + 4096 * 4 :])
    ended = copy.run("db", "check")
    assert ended.code in (1, 2)
    assert "✗  integrity" in ended.out or "malformed" in ended.err


def test_a_database_that_is_written_to_is_backed_up_whole_and_restored(tmp_path: Path) -> None:
    busy, new = Place(tmp_path, "busy.db"), Place(tmp_path, "new.db")
    with lessons(busy.url) as begun:
        assert begun.wait(60)
        backed_up = run(tmp_path, "db", "backup", "copy.db", **busy.variables)
    assert (backed_up.code, backed_up.out) == (0, "Backed up to copy.db.\n")
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    restored = new.run("db", "restore", "copy.db")
    assert (restored.code, restored.out) == (0, f"Restored copy.db.\n{SUGGESTED}")
    assert 0 < entries(new) <= entries(busy)
    assert not list(tmp_path.glob(".*"))


def killed(database: Path, insert: str) -> None:
    """What is left when a writer was killed and the database, its own file, was deleted: the files beside it."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute(insert)
        kept = {file: file.read_bytes() for file in database.parent.glob(f"{database.name}-*")}
    database.unlink()
    for file, content in kept.items():
        file.write_bytes(content)
    assert kept


def test_what_a_killed_writer_left_beside_is_never_played_into_a_restored_database(copy: Kept) -> None:
    """Nor into the sandbox's."""
    assert copy.run("db", "backup", "copy.db").code == 0
    files = [copy.folder / name for name in ("demo.db", "demo.stripe.db")]
    for file in files:
        killed(file, "CREATE TABLE songs (name TEXT)")
        file.with_name(f"{file.name}-journal").write_bytes(b"old")
    assert copy.run("db", "restore", "copy.db").code == 0
    for file in files:
        assert not list(copy.folder.glob(f"{file.name}-*"))
        with closing(sqlite3.connect(file)) as connection:
            assert not connection.execute("SELECT * FROM sqlite_schema WHERE name = 'songs'").fetchall()
    assert entries(copy) == 19
    assert copy.run("books", "verify").code == 0


def test_nobody_waits_without_end_for_a_database_that_is_locked(copy: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_backup, "WAIT_SECONDS", 0.02)
    assert copy.run("db", "backup", "copy.db").code == 0
    with closing(sqlite3.connect(copy.folder / "demo.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        ended = copy.run("db", "restore", "copy.db", "--replace", "--yes")
    assert (ended.code, ended.err) == (8, "Busy: Somebody has the database locked. Repeat later; nothing happened.\n")
    assert entries(copy) == 19


def test_the_sandbox_goes_with_the_database_so_that_stripe_still_agrees(kept: Kept, tmp_path: Path) -> None:
    backed_up = kept.run("db", "backup", str(tmp_path / "copy.db"))
    assert backed_up.out == f"Backed up to {tmp_path}/copy.db and {tmp_path}/copy.stripe.db.\n"
    new = Place(tmp_path, "new.db")
    assert new.run("db", "restore", "copy.db").code == 0
    assert new.run("books", "verify").code == 0


def test_a_backup_never_takes_the_place_of_a_file(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_text("mine")
    for name in ("there.db", "nowhere/new.db"):
        ended = kept.run("db", "backup", str(tmp_path / name))
        assert (ended.code, ended.out) == (2, "")
    assert (tmp_path / "there.db").read_text() == "mine"


def test_a_database_that_is_there_is_replaced_only_if_that_is_said_twice(copy: Kept) -> None:
    assert copy.run("db", "backup", "copy.db").code == 0
    plain = copy.run("db", "restore", "copy.db")
    assert (plain.code, plain.out) == (3, "")
    assert "--replace" in plain.err
    unasked = copy.run("db", "restore", "copy.db", "--replace")
    assert (unasked.code, unasked.err) == (2, "Invalid: yes: nobody is there to be asked: give --yes to go ahead.\n")
    with sandbox(copy.url) as lp:
        lp.offer_gig("zoe", "Another", 1000)
        assert copy.run("db", "restore", "copy.db", "--replace", "--yes").code == 0
        assert "Another" not in [gig.title for gig in lp.list_records(Gig).items]
    assert entries(copy) == 19


def test_nothing_is_replaced_while_a_worker_works(copy: Kept) -> None:
    assert copy.run("db", "backup", "copy.db").code == 0
    with only_worker(copy.folder / "demo.worker"):
        ended = copy.run("db", "restore", "copy.db", "--replace", "--yes")
    assert ended.code == 3
    assert "Another worker" in ended.err


def damaged(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + bytes(len(whole) - 4096))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:10_000])


def anothers(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")


def a_text(file: Path) -> None:
    file.write_text("no database at all")


def a_dump(file: Path) -> None:
    file.write_bytes(postgresql_backup.MAGIC + b"...")


@pytest.mark.parametrize("spoil", [damaged, cut, anothers, a_text, a_dump])
def test_what_is_no_whole_backup_of_ours_is_never_restored(copy: Kept, spoil: object) -> None:
    assert callable(spoil)
    assert copy.run("db", "backup", "copy.db").code == 0
    spoil(copy.folder / "copy.db")
    before = (copy.folder / "demo.db").read_bytes()
    ended = copy.run("db", "restore", "copy.db", "--replace", "--yes")
    assert (ended.code, ended.out) == (3, ""), ended
    assert len(ended.err.splitlines()) == 1
    assert (copy.folder / "demo.db").read_bytes() == before


@pytest.mark.parametrize("spoil", [damaged, cut, a_text])
def test_a_database_is_never_replaced_where_the_sandboxs_state_is_no_whole_backup(copy: Kept, spoil: object) -> None:
    assert callable(spoil)
    assert copy.run("db", "backup", "copy.db").code == 0
    spoil(copy.folder / "copy.stripe.db")
    before = [(copy.folder / name).read_bytes() for name in ("demo.db", "demo.stripe.db")]
    ended = copy.run("db", "restore", "copy.db", "--replace", "--yes")
    assert (ended.code, ended.out) == (3, ""), ended
    assert "copy.stripe.db is damaged" in ended.err
    assert [(copy.folder / name).read_bytes() for name in ("demo.db", "demo.stripe.db")] == before


def test_a_backup_without_a_sandboxs_state_leaves_no_other_beside_it(copy: Kept) -> None:
    assert copy.run("db", "backup", "copy.db").code == 0
    (copy.folder / "copy.stripe.db").unlink()
    ended = copy.run("db", "restore", "copy.db", "--replace", "--yes")
    assert (ended.code, ended.out) == (0, f"Restored copy.db.\n{SUGGESTED}")
    assert not list(copy.folder.glob("demo.stripe.db*"))


def test_a_backup_that_is_not_there_is_invalid(tmp_path: Path) -> None:
    ended = Place(tmp_path, "new.db").run("db", "restore", "nothing.db")
    assert (ended.code, ended.err) == (2, "Invalid: file: there is no backup nothing.db.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def server(tmp_path: Path, postgres_url: str) -> Place:
    """An empty database of a server."""
    return Place(tmp_path, postgres_url)


@pytest.fixture
def second(tmp_path: Path, template_url: URL) -> Iterator[Place]:
    """Another one of the same server."""
    with postgres.clone(template_url) as url:
        yield Place(tmp_path, url.set(drivername="postgresql").render_as_string(hide_password=False))


def test_postgresql_is_backed_up_while_it_is_written_to_and_restored(server: Place, second: Place) -> None:
    with lessons(server.url) as begun:
        assert begun.wait(60)
        assert server.run("db", "backup", "copy.dump").code == 0
    ended = second.run("db", "restore", "copy.dump")
    assert (ended.code, ended.out) == (0, f"Restored copy.dump.\n{SUGGESTED}"), ended
    there = entries(second)
    assert 0 < there <= entries(server)
    again = second.run("db", "restore", "copy.dump")
    assert again.code == 3
    assert "--replace" in again.err
    assert second.run("db", "restore", "copy.dump", "--replace", "--yes").code == 0
    assert entries(second) == there
    assert not list(server.folder.glob(".*"))


def busy(*_: object) -> None:
    """The server goes away."""
    raise Busy("connection lost")


def test_rows_of_a_server_that_was_further_on_are_read_after_restoring_and_before_nobody_opens_it(
    server: Place, second: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the feed would wait for transactions that are still to come, and put what is new before what is old."""
    assert server.run("db", "upgrade").code == 0
    with psycopg.connect(
        make_url(server.url).set(drivername="postgresql").render_as_string(hide_password=False)
    ) as connection:
        connection.execute(
            """INSERT INTO events (subject, name, fact_version, fact, role, person, at, why, writer)
               SELECT 'gig', 'gig.retired', 1, '{}', 'teacher', 'anna', now(), '',
                      CAST(CAST(CAST(CAST(pg_current_xact_id() AS text) AS bigint) + 30000 AS text) AS xid8)"""
        )
    off = server.run("db", "check", "--json")
    (wrong,) = (one for one in json.loads(off.out)["findings"] if not one["holds"])
    assert (off.code, wrong["rule"]) == (1, "writers")
    assert server.run("db", "backup", "copy.dump").code == 0
    with monkeypatch.context() as cut:
        cut.setattr(postgresql_backup, "catch_up", busy)
        assert second.run("db", "restore", "copy.dump").code == 8
    for command in (["events", "--json"], ["messages", "list"]):
        unfinished = second.run(*command)
        assert (unfinished.code, unfinished.out) == (3, "")
        assert "linguapay db restore --replace" in unfinished.err
    assert second.run("db", "restore", "copy.dump", "--replace", "--yes").code == 0
    assert second.run("db", "check").code == 0
    assert json.loads(second.run("events", "--json").out)["type"] == "gig.retired"


def test_a_dump_that_is_cut_leaves_the_database_as_it_was(server: Place) -> None:
    assert server.run("db", "upgrade").code == 0
    assert server.run("db", "backup", "copy.dump").code == 0
    dump = server.folder / "copy.dump"
    dump.write_bytes(dump.read_bytes()[:-2000])
    ended = server.run("db", "restore", "copy.dump", "--replace", "--yes")
    assert ended.code == 3
    assert len(ended.err.splitlines()) == 1
    assert server.run("db", "check").code == 0


def test_nothing_is_restored_while_others_are_connected(server: Place) -> None:
    assert server.run("db", "upgrade").code == 0
    assert server.run("db", "backup", "copy.dump").code == 0
    with sandbox(server.url) as lp:
        lp.offer_gig("zoe", "Another", 1000)
        ended = server.run("db", "restore", "copy.dump", "--replace", "--yes")
        assert (ended.code, ended.out) == (3, "")
        assert "Others are connected to the database: linguapay (1)." in ended.err
        assert [gig.title for gig in lp.list_records(Gig).items] == ["Another"]


def test_a_dump_of_another_schema_never_mixes_with_what_is_there(server: Place) -> None:
    """PostgreSQL would drop the tables that the dump has, and leave the others with the rows that are there."""
    assert server.run("db", "upgrade").code == 0
    conninfo = make_url(server.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        assert server.run("db", "backup", "copy.dump").code == 0
        connection.execute("UPDATE alembic_version SET version_num = %s", [HEAD])
    ended = server.run("db", "restore", "copy.dump", "--replace", "--yes")
    assert ended.code == 3
    assert f"copy.dump is of revision 0001, and the database is at {HEAD}." in ended.err
    assert "new, empty database" in ended.err
    assert server.run("db", "check").code == 0


def test_a_password_is_never_on_a_command_line() -> None:
    for url in ("postgresql://me:s3cret@host/name?sslmode=require", "postgresql://me@host/name?password=s3cret"):
        named, environment = postgresql_backup._without_password(url)
        assert not any("s3cret" in word for word in named)
        assert environment == {"PGPASSWORD": "s3cret"}
    assert postgresql_backup._without_password("postgresql://me@host/name")[1] == {}


def test_a_missing_program_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql_backup, "_programs", lambda _: iter([Path("/nowhere/pg_dump")]))
    with pytest.raises(Refused) as refused:
        postgresql_backup._program("pg_dump", 15)
    assert "postgresql-client-15" in refused.value.way_out


def test_a_program_is_as_new_as_the_server_and_no_newer_than_need_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    programs = []
    for version in ("14.9", "18.1", "16.3 (Debian 16.3-1)"):
        program = tmp_path / f"pg_dump_{version[:2]}"
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
        program.chmod(0o755)
        programs.append(program)
    monkeypatch.setattr(postgresql_backup, "_programs", lambda _: iter(programs))
    assert postgresql_backup._program("pg_dump", 15).name == "pg_dump_16"
    assert postgresql_backup._program("pg_dump", 17).name == "pg_dump_18"
