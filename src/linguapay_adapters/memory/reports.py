"""Reading memory without deciding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, tzinfo
from typing import Final

from linguapay_adapters.memory import closings, figures, histories, holdings
from linguapay_adapters.memory.shelves import Shelves
from linguapay_adapters.memory.transactions import Memory, MemoryTransaction, work_left
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.closing import Closing, Kept, Place
from linguapay_core.domain.dashboard import Findings
from linguapay_core.domain.decision import Record
from linguapay_core.domain.effect import Effect
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.feed import ToldEvent, cursor_at, place_at
from linguapay_core.domain.figures import Difference
from linguapay_core.domain.history import History, Side
from linguapay_core.domain.holdings import Moves, Wanted
from linguapay_core.domain.identifiers import (
    BookingId,
    EventId,
    Identifier,
    PaymentId,
    PersonId,
    RefundId,
    RefundRequestId,
    TransferId,
)
from linguapay_core.domain.ledger import Balances, Entry
from linguapay_core.domain.listing import RecordT, listing_of
from linguapay_core.domain.numbered_receipt import NumberedReceipt
from linguapay_core.domain.page import Page
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.people import FreeText
from linguapay_core.domain.query import Query
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.span import Span
from linguapay_core.domain.story import Story
from linguapay_core.domain.totals import Totals
from linguapay_core.domain.transfer import Transfer
from linguapay_core.domain.webhook_event import WebhookEvent

Member = Payment | RefundRequest | Refund | Transfer

MEMBERS: Final[Mapping[str, tuple[type[Identifier], type[Member]]]] = {
    PaymentId.prefix: (PaymentId, Payment),
    RefundRequestId.prefix: (RefundRequestId, RefundRequest),
    RefundId.prefix: (RefundId, Refund),
    TransferId.prefix: (TransferId, Transfer),
}
"""What belongs to a booking, by the prefix of its identifiers."""


class MemoryReports:
    """Answers questions about what is in memory."""

    def __init__(self, memory: Memory) -> None:
        """Read this memory."""
        self._memory = memory

    def bookings(self) -> Iterator[BookingId]:
        """Every booking, the oldest first."""
        with self._memory.alone() as shelves:
            found = [booking.id for booking in shelves.all(Booking)]
        return iter(found)

    def story(self, booking_id: BookingId) -> Story:
        """All that belongs to a booking. Raises ``NotFound``."""
        with self._memory.alone() as shelves:
            return _story(shelves, booking_id)

    def booking_of(self, identifier: str) -> BookingId:
        """The booking to which something belongs, or that it is. Raises ``NotFound``."""
        prefix = identifier.partition("_")[0]
        with self._memory.alone() as shelves:
            if prefix == BookingId.prefix:
                return MemoryTransaction(shelves).booking(BookingId(identifier)).id
            if prefix not in MEMBERS:
                raise NotFound("object", identifier)
            named, kind = MEMBERS[prefix]
            member = shelves.get(kind, identifier)
            if member is None:
                raise NotFound(named.kind, identifier)
            return member.booking_id

    def page(self, query: Query[RecordT]) -> Page[RecordT]:
        """One page of a list."""
        with self._memory.alone() as shelves:
            fitting = [record for record in shelves.all(query.kind) if query.fits(record)]
        ordered = sorted(fitting, key=query.place, reverse=query.descending)
        return query.page([record for record in ordered if query.is_ahead(record)][: query.wanted])

    def one(self, kind: type[RecordT], name: str, party: PersonId | None = None) -> RecordT:
        """A record by its name. Raises ``NotFound``, also for one that isn't this person's."""
        listing = listing_of(kind)
        with self._memory.alone() as shelves:
            record = shelves.get(kind, name)
        if record is None or not listing.is_of(record, party):
            raise NotFound(listing.called, name)
        return record

    def texts(self, subjects: Iterable[str]) -> Sequence[FreeText]:
        """What people wrote about these objects, erased or not, the oldest first."""
        wanted = set(subjects)
        with self._memory.alone() as shelves:
            return tuple(text for text in shelves.all(FreeText) if text.subject in wanted)

    def history(self, person: PersonId, side: Side) -> History:
        """What somebody has to do with lessons so far, on this side of them."""
        with self._memory.alone() as shelves:
            return histories.history(shelves, person, side)

    def feed(self, after: str, *, limit: int) -> Page[ToldEvent]:
        """The events after a cursor of the feed."""
        _, last = place_at(after)
        with self._memory.alone() as shelves:
            events = shelves.events[last : last + limit]
        told = tuple(
            ToldEvent(EventId.of(number), event, cursor_at(0, number)) for number, event in enumerate(events, last + 1)
        )
        return Page(told, told[-1].cursor if told else after)

    def figures(self, span: Span) -> Findings:
        """What the dashboard of a span is put together from."""
        with self._memory.alone() as shelves:
            return figures.find(shelves, span)

    def differences(self, _zone: tzinfo) -> Sequence[Difference]:
        """None: nothing is counted ahead."""
        return ()

    def entries_of_no_payment(self) -> Iterator[Entry]:
        """Entries that belong to no payment, in the order in which they were kept."""
        with self._memory.alone() as shelves:
            found = [entry for entry in shelves.entries if not entry.payments]
        return iter(found)

    def entries(self, since: Place, until: Place, *, limit: int) -> Sequence[Kept]:
        """The entries from a place up to another, in the order in which they were kept; so many at most."""
        with self._memory.alone() as shelves:
            return tuple(one for one in closings.kept(shelves) if since <= one.place < until)[:limit]

    def entries_of_teacher(self, teacher_id: PersonId, until: Place) -> Sequence[Kept]:
        """The entries up to a place that move what is payable to a teacher or what a teacher owes, in their order."""
        with self._memory.alone() as shelves:
            return closings.entries_of_teacher(shelves, teacher_id, until)

    def moves(self, wanted: Wanted) -> Moves:
        """The entries that move an account, and what it held before them."""
        with self._memory.alone() as shelves:
            return holdings.find(shelves, wanted)

    def closing(self, on: date) -> Closing | None:
        """Where a day of the books ends, or the first that was closed if that is later."""
        with self._memory.alone() as shelves:
            return closings.closing(shelves, on)

    def closed_on(self, place: Place) -> date:
        """The day to which an entry at this place belongs; it is closed."""
        with self._memory.alone() as shelves:
            return closings.closed_on(shelves, place)

    def receipt(self, payment_id: PaymentId) -> NumberedReceipt | None:
        """The number of a payment's receipt, once it has one."""
        with self._memory.alone() as shelves:
            return shelves.get(NumberedReceipt, payment_id)

    def totals(self) -> Totals:
        """What every account holds, and the alarms that stand meanwhile."""
        with self._memory.alone() as shelves:
            currencies = {leg.amount.currency for entry in shelves.entries for leg in entry.legs}
            ordered = sorted(currencies, key=lambda currency: currency.code)
            held = tuple(Balances(currency).after(shelves.entries) for currency in ordered)
            return Totals(held, _open_alarms(shelves))

    def open_alarms(self) -> Sequence[Alarm]:
        """The alarms that nobody cleared, the oldest first."""
        with self._memory.alone() as shelves:
            return _open_alarms(shelves)

    def unread_webhook_events(self) -> int:
        """How many webhook events still wait to be looked at."""
        with self._memory.alone() as shelves:
            return work_left(shelves.all(WebhookEvent))


