"""Reading without deciding: for stories, checks and lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, tzinfo
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from linguapay_core.domain.alarm import Alarm
    from linguapay_core.domain.closing import Closing, Kept, Place
    from linguapay_core.domain.dashboard import Findings
    from linguapay_core.domain.feed import ToldEvent
    from linguapay_core.domain.figures import Difference
    from linguapay_core.domain.history import History, Side
    from linguapay_core.domain.holdings import Moves, Wanted
    from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId
    from linguapay_core.domain.ledger import Entry
    from linguapay_core.domain.listing import RecordT
    from linguapay_core.domain.numbered_receipt import NumberedReceipt
    from linguapay_core.domain.page import Page
    from linguapay_core.domain.people import FreeText
    from linguapay_core.domain.query import Query
    from linguapay_core.domain.span import Span
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

    def history(self, person: PersonId, side: Side) -> History:
        """What somebody has to do with lessons so far, on this side of them."""
        ...

    def feed(self, after: str, *, limit: int) -> Page[ToldEvent]:
        """The events after a cursor of the feed; with an empty one, from the first on.

        No event is ever passed by, however late it is committed: the feed waits for it. The next cursor is never empty,
        but where nothing has happened yet: the feed has no end. Raises ``Invalid`` for what is no cursor.
        """
        ...

    def figures(self, span: Span) -> Findings:
        """What the dashboard of a span is put together from, exact at one moment."""
        ...

    def differences(self, zone: tzinfo) -> Sequence[Difference]:
        """Where what was counted ahead for a zone's days isn't what a recount from the first event and entry finds."""
        ...

    def entries_of_no_payment(self) -> Iterator[Entry]:
        """Entries that belong to no payment: payouts, fees, suspense. In the order in which they were kept."""
        ...

    def entries(self, since: Place, until: Place, *, limit: int) -> Sequence[Kept]:
        """The entries from a place up to another, in the order in which they were kept; so many at most.

        Both places are of closings, or behind entries that were read so: before them nothing is still being committed.
        """
        ...

    def entries_of_teacher(self, teacher_id: PersonId, until: Place) -> Sequence[Kept]:
        """The entries up to a place that move what is payable to a teacher or what a teacher owes, in their order."""
        ...

    def moves(self, wanted: Wanted) -> Moves:
        """The entries that move an account, in the order of their instants: one more than a page, if there are so many.

        With them comes what the account held before the first.
        """
        ...

    def closing(self, on: date) -> Closing | None:
        """Where a day of the books ends; of a day before all that were closed, the first of these. It is empty."""
        ...

    def closed_on(self, place: Place) -> date:
        """The day to which an entry at this place belongs; it is closed."""
        ...

    def receipt(self, payment_id: PaymentId) -> NumberedReceipt | None:
        """The number of a payment's receipt, once it has one."""
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
