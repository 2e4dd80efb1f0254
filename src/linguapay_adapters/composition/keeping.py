"""Keeping the database: looking whether it is sound, copying it, and putting a copy in its place.

Where the sandbox plays Stripe, its state goes with the database: it is copied afterwards, so that whatever the copy of
the database knows of has happened in the copy of the sandbox, too. The secret of development's tokens isn't copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from linguapay_adapters.composition.database import opened, usable
from linguapay_adapters.composition.places import STRIPE, beside, file_of
from linguapay_adapters.settings import Settings
from linguapay_core.domain.errors import Invalid, Refused

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from linguapay_adapters.sql.backup_file import Seen
    from linguapay_adapters.sql.soundness import Finding


def check_database(settings: Settings) -> Sequence[Finding]:
    """Whether the database is as it must be. Raises ``Invalid`` for what is no database, ``Busy`` if it can't now."""
    from linguapay_adapters.sql.soundness import findings  # noqa: PLC0415 - imported where it is used

    with opened(settings.database_url.get_secret_value()) as engine, usable():
        return findings(engine)


def back_up(settings: Settings, out: Path, seen: Seen) -> Sequence[Path]:
    """Copy the database as it is at one moment, while it is written to; the answer is the files that were made.

    Raises ``Invalid`` for a file that can't be made or is there, and ``Refused`` where PostgreSQL's program is missing.
    """
    from linguapay_adapters.sql import postgresql_backup, sqlite_backup  # noqa: PLC0415 - imported where it is used

    url = settings.database_url.get_secret_value()
    state, state_out = beside(url), out.with_suffix(STRIPE)
    for new in (out, state_out):
        if new.exists() or not new.parent.is_dir():
            raise Invalid("file", f"{new} must be a new file in a folder that is there.")
    with opened(url) as engine, usable():
        file = file_of(url)
        if file is None:
            postgresql_backup.back_up(engine, url, out)
        else:
            sqlite_backup.back_up(file, out, seen)
    if not settings.uses_sandbox or not state.exists():
        return (out,)
    sqlite_backup.back_up(state, state_out, seen)
    return out, state_out


def restore(settings: Settings, backup: Path, seen: Seen, *, replace: bool) -> Sequence[Path]:
    """Put a backup in the database's place: a new or an empty one, or whatever it is if it may be replaced.

    A sandbox's state that isn't the backup's is removed. The answer is the backup's files. Raises ``Invalid`` where
    there is no backup, and ``Refused`` for one that is damaged or of another kind of database, and for a database that
    isn't empty.
    """
    from linguapay_adapters.sql import sqlite_backup  # noqa: PLC0415 - imported where it is used

    url = settings.database_url.get_secret_value()
    if not backup.is_file():
        raise Invalid("file", f"there is no backup {backup}.")
    state = backup.with_suffix(STRIPE)
    has_state = settings.uses_sandbox and state.exists()
    if has_state:
        sqlite_backup.check_whole(state)
    with opened(url, fresh=True) as engine, usable():
        file = file_of(url)
        if file is None:
            _restore_postgresql(engine, url, backup, seen, replace=replace)
        else:
            _restore_sqlite(file, backup, seen, replace=replace)
    if has_state:
        sqlite_backup.restore(state, beside(url), seen)
        return backup, state
    if settings.uses_sandbox:
        sqlite_backup.remove(beside(url))
    return (backup,)


def _restore_postgresql(engine: Engine, url: str, backup: Path, seen: Seen, *, replace: bool) -> None:
    from sqlalchemy import inspect  # noqa: PLC0415 - imported where it is used

    from linguapay_adapters.sql import postgresql_backup  # noqa: PLC0415

    _check_kind(backup, postgresql_backup.MAGIC, "PostgreSQL")
    postgresql_backup.check_backup(engine, backup)
    if not replace and inspect(engine).get_table_names():
        raise _not_empty()
    postgresql_backup.restore(engine, url, backup, seen)


def _restore_sqlite(file: Path, backup: Path, seen: Seen, *, replace: bool) -> None:
    from linguapay_adapters.sql import sqlite_backup  # noqa: PLC0415 - imported where it is used
    from linguapay_adapters.system.alone import only_worker  # noqa: PLC0415

    _check_kind(backup, sqlite_backup.MAGIC, "SQLite")
    sqlite_backup.check_backup(backup)
    is_there = file.exists() and file.stat().st_size > 0
    if is_there and not replace:
        raise _not_empty()
    with only_worker(file.with_suffix(".worker")) if is_there else nullcontext():
        sqlite_backup.restore(backup, file, seen)


def _check_kind(backup: Path, magic: bytes, called: str) -> None:
    with backup.open("rb") as file:
        if file.read(len(magic)) != magic:
            raise Refused("another_kind", f"{backup} is no backup of {called}, as the database is that is set.")


def _not_empty() -> Refused:
    return Refused(
        "not_empty",
        "There is a database already.",
        way_out="Restore into a new one, or give --replace: what is in it is lost.",
    )
