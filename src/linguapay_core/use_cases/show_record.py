"""Somebody wants to look at one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.listing import RecordT, listing_of
from linguapay_core.domain.wording import read
from linguapay_core.ports.reports import Reports


@dataclass(frozen=True, slots=True)
class ShowRecord(Generic[RecordT]):
    """The record of a type with this name; with a ``party``, only if it is this person's."""

    kind: type[RecordT]
    identifier: str
    party: str | None = None


def show_record(command: ShowRecord[RecordT], *, reports: Reports) -> RecordT:
    """A record as it is now.

    Raises ``NotFound``, also for one that isn't this person's, and ``Invalid`` for what can't be its name.
    """
    listing = listing_of(command.kind)
    name = read(f"{listing.called.replace(' ', '_')}_id", listing.named_by, command.identifier)
    party = None if command.party is None else PersonId.parse(command.party, field="party")
    return reports.one(command.kind, str(name), party)
