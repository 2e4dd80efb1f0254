"""Reading without deciding: for stories, checks and lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.dashboard import Day, Findings
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.identifiers import BookingId, PersonId
from linguapay_core.domain.ledger import Entry
from linguapay_core.domain.listing import RecordT
from linguapay_core.domain.page import Page
from linguapay_core.domain.people import FreeText
from linguapay_core.domain.query import Query
from linguapay_core.domain.story import Story
from linguapay_core.domain.totals import Totals


class Reports(Protocol):
    """Answers questions about what was stored. Each answer is consistent in itself."""

    def bookings(self) -> Iterator[BookingId]:
        """Every booking, the oldest first."""
        ...

    def story(self, booking_id: BookingId) -> Story:
        """All that belongs to a booking. Raises ``NotFound``."""
        ...

    def booking_of(self, identifier: str) -> BookingId:
        """The booking to which a payment, refund request, refund or transfer belongs (or that it is).

        Raises ``NotFound``.
        """
        ...

    def page(self, query: Query[RecordT]) -> Page[RecordT]:
        """One page of a list."""
        ...

    def one(self, kind: type[RecordT], name: str, party: PersonId | None = None) -> RecordT:
        """A record by its name. Raises ``NotFound``, also for one that isn't this person's."""
        ...

    def texts(self, subjects: Iterable[str]) -> Sequence[FreeText]:
        """What people wrote about these objects, erased or not, the oldest first."""
        ...

    def feed(self, after: str, *, limit: int) -> Page[ToldEvent]:
        """The events after a cursor of the feed; with an empty one, from the first on.

        No event is ever passed by, however late it is committed: the feed waits for it. The next cursor is never empty,
        but where nothing has happened yet: the feed has no end. Raises ``Invalid`` for what is no cursor.
        """
        ...

    def figures(self, days: Sequence[Day]) -> Findings:
        """What the dashboard of these days is put together from."""
        ...

    def entries_of_no_payment(self) -> Iterator[Entry]:
        """Entries that belong to no payment: payouts, fees, suspense. In the order in which they were kept."""
        ...

    def totals(self) -> Totals:
        """What every account holds, and the alarms that stand meanwhile: both at one moment."""
        ...

    def open_alarms(self) -> Sequence[Alarm]:
        """The alarms that nobody cleared, the oldest first."""
        ...

    def unread_webhook_events(self) -> int:
        """How many webhook events still wait to be looked at."""
        ...
