"""One page of a list, asked for: which records, in which order, from where on.

A place in a list is the value it is sorted by and the name, so that a page costs the same at any depth, and what comes
in while somebody turns pages moves nothing. A cursor says that place, and to which list it belongs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Generic, TypeAlias

from linguapay_core.domain.decision import Record
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.listing import BEGINS, BOUNDS, SPAN, Listing, RecordT, listing_of
from linguapay_core.domain.machine import either
from linguapay_core.domain.page import Page, limited, opened, sealed
from linguapay_core.domain.wording import Value, Wording, read

LARGEST_PAGE: Final = 100
USUAL_PAGE: Final = 50

ListPlace: TypeAlias = tuple[Value, str]
"""A record's value of what a list is sorted by, and its name."""


@dataclass(frozen=True, slots=True)
class Query(Generic[RecordT]):
    """Records of a type, those after a place. ``since`` is the first instant, ``until`` the first one too late.

    ``at_least`` and ``at_most`` bound what a record comes to, in minor units; its name begins with ``begins``.
    """

    kind: type[RecordT]
    sort: str
    descending: bool
    limit: int
    party: PersonId | None = None
    equal: tuple[tuple[str, Value], ...] = ()
    flags: tuple[tuple[str, bool], ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    at_least: int | None = None
    at_most: int | None = None
    begins: str = ""
    after: ListPlace | None = None

    @property
    def listing(self) -> Listing:
        """What the table says of such lists."""
        return listing_of(self.kind)

    @property
    def wanted(self) -> int:
        """How many a store looks for: one more than the page holds tells that there is another page."""
        return self.limit + 1

    def place(self, record: RecordT) -> tuple[Any, str]:
        """Where a record stands in this list, as a ``ListPlace``."""
        return getattr(record, self.sort), record.id

    def fits(self, record: RecordT) -> bool:
        """Whether a record belongs to this list, on whatever page."""
        listing = self.listing
        return (
            listing.is_of(record, self.party)
            and all(getattr(record, name) == value for name, value in self.equal)
            and all(listing.flags[name](record) is wanted for name, wanted in self.flags)
            and (self.since is None or getattr(record, listing.times[0]) >= self.since)
            and (self.until is None or getattr(record, listing.times[0]) < self.until)
            and (self.at_least is None or _comes_to(listing, record) >= self.at_least)
            and (self.at_most is None or _comes_to(listing, record) <= self.at_most)
            and record.id.startswith(self.begins)
        )

    def is_ahead(self, record: RecordT) -> bool:
        """Whether a record comes after the place from where on the page is wanted."""
        if self.after is None:
            return True
        return self.place(record) < self.after if self.descending else self.place(record) > self.after

    def page(self, found: Sequence[RecordT]) -> Page[RecordT]:
        """The page, of up to ``wanted`` records that a store found in order."""
        items = tuple(found[: self.limit])
        return Page(items, self._cursor(items[-1]) if len(found) > self.limit else "")

    def from_cursor(self, cursor: str) -> Query[RecordT]:
        """The same from a cursor on. Raises ``Invalid`` for one that this list never gave."""
        digest, _, place = (opened(cursor) or "").partition("\n")
        if digest != self._digest():
            raise Invalid("cursor", "this list gave no such cursor. Ask without one for its beginning.")
        value, _, name = place.partition("\n")
        listing = self.listing
        kind = datetime if listing.times else listing.named_by
        return replace(self, after=(read("cursor", kind, value), str(read("cursor", listing.named_by, name))))

    def _cursor(self, last: RecordT) -> str:
        value, name = self.place(last)
        shown = value.isoformat() if isinstance(value, datetime) else value
        return sealed(f"{self._digest()}\n{shown}\n{name}")

    def _digest(self) -> str:
        conditions = (
            *(*self.equal, *self.flags, ("from", self.since), ("to", self.until), ("party", self.party)),
            *(("at_least", self.at_least), ("at_most", self.at_most), ("begins", self.begins)),
        )
        parts = (
            self.listing.called,
            self.sort,
            str(self.descending),
            *(f"{name}={value}" for name, value in conditions),
        )
        return sha256("\n".join(parts).encode()).hexdigest()[:16]


def ask(
    kind: type[RecordT],
    filters: Mapping[str, Wording],
    *,
    sort: str = "",
    cursor: str = "",
    limit: int = USUAL_PAGE,
    party: PersonId | None = None,
) -> Query[RecordT]:
    """Ask for a page: records for which every filter holds, in the order of ``sort``, or, as ``-sort``, the other way.

    Without a ``sort`` the newest come first. Raises ``Invalid``, naming the field, for a filter, a sort or a value that
    the table doesn't know, for a cursor of another list, and for a limit below 1 or above 100.
    """
    listing = listing_of(kind)
    order = sort or (f"-{listing.times[0]}" if listing.times else "id")
    if order.removeprefix("-") not in listing.sorts:
        raise Invalid("sort", f"a list of this kind, {listing.called}, can be sorted by {_named(listing.sorts)}.")
    given = _read(listing, filters)
    query = Query(
        kind,
        order.removeprefix("-"),
        order.startswith("-"),
        limited(limit, LARGEST_PAGE),
        party,
        equal=tuple((name, given[name]) for name in listing.fields if name in given),
        flags=tuple((name, bool(given[name])) for name in listing.flags if name in given),
        since=_instant(given.get("from")),
        until=_instant(given.get("to")),
        at_least=_minor(given.get("at_least_minor")),
        at_most=_minor(given.get("at_most_minor")),
        begins=str(given.get(BEGINS, "")),
    )
    return query.from_cursor(cursor) if cursor else query


def _read(listing: Listing, filters: Mapping[str, Wording]) -> Mapping[str, Value]:
    kinds: dict[str, type[Any]] = {
        **listing.fields,
        **dict.fromkeys(listing.flags, bool),
        **dict.fromkeys(SPAN, datetime),
        **dict.fromkeys(BOUNDS, int),
        BEGINS: str,
    }
    for name in filters:
        if name not in listing.filters:
            called = f"a list of this kind, {listing.called}, can be filtered by {_named(listing.filters)}."
            raise Invalid(name[:64], called)
    return {name: read(name, kinds[name], given) for name, given in filters.items()}


def _instant(value: Value | None) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _minor(value: Value | None) -> int | None:
    return value if isinstance(value, int) else None


def _comes_to(listing: Listing, record: Record) -> int:
    assert listing.amount is not None, "the filters of a list without amounts know none"
    return listing.amount(record)


def _named(names: Sequence[str]) -> str:
    return either(list(names))
