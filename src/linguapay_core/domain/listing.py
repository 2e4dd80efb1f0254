"""What can be listed: one row of a table for each type of records. Nothing here knows how a store finds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import Record
from linguapay_core.domain.delivery import Delivery, DeliveryState
from linguapay_core.domain.effect import Effect, EffectState
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
    TransferId,
)
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.people import Customer, TeacherAccount
from linguapay_core.domain.refund import Refund, RefundState
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.domain.subscription import Subscription, SubscriptionState
from linguapay_core.domain.transfer import Transfer, TransferState
from linguapay_core.domain.webhook_event import WebhookEvent, WebhookState

RecordT = TypeVar("RecordT", bound=Record)

Parties: TypeAlias = tuple[str, ...] | None
EVERYBODYS: Final[Parties] = None
ADMINS: Final[Parties] = ()

SPAN: Final = ("from", "to")
BOUNDS: Final = ("at_least_minor", "at_most_minor")
BEGINS: Final = "begins"
"""Filters of every list: how a record's name begins, so that people needn't write all of it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """How the records of one type are listed.

    ``fields`` are those of which a value may be asked for, and its type; ``flags`` are questions of yes or no. By its
    ``times`` a list may be sorted, by the first unless asked otherwise, and ``from`` and ``to`` mean that one; a list
    without times is sorted by name. A record is the person's who stands in one of the ``parties``, or everybody's, or
    nobody's but the admins'.
    """

    called: str
    named_by: type[str]
    fields: Mapping[str, type[Any]]
    times: tuple[str, ...] = ()
    flags: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)
    amount: Callable[[Any], int] | None = None
    parties: Parties = ADMINS

    @property
    def filters(self) -> tuple[str, ...]:
        """All that such a list may be filtered by."""
        return (*self.fields, *self.flags, *(SPAN if self.times else ()), *(BOUNDS if self.amount else ()), BEGINS)

    @property
    def sorts(self) -> tuple[str, ...]:
        """The fields that such a list may be sorted by, the usual one first."""
        return self.times or ("id",)

    def is_of(self, record: Record, party: PersonId | None) -> bool:
        """Whether a record is this person's; of anybody, where nobody is named."""
        if party is None or self.parties is None:
            return True
        return any(getattr(record, name) == party for name in self.parties)


LISTINGS: Final[Mapping[type[Any], Listing]] = {
    Gig: Listing(
        "gig",
        GigId,
        fields={"teacher_id": PersonId},
        times=("offered_at",),
        flags={"active": lambda gig: gig.active},
        parties=EVERYBODYS,
        amount=lambda gig: gig.hourly_price.amount_minor,
    ),
    Booking: Listing(
        "booking",
        BookingId,
        fields={"state": BookingState, "gig_id": GigId, "student_id": PersonId, "teacher_id": PersonId},
        times=("requested_at", "starts_at"),
        parties=("student_id", "teacher_id"),
        amount=lambda booking: booking.quote.total.amount_minor,
    ),
    Payment: Listing(
        "payment",
        PaymentId,
        fields={
            "state": PaymentState,
            "booking_id": BookingId,
            "student_id": PersonId,
            "teacher_id": PersonId,
            "intent_id": str,
        },
        times=("started_at",),
        flags={"with_credit": lambda payment: bool(payment.counters.credit)},
        parties=("student_id", "teacher_id"),
        amount=lambda payment: payment.parts.total.amount_minor,
    ),
    RefundRequest: Listing(
        "refund request",
        RefundRequestId,
        fields={"state": RequestState, "payment_id": PaymentId, "booking_id": BookingId, "student_id": PersonId},
        times=("submitted_at", "expires_at"),
        flags={"waiting": lambda request: request.due_at is not None},
        parties=("student_id",),
        amount=lambda request: request.amount.amount_minor,
    ),
    Refund: Listing(
        "refund",
        RefundId,
        fields={
            "state": RefundState,
            "payment_id": PaymentId,
            "booking_id": BookingId,
            "request_id": RefundRequestId,
        },
        times=("reserved_at",),
        amount=lambda refund: refund.parts.total.amount_minor,
    ),
    Transfer: Listing(
        "transfer",
        TransferId,
        fields={
            "state": TransferState,
            "payment_id": PaymentId,
            "booking_id": BookingId,
            "teacher_id": PersonId,
        },
        times=("scheduled_at", "pay_at"),
        parties=("teacher_id",),
        amount=lambda transfer: transfer.amount.amount_minor,
    ),
    Customer: Listing("customer", PersonId, fields={"customer_id": str}, parties=("id",)),
    TeacherAccount: Listing("account", PersonId, fields={"account_id": str}, parties=("id",)),
    Effect: Listing(
        "effect",
        str,
        fields={"state": EffectState, "payment_id": PaymentId, "subject": str},
        times=("due_at",),
    ),
    WebhookEvent: Listing(
        "webhook event",
        str,
        fields={"state": WebhookState, "object_id": str},
        times=("received_at",),
    ),
    Alarm: Listing(
        "alarm",
        str,
        fields={"rule": str, "subject": str},
        times=("raised_at",),
        flags={"open": lambda alarm: alarm.cleared_at is None},
    ),
    Subscription: Listing(
        "subscription",
        SubscriptionId,
        fields={"state": SubscriptionState},
        times=("created_at",),
    ),
    Delivery: Listing(
        "message",
        MessageId,
        fields={"state": DeliveryState, "subscription_id": SubscriptionId},
        times=("made_at",),
    ),
}
"""How the records of each type are listed."""


def listing_of(kind: type[Record]) -> Listing:
    """The row of a type of records."""
    return LISTINGS[kind]
