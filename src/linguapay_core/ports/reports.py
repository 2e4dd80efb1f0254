"""Reading without deciding: for stories, checks and lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.identifiers import BookingId
from linguapay_core.domain.ledger import Balances, Entry
from linguapay_core.domain.story import Story


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

    def entries_of_no_payment(self) -> Iterator[Entry]:
        """Entries that belong to no payment: payouts, fees, suspense. In the order in which they were kept."""
        ...

    def totals(self) -> Sequence[Balances]:
        """What every account holds, counted from the first entry, for each currency that occurs."""
        ...

    def open_alarms(self) -> Sequence[Alarm]:
        """The alarms that nobody cleared, the oldest first."""
        ...

    def unread_webhook_events(self) -> int:
        """How many webhook events still wait to be looked at."""
        ...
