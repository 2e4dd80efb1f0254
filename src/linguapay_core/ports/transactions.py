"""Reading and writing what the business knows, all or nothing.

``with transactions.begin() as transaction:`` commits at the end of the block and rolls back on whatever is raised in
it. Transactions don't nest. ``keep`` is the only way to write, and
``forget_deliveries`` to delete.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.bookmark import Bookmark, FeedMark
from linguapay_core.domain.closing import Closing, Kept, Place
from linguapay_core.domain.decision import Decision
from linguapay_core.domain.delivery import Delivery
from linguapay_core.domain.effect import Effect
from linguapay_core.domain.erasure import Erasure
from linguapay_core.domain.erasure_rules import Matter
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import (
    BookingId,
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
from linguapay_core.domain.subscription import SigningSecrets, Subscription
from linguapay_core.domain.transfer import Transfer
from linguapay_core.domain.webhook_event import WebhookEvent

DueT = TypeVar("DueT", Booking, RefundRequest, Payment, Refund, Transfer, Effect, WebhookEvent, Delivery, Erasure)


class Transaction(Protocol):
    """One open transaction.

    What is loaded by its name raises ``NotFound`` if it isn't there; what is searched is ``None``.
    """

    def gig(self, gig_id: GigId) -> Gig:
        """The gig with this identifier."""
        ...

    def booking(self, booking_id: BookingId) -> Booking:
        """The booking with this identifier."""
        ...

    def payment(self, payment_id: PaymentId) -> Payment:
        """The payment with this identifier."""
        ...

    def refund_request(self, request_id: RefundRequestId) -> RefundRequest:
        """The refund request with this identifier."""
        ...

    def refund(self, refund_id: RefundId) -> Refund:
        """The refund with this identifier."""
        ...

    def transfer(self, transfer_id: TransferId) -> Transfer:
        """The transfer with this identifier."""
        ...

    def effect(self, effect_id: str) -> Effect:
        """The effect with this name."""
        ...

    def webhook_event(self, event_id: str) -> WebhookEvent:
        """The webhook event with Stripe's identifier."""
        ...

    def alarm(self, alarm_id: str) -> Alarm:
        """The alarm with this name."""
        ...

    def subscription(self, subscription_id: SubscriptionId) -> Subscription:
        """The subscription with this identifier."""
        ...

    def signing_secrets(self, subscription_id: SubscriptionId) -> SigningSecrets:
        """What this subscription's messages are signed with."""
        ...

    def delivery(self, message_id: MessageId) -> Delivery:
        """The delivery of the message with this identifier."""
        ...

    def text(self, text_id: TextId) -> FreeText:
        """The piece of free text with this identifier."""
        ...

    def calendar(self, teacher_id: PersonId) -> Calendar:
        """A teacher's calendar; at version 0 if none was stored yet."""
        ...

    def person(self, person_id: PersonId) -> Person:
        """What is known about somebody; blank and at version 0 if nothing was stored yet."""
        ...

    def bookmark(self, name: str, *, start: datetime) -> Bookmark:
        """The bookmark with this name; at ``start`` and version 0 if none was stored yet."""
        ...

    def feed_mark(self, reader: str) -> FeedMark:
        """How far this reader has read our events; before the first, and at version 0, if nothing was stored yet."""
        ...

    def news(self, mark: FeedMark, *, limit: int) -> tuple[Sequence[ToldEvent], FeedMark]:
        """The next events, in the feed's order, and the mark moved behind the last of them.

        None that is committed late is ever passed by: whatever comes before a mark was there when it was read.
        """
        ...

    def last_closing(self) -> Closing | None:
        """The end of the last day of the books that was closed."""
        ...

    def first_entry(self) -> Kept | None:
        """The first entry of the books, if it is committed and none can come before it any more."""
        ...

    def place_before(self, at: datetime, *, after: Place) -> Place:
        """The place before the first entry, from ``after`` on, that we decided at this instant or later.

        Cash is dated by Stripe and doesn't count. Where there is no such entry, the place behind the last one. Nothing
        that comes before the answer is still being committed.
        """
        ...

    def receipts_given(self, *, live: bool) -> int:
        """The last number that was given to a receipt of real money, or of play money; 0 if none was."""
        ...

    def customer(self, student_id: PersonId) -> Customer | None:
        """A student as Stripe's customer."""
        ...

    def account(self, teacher_id: PersonId) -> TeacherAccount | None:
        """A teacher's connected account."""
        ...

    def account_by_stripe_id(self, account_id: str) -> TeacherAccount | None:
        """The same, by Stripe's identifier."""
        ...

    def bookings_between(self, teacher_id: PersonId, start: datetime, end: datetime) -> Sequence[Booking]:
        """A teacher's bookings that occupy the calendar and overlap this time."""
        ...

    def holding_payment(self, booking_id: BookingId) -> Payment | None:
        """The payment that holds a booking; at most one does."""
        ...

    def payments_of(self, booking_id: BookingId) -> Sequence[Payment]:
        """Every payment of a booking, the oldest first."""
        ...

    def payment_by_intent(self, intent_id: str) -> Payment | None:
        """The payment of a PaymentIntent."""
        ...

    def requests_of(self, payment_id: PaymentId) -> Sequence[RefundRequest]:
        """Every refund request about a payment, the oldest first."""
        ...

    def refunds_of(self, payment_id: PaymentId) -> Sequence[Refund]:
        """Every refund of a payment, the oldest first."""
        ...

    def refund_by_stripe_id(self, stripe_id: str) -> Refund | None:
        """The refund that Stripe knows by this identifier."""
        ...

    def transfers_of(self, payment_id: PaymentId) -> Sequence[Transfer]:
        """Every transfer of a payment, the oldest first."""
        ...

    def transfer_by_stripe_id(self, stripe_id: str) -> Transfer | None:
        """The transfer that Stripe knows by this identifier."""
        ...

    def open_effects_of(self, payment_id: PaymentId) -> Sequence[Effect]:
        """What is still owed to the outside about a payment."""
        ...

    def subscriptions(self) -> Sequence[Subscription]:
        """Every subscription that isn't removed, the oldest first."""
        ...

    def deliveries_to_nobody(self, *, at: datetime, limit: int) -> Sequence[Delivery]:
        """Deliveries that wait though their subscription is removed, and that no worker has leased; so many at most."""
        ...

    def texts_by(self, author: PersonId) -> Sequence[FreeText]:
        """What somebody wrote."""
        ...

    def texts_about(self, student_id: PersonId) -> Sequence[FreeText]:
        """What anybody wrote about a student's refund requests, the oldest first."""
        ...

    def notes_about(self, person_id: PersonId) -> Sequence[FreeText]:
        """What admins wrote about a student's payments and about a teacher's transfers, the oldest first."""
        ...

    def gigs_of(self, teacher_id: PersonId) -> Sequence[Gig]:
        """Every gig of a teacher, retired or not, the oldest first."""
        ...

    def erasure(self, person_id: PersonId) -> Erasure | None:
        """Somebody's wish to be forgotten, carried out or not."""
        ...

    def unsettled(self, person_id: PersonId) -> Sequence[Matter]:
        """Whatever isn't settled of somebody's (``erasure.UNSETTLED``), on whichever side, payments with credit too."""
        ...

    def balances(self, payment: Payment, currency: Currency | None = None) -> Balances:
        """The balances of one payment, counted from its legs, in its currency or in another.

        The payment's version guards them.
        """
        ...

    def receivables(self, teacher_id: PersonId) -> Sequence[tuple[Payment, Money]]:
        """The payments for which a teacher owes money back, the oldest first, and how much for each."""
        ...

    def left_in_escrow(self, student_id: PersonId) -> Sequence[tuple[Payment, Money]]:
        """A student's settled payments of which something stands in escrow, the oldest first, and how much of each."""
        ...

    def has_entry(self, key: str) -> bool:
        """Whether the books have an entry under this key."""
        ...

    def due(self, kind: type[DueT], *, at: datetime, limit: int, **having: StrEnum) -> Sequence[DueT]:
        """Records whose ``due_at`` has come, the most overdue first, that no other open transaction has taken.

        ``having`` names fields and what they must be, as ``state=TransferState.CREATED``; those that differ take no
        place within the limit. Webhook events are not narrowed.

        Of effects, webhook events and deliveries only those with work left (an effect that is parked is not due); of
        webhook events none whose object another worker has leased. Of deliveries one for each subscription that is
        active, isn't resting, and of which no worker has leased another.
        """
        ...

    def keep(self, decision: Decision[object]) -> None:
        """Store all of a decision: records in their fixed order, events, entries, effects.

        A record at version 0 is inserted, any other replaces the version that was loaded. Raises ``Stale`` if somebody
        wrote in between, also where a uniqueness that the schema promises says so. New effects, alarms and webhook
        events under a name that exists are let be, and with an alarm the event that tells of it: they were promised,
        raised or noted already; but an alarm that was cleared stands again. It is a bug, an ``AssertionError``, to
        store entries of a payment without the payment.
        """
        ...

    def forget_deliveries(self, *, before: datetime, limit: int) -> int:
        """Forget deliveries that wait no more and were last under way before then, the oldest first. Returns how many.

        What was decided isn't forgotten by this: the events stay.
        """
        ...


class Transactions(Protocol):
    """Opens transactions."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """A new transaction.

        Raises ``Busy`` if the store can't take one now, and ``InDoubt`` where it was lost while it committed. It is a
        bug to open one inside another.
        """
        ...
