"""The event feed: every fact of ours in one order that never changes, as those outside may read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from linguapay_core.domain.decision import Event
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.identifiers import EventId
from linguapay_core.domain.page import LARGEST_NUMBER, opened, sealed

LARGEST_PAGE: Final = 1000
USUAL_PAGE: Final = 100

_CALLED: Final = "feed"


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event as it is told outside, under a name that stays the same, whoever asks and however often.

    ``cursor`` is where the feed goes on after it; empty where the event isn't told in the feed's order.
    """

    id: EventId
    event: Event
    cursor: str = ""

    @property
    def type(self) -> str:
        """The fact's permanent name."""
        return self.event.fact.name

    @property
    def version(self) -> int:
        """The version of the fact's fields."""
        return self.event.fact.version

    @property
    def data(self) -> Mapping[str, str | int | bool]:
        """The fact's fields by their names, instants as RFC 3339 in UTC. No personal data stands in a fact."""
        return {name: _plain(value) for name, value in vars(self.event.fact).items()}


def cursor_at(writer: int, number: int) -> str:
    """The cursor behind an event, by its place in the store: who wrote it, and its number."""
    return sealed(f"{_CALLED} {writer} {number}")


def place_at(cursor: str) -> tuple[int, int]:
    """The place of which ``cursor_at`` made a cursor; that before the first event, of an empty one.

    Raises ``Invalid`` for what is no cursor of the feed.
    """
    if not cursor:
        return 0, 0
    try:
        called, writer, number = (opened(cursor) or "").split(" ")
        place = int(writer), int(number)
    except ValueError:
        called, place = "", (0, 0)
    if called != _CALLED or not all(0 <= part <= LARGEST_NUMBER for part in place):
        raise Invalid("after", "the feed gave no such cursor. Ask without one for its beginning.")
    return place


def _plain(value: str | int | datetime) -> str | int | bool:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
