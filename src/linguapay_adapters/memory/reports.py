"""Reading memory without deciding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from linguapay_adapters.memory.shelves import Shelves
from linguapay_adapters.memory.transactions import Memory, MemoryTransaction, work_left
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.decision import Record
from linguapay_core.domain.effect import Effect
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.identifiers import (
    BookingId,
    Identifier,
    PaymentId,
    RefundId,
    RefundRequestId,
    TransferId,
)
from linguapay_core.domain.ledger import Balances, Entry
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.story import Story
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

    def entries_of_no_payment(self) -> Iterator[Entry]:
        """Entries that belong to no payment, in the order in which they were kept."""
        with self._memory.alone() as shelves:
            found = [entry for entry in shelves.entries if not entry.payments]
        return iter(found)

    def totals(self) -> Sequence[Balances]:
        """What every account holds, counted from the first entry, for each currency that occurs."""
        with self._memory.alone() as shelves:
            currencies = {leg.amount.currency for entry in shelves.entries for leg in entry.legs}
            ordered = sorted(currencies, key=lambda currency: currency.code)
            return tuple(Balances(currency).after(shelves.entries) for currency in ordered)

    def open_alarms(self) -> Sequence[Alarm]:
        """The alarms that nobody cleared, the oldest first."""
        with self._memory.alone() as shelves:
            standing = [alarm for alarm in shelves.all(Alarm) if alarm.cleared_at is None]
        return tuple(sorted(standing, key=lambda alarm: (alarm.raised_at, alarm.id)))

    def unread_webhook_events(self) -> int:
        """How many webhook events still wait to be looked at."""
        with self._memory.alone() as shelves:
            return work_left(shelves.all(WebhookEvent))


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
