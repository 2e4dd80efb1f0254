"""Transactions over SQL: few statements, no select before an update, and every error told in our words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from threading import local
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Select, TextClause, select, text, union_all

from linguapay_adapters.sql import books, closings, queries, unsettled
from linguapay_adapters.sql.bookmark import read_on
from linguapay_adapters.sql.committing import committing
from linguapay_adapters.sql.errands import ALARMS, BOOKMARKS, EFFECT_IS_OPEN, EFFECTS, WEBHOOK_EVENTS
from linguapay_adapters.sql.lessons import BOOKINGS, CALENDARS, GIGS, OCCUPIES
from linguapay_adapters.sql.payments import PAYMENTS
from linguapay_adapters.sql.people import ACCOUNTS, CUSTOMERS, ERASURES, PEOPLE, TEXTS
from linguapay_adapters.sql.refunds import REFUND_REQUESTS, REFUNDS
from linguapay_adapters.sql.shape import Shape
from linguapay_adapters.sql.shapes import SHAPES
from linguapay_adapters.sql.subscriptions import (
    DELIVERIES,
    FEED_MARKS,
    SIGNING_SECRETS,
    SUBSCRIPTIONS,
    deliveries_to_nobody,
    forget_ended,
)
from linguapay_adapters.sql.transfers import TRANSFERS
from linguapay_adapters.sql.writing import write
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.bookmark import Bookmark, FeedMark
from linguapay_core.domain.closing import Closing, Kept, Place
from linguapay_core.domain.decision import Decision, Record
from linguapay_core.domain.delivery import Delivery
from linguapay_core.domain.effect import Effect
from linguapay_core.domain.erasure import Erasure
from linguapay_core.domain.erasure_rules import Matter
from linguapay_core.domain.errors import NotFound
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
from linguapay_core.domain.ledger import Balances
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.people import Calendar, Customer, FreeText, Person, TeacherAccount
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.subscription import SigningSecrets, Subscription, SubscriptionState
from linguapay_core.domain.transfer import Transfer
from linguapay_core.domain.webhook_event import WebhookEvent
from linguapay_core.ports.transactions import DueT

RecordT = TypeVar("RecordT", bound=Record)
Condition = ColumnElement[bool] | TextClause


class SqlTransactions:
    """Opens transactions over a database."""

    def __init__(self, engine: Engine) -> None:
        """Take connections from this engine."""
        self._engine = engine
        self._here = local()

    @contextmanager
    def begin(self) -> Iterator[SqlTransaction]:
        """A new transaction, on a connection of its own."""
        assert not self.open_here, "Transactions don't nest: this thread has one open. Do both in one."
        with committing(self._engine) as connection:
            self._here.open = True
            try:
                yield SqlTransaction(connection)
            except BaseException:
                self._here.open = False
                raise
            self._here.open = False

    @property
    def open_here(self) -> bool:
        """Whether this thread has a transaction open."""
        return getattr(self._here, "open", False)


class SqlTransaction:
    """One open transaction."""

    def __init__(self, connection: Connection) -> None:
        """Read from and write to this connection."""
        self._connection = connection

    def gig(self, gig_id: GigId) -> Gig:
        """The gig with this identifier."""
        return self._named(GIGS, gig_id)

    def booking(self, booking_id: BookingId) -> Booking:
        """The booking with this identifier."""
        return self._named(BOOKINGS, booking_id)

    def payment(self, payment_id: PaymentId) -> Payment:
        """The payment with this identifier."""
        return self._named(PAYMENTS, payment_id)

    def refund_request(self, request_id: RefundRequestId) -> RefundRequest:
        """The refund request with this identifier."""
        return self._named(REFUND_REQUESTS, request_id)

    def refund(self, refund_id: RefundId) -> Refund:
        """The refund with this identifier."""
        return self._named(REFUNDS, refund_id)

    def transfer(self, transfer_id: TransferId) -> Transfer:
        """The transfer with this identifier."""
        return self._named(TRANSFERS, transfer_id)

    def effect(self, effect_id: str) -> Effect:
        """The effect with this name."""
        return self._named(EFFECTS, effect_id)

    def webhook_event(self, event_id: str) -> WebhookEvent:
        """The webhook event with Stripe's identifier."""
        return self._named(WEBHOOK_EVENTS, event_id)

    def alarm(self, alarm_id: str) -> Alarm:
        """The alarm with this name."""
        return self._named(ALARMS, alarm_id)

    def subscription(self, subscription_id: SubscriptionId) -> Subscription:
        """The subscription with this identifier."""
        return self._named(SUBSCRIPTIONS, subscription_id)

    def signing_secrets(self, subscription_id: SubscriptionId) -> SigningSecrets:
        """What this subscription's messages are signed with."""
        return self._named(SIGNING_SECRETS, subscription_id)

    def delivery(self, message_id: MessageId) -> Delivery:
        """The delivery of the message with this identifier."""
        return self._named(DELIVERIES, message_id)

    def text(self, text_id: TextId) -> FreeText:
        """The piece of free text with this identifier."""
        return self._named(TEXTS, text_id)

    def calendar(self, teacher_id: PersonId) -> Calendar:
        """A teacher's calendar, or a new one."""
        return self._one(CALENDARS, CALENDARS.table.c.id == teacher_id) or Calendar(teacher_id, 0)

    def person(self, person_id: PersonId) -> Person:
        """What is known about somebody, or nothing."""
        return self._one(PEOPLE, PEOPLE.table.c.id == person_id) or Person(person_id, 0)

    def bookmark(self, name: str, *, start: datetime) -> Bookmark:
        """The bookmark with this name, or one at the start."""
        return self._one(BOOKMARKS, BOOKMARKS.table.c.id == name) or Bookmark(name, 0, start)

    def feed_mark(self, reader: str) -> FeedMark:
        """How far this reader has read our events, or a mark before the first."""
        return self._one(FEED_MARKS, FEED_MARKS.table.c.id == reader) or FeedMark(reader, 0)

    def news(self, mark: FeedMark, *, limit: int) -> tuple[Sequence[ToldEvent], FeedMark]:
        """The next events, in the feed's order, and the mark moved behind the last of them."""
        rows, (writer, number) = read_on(self._connection, books.events, (mark.writer, mark.number), limit=limit)
        told = tuple(ToldEvent(EventId.of(row.sequence), books.event(row)) for row in rows)
        return told, replace(mark, writer=writer, number=number)

    def last_closing(self) -> Closing | None:
        """The end of the last day of the books that was closed."""
        last = self._connection.execute(closings.last_closing()).one_or_none()
        return None if last is None else closings.CLOSINGS.record(last)

    def first_entry(self) -> Kept | None:
        """The first entry of the books, if it is complete."""
        return closings.first_entry(self._connection)

    def place_before(self, at: datetime, *, after: Place) -> Place:
        """The place before the first entry that we decided at this instant or later, or behind the last one."""
        return closings.place_before(self._connection, at, after)

    def receipts_given(self, *, live: bool) -> int:
        """The last number that was given to a receipt."""
        given: int = self._connection.scalars(closings.receipts_given(live=live)).one()
        return given

    def customer(self, student_id: PersonId) -> Customer | None:
        """A student as Stripe's customer."""
        return self._one(CUSTOMERS, CUSTOMERS.table.c.id == student_id)

    def account(self, teacher_id: PersonId) -> TeacherAccount | None:
        """A teacher's connected account."""
        return self._one(ACCOUNTS, ACCOUNTS.table.c.id == teacher_id)

    def account_by_stripe_id(self, account_id: str) -> TeacherAccount | None:
        """The same, by Stripe's identifier."""
        return self._stripes(ACCOUNTS, "account_id", account_id)

    def bookings_between(self, teacher_id: PersonId, start: datetime, end: datetime) -> Sequence[Booking]:
        """A teacher's bookings that occupy the calendar and overlap this time, the earliest first."""
        table = BOOKINGS.table.c
        overlap = (table.teacher_id == teacher_id, table.starts_at < end, table.ends_at > start, text(OCCUPIES))
        return self._all(BOOKINGS, *overlap, order="starts_at")

    def holding_payment(self, booking_id: BookingId) -> Payment | None:
        """The payment that holds a booking."""
        return self._one(PAYMENTS, PAYMENTS.table.c.booking_id == booking_id, text("holds_booking"))

    def payments_of(self, booking_id: BookingId) -> Sequence[Payment]:
        """Every payment of a booking, the oldest first."""
        return self._all(PAYMENTS, PAYMENTS.table.c.booking_id == booking_id)

    def payment_by_intent(self, intent_id: str) -> Payment | None:
        """The payment of a PaymentIntent."""
        return self._stripes(PAYMENTS, "intent_id", intent_id)

    def requests_of(self, payment_id: PaymentId) -> Sequence[RefundRequest]:
        """Every refund request about a payment, the oldest first."""
        return self._all(REFUND_REQUESTS, REFUND_REQUESTS.table.c.payment_id == payment_id)

    def refunds_of(self, payment_id: PaymentId) -> Sequence[Refund]:
        """Every refund of a payment, the oldest first."""
        return self._all(REFUNDS, REFUNDS.table.c.payment_id == payment_id)

    def refund_by_stripe_id(self, stripe_id: str) -> Refund | None:
        """The refund that Stripe knows by this identifier."""
        return self._stripes(REFUNDS, "stripe_id", stripe_id)

    def transfers_of(self, payment_id: PaymentId) -> Sequence[Transfer]:
        """Every transfer of a payment, the oldest first."""
        return self._all(TRANSFERS, TRANSFERS.table.c.payment_id == payment_id)

    def transfer_by_stripe_id(self, stripe_id: str) -> Transfer | None:
        """The transfer that Stripe knows by this identifier."""
        return self._stripes(TRANSFERS, "stripe_id", stripe_id)

    def open_effects_of(self, payment_id: PaymentId) -> Sequence[Effect]:
        """What is still owed to the outside about a payment, in the order of the names."""
        return self._all(EFFECTS, EFFECTS.table.c.payment_id == payment_id, text(EFFECT_IS_OPEN))

    def subscriptions(self) -> Sequence[Subscription]:
        """Every subscription that isn't removed, the oldest first."""
        return self._all(SUBSCRIPTIONS, SUBSCRIPTIONS.table.c.state != SubscriptionState.REMOVED)

    def deliveries_to_nobody(self, *, at: datetime, limit: int) -> Sequence[Delivery]:
        """Deliveries that wait though their subscription is removed, and that no worker has leased."""
        found = deliveries_to_nobody(at=at, limit=limit)
        return tuple(map(DELIVERIES.record, self._connection.execute(found)))

    def texts_by(self, author: PersonId) -> Sequence[FreeText]:
        """What somebody wrote, the oldest first."""
        return self._all(TEXTS, TEXTS.table.c.author == author)

    def texts_about(self, student_id: PersonId) -> Sequence[FreeText]:
        """What anybody wrote about a student's refund requests, the oldest first."""
        requests = REFUND_REQUESTS.table.c
        return self._all(TEXTS, TEXTS.table.c.subject.in_(select(requests.id).where(requests.student_id == student_id)))

    def notes_about(self, person_id: PersonId) -> Sequence[FreeText]:
        """What admins wrote about a student's payments and about a teacher's transfers, the oldest first."""
        paid, sent = PAYMENTS.table.c, TRANSFERS.table.c
        theirs = union_all(
            select(paid.id).where(paid.student_id == person_id), select(sent.id).where(sent.teacher_id == person_id)
        )
        return self._all(TEXTS, TEXTS.table.c.subject.in_(theirs))

    def gigs_of(self, teacher_id: PersonId) -> Sequence[Gig]:
        """Every gig of a teacher, retired or not, the oldest first."""
        return self._all(GIGS, GIGS.table.c.teacher_id == teacher_id)

    def erasure(self, person_id: PersonId) -> Erasure | None:
        """Somebody's wish to be forgotten, carried out or not."""
        return self._one(ERASURES, ERASURES.table.c.id == person_id)

    def unsettled(self, person_id: PersonId) -> Sequence[Matter]:
        """Whatever isn't settled of somebody's, payments with credit too."""
        return tuple(unsettled.of(self._connection, person_id))

    def balances(self, payment: Payment, currency: Currency | None = None) -> Balances:
        """The balances of one payment, counted from its legs, in its currency or in another."""
        wanted = currency or payment.currency
        counted = queries.balances(self._connection, books.legs.c.payment_id == payment.id)
        return counted.get(wanted, Balances(wanted))

    def receivables(self, teacher_id: PersonId) -> Sequence[tuple[Payment, Money]]:
        """The payments for which a teacher owes money back, the oldest first, and how much for each."""
        return self._with_payments(queries.receivables(teacher_id))

    def left_in_escrow(self, student_id: PersonId) -> Sequence[tuple[Payment, Money]]:
        """A student's settled payments of which something stands in escrow, the oldest first, and how much of each."""
        return self._with_payments(queries.left_in_escrow(student_id))

    def has_entry(self, key: str) -> bool:
        """Whether the books have an entry under this key."""
        found = self._connection.execute(select(books.entries.c.key).where(books.entries.c.key == key))
        return found.first() is not None

    def due(self, kind: type[DueT], *, at: datetime, limit: int, **having: StrEnum) -> Sequence[DueT]:
        """Records whose ``due_at`` has come and that have work left, the most overdue first."""
        assert limit > 0, limit
        shape: Shape[DueT] = SHAPES[kind]
        found = queries.due(shape.table, at=at, limit=limit, **having)
        return tuple(map(shape.record, self._connection.execute(found)))

    def keep(self, decision: Decision[object]) -> None:
        """Store all of a decision."""
        write(self._connection, decision)

    def forget_deliveries(self, *, before: datetime, limit: int) -> int:
        """Forget deliveries that wait no more and were last under way before then, the oldest first."""
        return self._connection.execute(forget_ended(before=before, limit=limit)).rowcount

    def _named(self, shape: Shape[RecordT], name: str) -> RecordT:
        record = self._one(shape, shape.table.c.id == name)
        if record is None:
            raise NotFound(shape.called, name)
        return record

    def _one(self, shape: Shape[RecordT], *conditions: Condition) -> RecordT | None:
        row = self._connection.execute(select(shape.table).where(*conditions)).one_or_none()
        return None if row is None else shape.record(row)

    def _all(self, shape: Shape[RecordT], *conditions: Condition, order: str = "id") -> Sequence[RecordT]:
        found = select(shape.table).where(*conditions).order_by(shape.table.c[order], shape.table.c.id)
        return tuple(map(shape.record, self._connection.execute(found)))

    def _with_payments(self, held: Select[Any]) -> Sequence[tuple[Payment, Money]]:
        """What is held of some payments, with these, the oldest first."""
        some, payments = held.subquery(), PAYMENTS.table
        found = select(payments, some.c.held).join(some, some.c.payment_id == payments.c.id).order_by(payments.c.id)
        return tuple((PAYMENTS.record(row), Money(row.held, row.currency)) for row in self._connection.execute(found))

    def _stripes(self, shape: Shape[RecordT], column: str, stripe_id: str) -> RecordT | None:
        """The record that Stripe knows by this identifier; an empty one is nobody's."""
        return self._one(shape, shape.table.c[column] == stripe_id, text(f"{column} <> ''"))
