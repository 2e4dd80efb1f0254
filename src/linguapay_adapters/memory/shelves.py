"""Where things lie in memory: shelves of records by type and name, and the books. Every write can be undone."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, MutableMapping
from dataclasses import replace
from typing import Any, Final, TypeVar, cast

from linguapay_adapters.memory.promises import PROMISES
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.decision import Event, Record
from linguapay_core.domain.effect import Effect
from linguapay_core.domain.errors import Stale
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.ledger import Entry
from linguapay_core.domain.webhook_event import WebhookEvent

RecordT = TypeVar("RecordT")

NOTED_ONCE: Final = (Effect, WebhookEvent)
"""The types of which a new record under a name that exists is let be."""


class Shelves:
    """All records, events and entries, with the means to take back what was written since ``forget``."""

    def __init__(self) -> None:
        """Begin empty."""
        self._records: dict[type[object], dict[str, Record]] = {}
        self._taken: dict[tuple[str, str], str] = {}
        self._keys: dict[str, Entry] = {}
        self._cash: dict[str, Entry] = {}
        self._books: dict[PaymentId | None, tuple[Entry, ...]] = {}
        self.events: list[Event] = []
        self.entries: list[Entry] = []
        self._undo: list[tuple[MutableMapping[Any, Any], Hashable, object]] = []
        self._marks = (0, 0)

    def forget(self) -> None:
        """Take what was written so far for good."""
        self._undo.clear()
        self._marks = (len(self.events), len(self.entries))

    def take_back(self) -> None:
        """Undo whatever was written since the last ``forget``."""
        for shelf, name, before in reversed(self._undo):
            if before is None:
                shelf.pop(name, None)
            else:
                shelf[name] = before
        events, entries = self._marks
        del self.events[events:], self.entries[entries:]
        self._undo.clear()

    def all(self, kind: type[RecordT]) -> list[RecordT]:
        """Every record of a type, in the order of their names."""
        shelf = self._records.get(kind, {})
        return cast("list[RecordT]", [shelf[name] for name in sorted(shelf)])

    def get(self, kind: type[RecordT], name: str) -> RecordT | None:
        """The record of this type and name."""
        return cast("RecordT | None", self._records.get(kind, {}).get(name))

    def taker(self, kind: type[RecordT], promise: str, name: str) -> RecordT | None:
        """The record that took this name of this promise."""
        taken_by = self._taken.get((promise, name))
        return None if taken_by is None else self.get(kind, taken_by)

    def has_entry(self, key: str) -> bool:
        """Whether the books have an entry under this key."""
        return key in self._keys

    def books_of(self, payment_id: PaymentId | None) -> tuple[Entry, ...]:
        """The entries with a leg of this payment, or of none, in the order in which they were kept."""
        return self._books.get(payment_id, ())

    def write(self, record: Record) -> bool:
        """Put a record in its place, one version on, or let it be. Raises ``Stale`` if somebody wrote in between."""
        shelf = self._records.setdefault(type(record), {})
        there = shelf.get(record.id)
        if there is not None and record.version == 0 and isinstance(record, NOTED_ONCE):
            return False
        if isinstance(there, Alarm) and isinstance(record, Alarm) and record.version == 0:
            if there.cleared_at is not None:
                self._put(shelf, record.id, replace(record, version=there.version + 1))
            return there.cleared_at is not None
        if record.version != (0 if there is None else there.version):
            raise Stale(f"{type(record).__name__} {record.id} isn't at version {record.version}.")
        for promise, name in PROMISES.get(type(record), {}).items():
            self._take(promise, old="" if there is None else name(there), new=name(record), taker=record.id)
        self._put(shelf, record.id, replace(cast("Any", record), version=record.version + 1))
        return True

    def remove(self, record: Record) -> None:
        """Take a record that has no name in any promise from its shelf."""
        shelf = self._records[type(record)]
        self._undo.append((shelf, record.id, shelf.pop(record.id)))

    def book(self, entries: Iterable[Entry]) -> None:
        """Add entries to the books. Raises ``Stale`` if one is there already, or its cash."""
        for entry in entries:
            if entry.key in self._keys or entry.cash in self._cash:
                raise Stale(f"The books have {entry.key!r} already.")
            self._put(self._keys, entry.key, entry)
            if entry.cash is not None:
                self._put(self._cash, entry.cash, entry)
            for payment_id in {leg.payment_id for leg in entry.legs}:
                self._put(self._books, payment_id, (*self.books_of(payment_id), entry))
            self.entries.append(entry)

    def _take(self, promise: str, *, old: str, new: str, taker: str) -> None:
        if old == new:
            return
        if old:
            self._put(self._taken, (promise, old), None)
        if new:
            if self._taken.get((promise, new)) is not None:
                raise Stale(f"There is a {promise} {new} already.")
            self._put(self._taken, (promise, new), taker)

    def _put(self, shelf: MutableMapping[Any, Any], name: Hashable, thing: object) -> None:
        self._undo.append((shelf, name, shelf.get(name)))
        shelf[name] = thing