def _open_alarms(shelves: Shelves) -> Sequence[Alarm]:
    standing = [alarm for alarm in shelves.all(Alarm) if alarm.cleared_at is None]
    return tuple(sorted(standing, key=lambda alarm: (alarm.raised_at, alarm.id)))


def _story(shelves: Shelves, booking_id: BookingId) -> Story:
    transaction = MemoryTransaction(shelves)
    booking = transaction.booking(booking_id)
    payments = tuple(transaction.payments_of(booking_id))
    names = {payment.id for payment in payments}
    requests = tuple(request for request in shelves.all(RefundRequest) if request.payment_id in names)
    refunds = tuple(refund for refund in shelves.all(Refund) if refund.payment_id in names)
    transfers = tuple(transfer for transfer in shelves.all(Transfer) if transfer.payment_id in names)
    effects = tuple(effect for effect in shelves.all(Effect) if effect.payment_id in names)
    members: tuple[Record, ...] = (booking, *payments, *requests, *refunds, *transfers, *effects)
    subjects = {member.id for member in members}
    return Story(
        gig=transaction.gig(booking.gig_id),
        booking=booking,
        account=transaction.account(booking.teacher_id),
        payments=payments,
        requests=requests,
        refunds=refunds,
        transfers=transfers,
        effects=effects,
        events=tuple(event for event in shelves.events if event.subject in subjects),
        entries=tuple(entry for entry in shelves.entries if entry.payments & names),
        alarms=tuple(alarm for alarm in shelves.all(Alarm) if alarm.subject in subjects),
    )
