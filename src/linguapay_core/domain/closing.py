"""The days of the books. Each entry belongs to one day: the one on which it was kept.

An entry's own instant doesn't say so. Cash is dated by Stripe and may be days old, and of two entries that are kept at
once the earlier one may be committed last. So a day ends at a place in the order of keeping, which is noted once and
never moves. That place is before the first entry that was decided on a later day; what comes later is a later day's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final, TypeAlias

from linguapay_core.domain.decision import Decision, changed
from linguapay_core.domain.ledger import Entry
from linguapay_core.domain.period import SETTLES
from linguapay_core.domain.span import DAY, day_of, midnight

Place: TypeAlias = tuple[int, int]
"""The writer and the number of an entry in the store, in the order of keeping. Both only rise."""

START: Final[Place] = (0, 0)
"""Before the first entry."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry, and its place in the order of keeping."""

    entry: Entry
    place: Place


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a day of the books, before the entry at ``writer`` and ``number``. ``id`` is the day: 2026-03-31."""

    id: str
    version: int
    writer: int
    number: int
    closed_at: datetime

    @property
    def on(self) -> date:
        """The day."""
        return date.fromisoformat(self.id)

    @property
    def place(self) -> Place:
        """The first place that doesn't belong to the day, nor to any before it."""
        return self.writer, self.number


def close(on: date, place: Place, *, at: datetime) -> Decision[Closing]:
    """The books of a day end here."""
    writer, number = place
    return changed(Closing(on.isoformat(), 0, writer, number, at))


def is_over(on: date, zone: tzinfo, *, at: datetime) -> bool:
    """Whether a day may be closed."""
    return at >= midnight(on + DAY, zone) + SETTLES


def eve(first: Kept | None, zone: tzinfo, *, at: datetime) -> date:
    """The day before the books begin, on which they are closed with nothing in them."""
    began_at = at if first is None else min(first.entry.at, at)
    return day_of(began_at, zone) - DAY


def behind(place: Place) -> Place:
    """The first place after this one."""
    writer, number = place
    return writer, number + 1
