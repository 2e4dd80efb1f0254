"""Transactions over memory: one at a time, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from threading import Lock, get_ident
from typing import Final, TypeVar, cast

from linguapay_adapters.memory import closings, messages, promises, unsettled
from linguapay_adapters.memory.shelves import Shelves
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.alarm_rules import raised_before
from linguapay_core.domain.booking import OCCUPYING, Booking
from linguapay_core.domain.bookmark import Bookmark, FeedMark
from linguapay_core.domain.closing import Closing, Kept, Place
from linguapay_core.domain.decision import Decision
from linguapay_core.domain.delivery import Delivery
from linguapay_core.domain.effect import EFFECT, Effect, EffectTrigger
from linguapay_core.domain.erasure import Erasure
from linguapay_core.domain.erasure_rules import Matter
from linguapay_core.domain.errors import Busy, NotFound
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import (
    BookingId,
    EventId,
    GigId,
    MessageId,
    PaymentId,
    PersonId,
    RefundId,
    RefundRequestId,
    SubscriptionId,
    TextId,
    TransferId,
)
from linguapay_core.domain.ledger import ESCROW, Account, Balances, Kind
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.people import Calendar, Customer, FreeText, Person, TeacherAccount
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.subscription import SigningSecrets, Subscription, SubscriptionState
from linguapay_core.domain.transfer import Transfer
from linguapay_core.domain.webhook_event import WEBHOOK_EVENT, WebhookEvent, WebhookState, WebhookTrigger
from linguapay_core.ports.transactions import DueT

RecordT = TypeVar("RecordT")

WAIT_SECONDS: Final = 5


@dataclass
class Memory:
    """What a process remembers, and the lock that lets one transaction at a time to it."""

    shelves: Shelves = field(default_factory=Shelves)
    wait_seconds: float = WAIT_SECONDS
    _lock: Lock = field(default_factory=Lock)
    _holder: int = 0

    @contextmanager
    def alone(self) -> Iterator[Shelves]:
        """Have it for oneself. Raises ``Busy`` if others don't let go; what is raised inside takes all writes back."""
        assert self._holder != get_ident(), "Transactions don't nest: this thread has one open. Do both in one."
        if not self._lock.acquire(timeout=self.wait_seconds):
            raise Busy("Another transaction doesn't end.")
        self._holder = get_ident()
        try:
            yield self.shelves
        except BaseException:
            self.shelves.take_back()
            self._release()
            raise
        self.shelves.forget()
        self._release()

    def _release(self) -> None:
        self._holder = 0
        self._lock.release()


class MemoryTransactions:
    """Opens transactions over memory."""

    def __init__(self, memory: Memory) -> None:
        """Work on this memory."""
        self._memory = memory

    @contextmanager
    def begin(self) -> Iterator[MemoryTransaction]:
        """A new transaction, alone with the memory."""
        with self._memory.alone() as shelves:
            yield MemoryTransaction(shelves)


