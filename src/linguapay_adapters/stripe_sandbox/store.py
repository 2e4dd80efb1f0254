"""Everything the sandbox remembers, in one SQLite database: a file that several processes share, or memory."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from linguapay_adapters.stripe_sandbox.wire import Document

LOCK_TIMEOUT_SECONDS = 60
WAL_ATTEMPTS = 100
LOOKED_UP_BY = (
    "charge",
    "customer",
    "destination",
    "email",
    "payment_intent",
    "source",
    "source_transaction",
    "transfer",
    "transfer_group",
    "type",
)
SCHEMA = (
    """CREATE TABLE IF NOT EXISTS objects (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, kind TEXT NOT NULL,
        created INTEGER NOT NULL, document TEXT NOT NULL) STRICT""",
    "CREATE INDEX IF NOT EXISTS objects_in_order ON objects (kind, number)",
    *(
        f"CREATE INDEX IF NOT EXISTS objects_by_{name} ON objects (kind, json_extract(document, '$.{name}'), number)"
        for name in LOOKED_UP_BY
    ),
    """CREATE TABLE IF NOT EXISTS movements (
        id TEXT PRIMARY KEY, account TEXT NOT NULL, currency TEXT NOT NULL, available_on INTEGER NOT NULL,
        net_minor INTEGER NOT NULL) STRICT""",
    """CREATE INDEX IF NOT EXISTS movements_by_account
        ON movements (account, currency, available_on, net_minor)""",
    """CREATE TABLE IF NOT EXISTS idempotency_keys (
        account TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, created INTEGER NOT NULL,
        request_id TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, key)) STRICT""",
    "CREATE INDEX IF NOT EXISTS idempotency_keys_by_age ON idempotency_keys (created)",
    "CREATE TABLE IF NOT EXISTS deliveries (event_id TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT",
    "CREATE INDEX IF NOT EXISTS deliveries_in_order ON deliveries (number)",
    """CREATE TABLE IF NOT EXISTS due (
        number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, deed TEXT NOT NULL, object_id TEXT NOT NULL) STRICT""",
    "CREATE INDEX IF NOT EXISTS due_by_time ON due (at)",
    """CREATE TABLE IF NOT EXISTS faults (
        number INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL, seen INTEGER NOT NULL, hits INTEGER NOT NULL,
        is_consumed INTEGER NOT NULL) STRICT""",
)


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a query over objects, in SQL, with its values."""

    sql: str
    values: tuple[object, ...]


def field_is(name: str, value: object) -> Condition:
    """The objects whose field has this value."""
    if not name.isidentifier():
        raise ValueError(name)
    return Condition(f"json_extract(document, '$.{name}') = ?", (value,))


class Store:
    """Documents by id, in the order of their creation. Any number of threads may call; one is served at a time."""

    def __init__(self, path: Path | None) -> None:
        self._lock = RLock()
        self._connection = sqlite3.connect(
            path or ":memory:", timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._depth = 0
        self.run("PRAGMA synchronous = FULL")
        if path is not None:
            self._write_ahead()
        with self.transaction():
            for statement in SCHEMA:
                self.run(statement)

    def close(self) -> None:
        """Give the database back."""
        with self._lock:
            self._connection.close()

    def run(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(sql, values)

    @contextmanager
    def transaction(self, *, keeping: Callable[[BaseException], bool] = lambda _: False) -> Iterator[None]:
        """Make what is done inside whole or not done at all, alone among all threads and processes.

        Inside another one it is a savepoint: failing undoes the inner part only. An error that `keeping` names is
        passed on, and what was done is kept.
        """
        with self._lock:
            begin, keep, undo = self._bounds()
            self.run(begin)
            self._depth += 1
            try:
                yield
            except BaseException as error:
                for statement in (keep,) if keeping(error) else undo:
                    self.run(statement)
                raise
            else:
                self.run(keep)
            finally:
                self._depth -= 1

    def _write_ahead(self) -> None:
        """Switch to WAL. SQLite doesn't queue for the lock that this needs: so queue as a writer, and ask again."""
        for attempts_left in reversed(range(WAL_ATTEMPTS)):
            try:
                self.run("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                if attempts_left == 0:
                    raise
                with self.transaction():
                    continue
            else:
                return

    def _bounds(self) -> tuple[str, str, tuple[str, ...]]:
        if self._depth == 0:
            return "BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",)
        name = f"depth_{self._depth}"
        return f"SAVEPOINT {name}", f"RELEASE {name}", (f"ROLLBACK TO {name}", f"RELEASE {name}")

    def add(self, account: str, document: Document, created: int) -> int:
        """Keep a new document under its id, and number it."""
        cursor = self.run(
            "INSERT INTO objects (id, account, kind, created, document) VALUES (?, ?, ?, ?, ?)",
            (document["id"], account, document["object"], created, json.dumps(document)),
        )
        if cursor.lastrowid is None:
            raise AssertionError(document["id"])
        return cursor.lastrowid

    def replace(self, document: Document) -> None:
        """Keep the document as it is now."""
        self.run("UPDATE objects SET document = ? WHERE id = ?", (json.dumps(document), document["id"]))

    def get(self, account: str, identifier: str) -> Document | None:
        """Find a document of an account by its id."""
        row = self.run("SELECT document FROM objects WHERE id = ? AND account = ?", (identifier, account)).fetchone()
        return None if row is None else _document(row[0])

    def account_of(self, identifier: str) -> str | None:
        """Say to which account an object belongs."""
        row = self.run("SELECT account FROM objects WHERE id = ?", (identifier,)).fetchone()
        return None if row is None else str(row[0])

    def number_of(self, account: str, kind: str, identifier: str) -> int | None:
        """Say where an object stands in the order of creation."""
        row = self.run(
            "SELECT number FROM objects WHERE id = ? AND account = ? AND kind = ?", (identifier, account, kind)
        ).fetchone()
        return None if row is None else int(row[0])

    def find(
        self,
        account: str,
        kind: str,
        conditions: Sequence[Condition] = (),
        *,
        limit: int = -1,
        newest_first: bool = True,
    ) -> list[Document]:
        """List the documents of one kind that meet all conditions."""
        where = " AND ".join(("kind = ?", "account = ?", *(condition.sql for condition in conditions)))
        values = [value for condition in conditions for value in condition.values]
        order = "DESC" if newest_first else "ASC"
        rows = self.run(
            f"SELECT document FROM objects WHERE {where} ORDER BY number {order} LIMIT ?",  # noqa: S608 - our own text
            (kind, account, *values, limit),
        )
        return [_document(row[0]) for row in rows]


def _document(text: str) -> Document:
    document: dict[str, Any] = json.loads(text)
    return document
