"""The ends of days in memory. One writer has it at a time, so a place is an entry's number, and the writer is 0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from linguapay_adapters.memory.shelves import Shelves
from linguapay_core.domain.closing import Closing, Kept, Place, behind
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.ledger import Kind
from linguapay_core.domain.numbered_receipt import NumberedReceipt

THEIRS: Final = (Kind.TEACHER_PAYABLE, Kind.TEACHER_RECEIVABLE)


def last_closing(shelves: Shelves) -> Closing | None:
    """The last day that was closed."""
    return max(shelves.all(Closing), key=lambda closing: closing.on, default=None)


def closing(shelves: Shelves, on: date) -> Closing | None:
    """The end of a day, or of the first that was closed if that is later."""
    return min((one for one in shelves.all(Closing) if one.on >= on), key=lambda one: one.on, default=None)


def closed_on(shelves: Shelves, place: Place) -> date:
    """The day whose end is the first one behind a place."""
    return min(one.on for one in shelves.all(Closing) if one.place > place)


def receipts_given(shelves: Shelves, *, live: bool) -> int:
    """The last number that was given."""
    return max((one.number for one in shelves.all(NumberedReceipt) if one.live is live), default=0)


def kept(shelves: Shelves) -> Iterator[Kept]:
    """Every entry, at its place."""
    for number, entry in enumerate(shelves.entries, 1):
        yield Kept(entry, (0, number))


def place_before(shelves: Shelves, at: datetime, after: Place) -> Place:
    """The place of the first entry that we decided then or later; else that behind the last one."""
    last = after
    for one in kept(shelves):
        if one.place >= after:
            if one.entry.cash is None and one.entry.at >= at:
                return one.place
            last = behind(one.place)
    return last


def entries_of_teacher(shelves: Shelves, teacher_id: PersonId, until: Place) -> Sequence[Kept]:
    """The entries that move a teacher's money."""
    return tuple(one for one in kept(shelves) if one.place < until and _moves_money_of(teacher_id, one))


def _moves_money_of(teacher_id: PersonId, one: Kept) -> bool:
    accounts = (account for leg in one.entry.legs for account in (leg.debit, leg.credit))
    return any(account.kind in THEIRS and account.owner == teacher_id for account in accounts)
