"""Copying an SQLite database while others write to it (SQLite: Online Backup API)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from linguapay_adapters.sql.backup_file import Seen, whole
from linguapay_adapters.sql.migrate import STAMP
from linguapay_core.domain.errors import Busy, Refused

MAGIC: Final = b"SQLite format 3\0"
PAGES: Final = 2_000
"""How many pages are copied at once."""
WAIT_SECONDS: Final = 5.0
"""How long a step waits for whoever has the database locked."""
LOCKED: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
"""What a step says that has waited in vain (SQLite: Result and Error Codes)."""
BESIDE: Final = ("-wal", "-shm", "-journal")
"""How the files end that SQLite keeps beside a database (SQLite: Temporary Files Used By SQLite)."""


def back_up(database: Path, out: Path, seen: Seen) -> None:
    """Copy a database as it is at one moment, which writers needn't wait for; the file gets its name when it is whole.

    The file is for its owner alone. Raises ``Busy`` where the disk doesn't take it.
    """
    with _busy(), _new(out) as part, closing(_opened(database)) as source:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # now this moment is held on to
        with closing(_opened(part)) as target:
            _copy(source, target, seen)
            target.execute("PRAGMA journal_mode = DELETE")  # or it would be two files


def check_backup(backup: Path) -> None:
    """See that a backup is whole, and one of ours. Raises ``Refused``."""
    check_whole(backup)
    with closing(_opened(backup)) as source:
        ours = source.execute("SELECT count(*) FROM sqlite_schema WHERE name = ?", (STAMP,)).fetchone()[0]
    if not ours:
        raise Refused("not_ours", f"{backup} is no backup of LinguaPay's.")


def check_whole(backup: Path) -> None:
    """See that a file is an SQLite database without damage. Raises ``Refused``."""
    with closing(_opened(backup)) as source:
        try:
            found = source.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise Refused("damaged", f"{backup} is damaged: {error}.") from error
    if found != "ok":
        raise Refused("damaged", f"{backup} is damaged: {found}.")


def restore(backup: Path, database: Path, seen: Seen) -> None:
    """Put a backup in a database's place: all of it or, whatever happens, nothing.

    A new file gets its name when it is whole. One that is there is replaced as by one transaction, so that whoever has
    it open sees the old or the new. Raises ``Busy`` where somebody is writing to it.
    """
    with _busy(), closing(_opened(backup)) as source:
        if database.exists():
            with closing(_opened(database)) as target:
                _copy(source, target, seen)
            return
        with _new(database) as part, closing(_opened(part)) as target:
            _copy(source, target, seen)


def remove(database: Path) -> None:
    """Delete a database, and what stands beside it."""
    for ending in ("", *BESIDE):
        database.with_name(f"{database.name}{ending}").unlink(missing_ok=True)


@contextmanager
def _new(database: Path) -> Iterator[Path]:
    """A database that is ``whole``, without what is left beside of one that is gone: SQLite would play it into this."""
    with whole(database) as part:
        yield part
        for ending in BESIDE:
            database.with_name(f"{database.name}{ending}").unlink(missing_ok=True)


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=WAIT_SECONDS, isolation_level=None)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, seen: Seen) -> None:
    def told(status: int, remaining: int, total: int) -> None:
        if status in LOCKED:  # or SQLite's module would try again without end
            raise Busy("Somebody has the database locked.")
        seen(1 - remaining / max(total, 1))

    source.backup(target, pages=PAGES, progress=told)


@contextmanager
def _busy() -> Iterator[None]:
    """What SQLite can't do now is repeated later."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Busy(f"The database can't now: {error}.") from error