class MemoryTransaction:
    """One open transaction."""

    def __init__(self, shelves: Shelves) -> None:
        """Read from and write to these shelves."""
        self._shelves = shelves

    def gig(self, gig_id: GigId) -> Gig:
        """The gig with this identifier."""
        return self._named(Gig, "gig", gig_id)

    def booking(self, booking_id: BookingId) -> Booking:
        """The booking with this identifier."""
        return self._named(Booking, "booking", booking_id)

    def payment(self, payment_id: PaymentId) -> Payment:
        """The payment with this identifier."""
        return self._named(Payment, "payment", payment_id)

    def refund_request(self, request_id: RefundRequestId) -> RefundRequest:
        """The refund request with this identifier."""
        return self._named(RefundRequest, "refund request", request_id)

    def refund(self, refund_id: RefundId) -> Refund:
        """The refund with this identifier."""
        return self._named(Refund, "refund", refund_id)

    def transfer(self, transfer_id: TransferId) -> Transfer:
        """The transfer with this identifier."""
        return self._named(Transfer, "transfer", transfer_id)

    def effect(self, effect_id: str) -> Effect:
        """The effect with this name."""
        return self._named(Effect, "effect", effect_id)

    def webhook_event(self, event_id: str) -> WebhookEvent:
        """The webhook event with Stripe's identifier."""
        return self._named(WebhookEvent, "webhook event", event_id)

    def alarm(self, alarm_id: str) -> Alarm:
        """The alarm with this name."""
        return self._named(Alarm, "alarm", alarm_id)

    def subscription(self, subscription_id: SubscriptionId) -> Subscription:
        """The subscription with this identifier."""
        return self._named(Subscription, "subscription", subscription_id)

    def signing_secrets(self, subscription_id: SubscriptionId) -> SigningSecrets:
        """What this subscription's messages are signed with."""
        return self._named(SigningSecrets, "signing secret", subscription_id)

    def delivery(self, message_id: MessageId) -> Delivery:
        """The delivery of the message with this identifier."""
        return self._named(Delivery, "message", message_id)

    def text(self, text_id: TextId) -> FreeText:
        """The piece of free text with this identifier."""
        return self._named(FreeText, "text", text_id)

    def calendar(self, teacher_id: PersonId) -> Calendar:
        """A teacher's calendar, or a new one."""
        return self._shelves.get(Calendar, teacher_id) or Calendar(teacher_id, 0)

    def person(self, person_id: PersonId) -> Person:
        """What is known about somebody, or nothing."""
        return self._shelves.get(Person, person_id) or Person(person_id, 0)

    def bookmark(self, name: str, *, start: datetime) -> Bookmark:
        """The bookmark with this name, or one at the start."""
        return self._shelves.get(Bookmark, name) or Bookmark(name, 0, start)

    def feed_mark(self, reader: str) -> FeedMark:
        """How far this reader has read our events, or a mark before the first."""
        return self._shelves.get(FeedMark, reader) or FeedMark(reader, 0)

    def news(self, mark: FeedMark, *, limit: int) -> tuple[Sequence[ToldEvent], FeedMark]:
        """The next events, in the feed's order, and the mark moved behind the last of them."""
        events = self._shelves.events[mark.number : mark.number + limit]
        told = tuple(ToldEvent(EventId.of(number), event) for number, event in enumerate(events, mark.number + 1))
        return told, replace(mark, number=mark.number + len(told))

    def last_closing(self) -> Closing | None:
        """The end of the last day of the books that was closed."""
        return closings.last_closing(self._shelves)

    def first_entry(self) -> Kept | None:
        """The first entry of the books."""
        return next(closings.kept(self._shelves), None)

    def place_before(self, at: datetime, *, after: Place) -> Place:
        """The place before the first entry that we decided at this instant or later, or behind the last one."""
        return closings.place_before(self._shelves, at, after)

    def receipts_given(self, *, live: bool) -> int:
        """The last number that was given to a receipt."""
        return closings.receipts_given(self._shelves, live=live)

    def customer(self, student_id: PersonId) -> Customer | None:
        """A student as Stripe's customer."""
        return self._shelves.get(Customer, student_id)

    def account(self, teacher_id: PersonId) -> TeacherAccount | None:
        """A teacher's connected account."""
        return self._shelves.get(TeacherAccount, teacher_id)

    def account_by_stripe_id(self, account_id: str) -> TeacherAccount | None:
        """The same, by Stripe's identifier."""
        return self._shelves.taker(TeacherAccount, promises.ACCOUNT_AT_STRIPE, account_id)

    def bookings_between(self, teacher_id: PersonId, start: datetime, end: datetime) -> Sequence[Booking]:
        """A teacher's bookings that occupy the calendar and overlap this time, the earliest first."""
        overlapping = self._where(
            Booking,
            lambda booking: (
                booking.teacher_id == teacher_id
                and booking.state in OCCUPYING
                and booking.starts_at < end
                and booking.ends_at > start
            ),
        )
        return tuple(sorted(overlapping, key=lambda booking: (booking.starts_at, booking.id)))

    def holding_payment(self, booking_id: BookingId) -> Payment | None:
        """The payment that holds a booking."""
        return self._shelves.taker(Payment, promises.HOLDING, booking_id)

    def payments_of(self, booking_id: BookingId) -> Sequence[Payment]:
        """Every payment of a booking, the oldest first."""
        return self._where(Payment, lambda payment: payment.booking_id == booking_id)

    def payment_by_intent(self, intent_id: str) -> Payment | None:
        """The payment of a PaymentIntent."""
        return self._shelves.taker(Payment, promises.INTENT, intent_id)

    def requests_of(self, payment_id: PaymentId) -> Sequence[RefundRequest]:
        """Every refund request about a payment, the oldest first."""
        return self._where(RefundRequest, lambda request: request.payment_id == payment_id)

    def refunds_of(self, payment_id: PaymentId) -> Sequence[Refund]:
        """Every refund of a payment, the oldest first."""
        return self._where(Refund, lambda refund: refund.payment_id == payment_id)

    def refund_by_stripe_id(self, stripe_id: str) -> Refund | None:
        """The refund that Stripe knows by this identifier."""
        return self._shelves.taker(Refund, promises.REFUND_AT_STRIPE, stripe_id)

    def transfers_of(self, payment_id: PaymentId) -> Sequence[Transfer]:
        """Every transfer of a payment, the oldest first."""
        return self._where(Transfer, lambda transfer: transfer.payment_id == payment_id)

    def transfer_by_stripe_id(self, stripe_id: str) -> Transfer | None:
        """The transfer that Stripe knows by this identifier."""
        return self._shelves.taker(Transfer, promises.TRANSFER_AT_STRIPE, stripe_id)

    def open_effects_of(self, payment_id: PaymentId) -> Sequence[Effect]:
        """What is still owed to the outside about a payment, in the order of the names."""
        return self._where(Effect, lambda effect: effect.payment_id == payment_id and effect.open)

    def subscriptions(self) -> Sequence[Subscription]:
        """Every subscription that isn't removed, the oldest first."""
        return self._where(Subscription, lambda subscription: subscription.state is not SubscriptionState.REMOVED)

    def deliveries_to_nobody(self, *, at: datetime, limit: int) -> Sequence[Delivery]:
        """Deliveries that wait though their subscription is removed, and that no worker has leased."""
        return tuple(messages.to_nobody(self._shelves, at=at)[:limit])

    def texts_by(self, author: PersonId) -> Sequence[FreeText]:
        """What somebody wrote, the oldest first."""
        return self._where(FreeText, lambda text: text.author == author)

    def texts_about(self, student_id: PersonId) -> Sequence[FreeText]:
        """What anybody wrote about a student's refund requests, the oldest first."""
        asked = {request.id for request in self._where(RefundRequest, lambda one: one.student_id == student_id)}
        return self._where(FreeText, lambda text: text.subject in asked)

    def notes_about(self, person_id: PersonId) -> Sequence[FreeText]:
        """What admins wrote about a student's payments and about a teacher's transfers, the oldest first."""
        paid = {payment.id for payment in self._where(Payment, lambda one: one.student_id == person_id)}
        sent = {transfer.id for transfer in self._where(Transfer, lambda one: one.teacher_id == person_id)}
        return self._where(FreeText, lambda text: text.subject in paid | sent)

    def gigs_of(self, teacher_id: PersonId) -> Sequence[Gig]:
        """Every gig of a teacher, retired or not, the oldest first."""
        return self._where(Gig, lambda gig: gig.teacher_id == teacher_id)

    def erasure(self, person_id: PersonId) -> Erasure | None:
        """Somebody's wish to be forgotten, carried out or not."""
        return self._shelves.get(Erasure, person_id)

    def unsettled(self, person_id: PersonId) -> Sequence[Matter]:
        """Whatever isn't settled of somebody's, payments with credit too."""
        return tuple(unsettled.of(self._shelves, person_id))

    def balances(self, payment: Payment, currency: Currency | None = None) -> Balances:
        """The balances of one payment, counted from its legs, in its currency or in another."""
        return Balances(currency or payment.currency).after(self._shelves.books_of(payment.id), payment.id)

    def receivables(self, teacher_id: PersonId) -> Sequence[tuple[Payment, Money]]:
        """The payments for which a teacher owes money back, the oldest first, and how much for each."""
        account = Account(Kind.TEACHER_RECEIVABLE, teacher_id)
        owed = ((payment, self.balances(payment)[account]) for payment in self._shelves.all(Payment))
        return tuple((payment, amount) for payment, amount in owed if amount > amount.zero)

    def left_in_escrow(self, student_id: PersonId) -> Sequence[tuple[Payment, Money]]:
        """A student's settled payments of which something stands in escrow, the oldest first, and how much of each."""
        settled = self._where(Payment, lambda one: one.student_id == student_id and one.settled_at is not None)
        held = ((payment, self.balances(payment)[ESCROW]) for payment in settled)
        return tuple((payment, amount) for payment, amount in held if amount > amount.zero)

    def has_entry(self, key: str) -> bool:
        """Whether the books have an entry under this key."""
        return self._shelves.has_entry(key)

    def due(self, kind: type[DueT], *, at: datetime, limit: int, **having: StrEnum) -> Sequence[DueT]:
        """Records whose ``due_at`` has come and that have work left, the most overdue first."""
        assert limit > 0, limit
        alike = (one for one in self._waiting(kind, at) if all(getattr(one, name) == having[name] for name in having))
        came = ((when, record) for record in alike if (when := _due_at(record)) and when <= at)
        leased = {_lane(event) for event in self._shelves.all(WebhookEvent) if _is_leased(event, at)}
        free = [(when, record) for when, record in came if _has_work(record) and _lane(record) not in leased]
        return tuple(record for _, record in sorted(free, key=lambda one: (one[0], one[1].id))[:limit])

    def keep(self, decision: Decision[object]) -> None:
        """Store all of a decision, in the order of the names."""
        names = [(type(record), record.id) for record in decision.changed]
        assert len(set(names)) == len(names), f"A record stands in the decision twice: {names}"
        unguarded = {payment for entry in decision.entries for payment in entry.payments} - {name for _, name in names}
        assert not unguarded, f"Entries of payments that aren't stored with them: {unguarded}"
        records = sorted((*decision.changed, *decision.effects), key=lambda record: record.id)
        let_be = {record.id for record in records if not self._shelves.write(record)}
        self._shelves.events.extend(event for event in decision.events if not raised_before(event, let_be))
        self._shelves.book(decision.entries)

    def forget_deliveries(self, *, before: datetime, limit: int) -> int:
        """Forget deliveries that wait no more and were last under way before then, the oldest first."""
        old = messages.ended(self._shelves, before=before)[:limit]
        for delivery in old:
            self._shelves.remove(delivery)
        return len(old)

    def _named(self, kind: type[RecordT], called: str, name: str) -> RecordT:
        record = self._shelves.get(kind, name)
        if record is None:
            raise NotFound(called, name)
        return record

    def _waiting(self, kind: type[RecordT], at: datetime) -> Sequence[RecordT]:
        """Every record of a type; of deliveries those whose turn it is."""
        if kind is Delivery:
            return cast("Sequence[RecordT]", messages.whose_turn_it_is(self._shelves, at=at))
        return self._shelves.all(kind)

    def _where(self, kind: type[RecordT], holds: Callable[[RecordT], bool]) -> tuple[RecordT, ...]:
        return tuple(record for record in self._shelves.all(kind) if holds(record))


def work_left(events: Iterable[WebhookEvent]) -> int:
    """How many webhook events still wait to be looked at."""
    return sum(map(_has_work, events))


def _due_at(
    record: Booking | RefundRequest | Payment | Refund | Transfer | Effect | WebhookEvent | Delivery | Erasure,
) -> datetime | None:
    return record.due_at


def _has_work(record: object) -> bool:
    match record:
        case Effect():
            return EFFECT.allows(record.state, EffectTrigger.LEASE)
        case WebhookEvent():
            return WEBHOOK_EVENT.allows(record.state, WebhookTrigger.LEASE)
        case _:
            return True


def _lane(record: object) -> tuple[str, str] | None:
    return (record.object_kind, record.object_id) if isinstance(record, WebhookEvent) else None


def _is_leased(event: WebhookEvent, at: datetime) -> bool:
    return event.state is WebhookState.LEASED and event.leased_until is not None and event.leased_until > at
