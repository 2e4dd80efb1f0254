"""Valid records, so that a test mentions only what matters to it: ``a_booking(state=BookingState.PAID)``.

They belong together: the payment is for the booking, the refund is of the payment, and so on. A second one of a kind
needs another identifier: ``a_payment(id=PaymentId.of(2))``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import SYSTEM, Event
from linguapay_core.domain.delivery import Delivery, queue_event
from linguapay_core.domain.effect import Effect, EffectKind, owe
from linguapay_core.domain.events.booking import BookingConfirmed
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import (
    BookingId,
    EventId,
    GigId,
    PaymentId,
    PersonId,
    RefundId,
    RefundRequestId,
    SubscriptionId,
    TextId,
    TransferId,
)
from linguapay_core.domain.ledger import CHARGE_CLEARING, ESCROW, Entry, Leg
from linguapay_core.domain.money import USD, Money, Parts
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.payment import Counters, Payment, PaymentState
from linguapay_core.domain.people import FreeText, Person, TeacherAccount
from linguapay_core.domain.policies import Policies
from linguapay_core.domain.quote import quote
from linguapay_core.domain.refund import Refund, RefundState, Taken
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.domain.subscription import Subscription, SubscriptionState
from linguapay_core.domain.transfer import Transfer, TransferState
from linguapay_core.domain.webhook_event import WebhookEvent, WebhookState

NOON: Final = datetime(2030, 1, 1, 12, tzinfo=UTC)
"""When things happen in tests, unless they say otherwise. The lesson is three days later."""

ANNA: Final = PersonId("anna")
"""The teacher."""
BEN: Final = PersonId("ben")
"""The student."""
CARLA: Final = PersonId("carla")
"""An admin."""

LESSON_AT: Final = NOON + timedelta(days=3)
PARTS: Final = Parts(price=Money(3000, USD), fee=Money(150, USD))
"""An hour at 30.00 USD, and the platform's fee on top."""


def usd(amount_minor: int) -> Money:
    """So many cents."""
    return Money(amount_minor, USD)


def a_gig(**different: object) -> Gig:
    """Anna's lessons at 30.00 USD an hour."""
    gig = Gig(GigId.of(1), 0, ANNA, "Polish for beginners", usd(3000), active=True, offered_at=NOON)
    return replace(gig, **different)  # type: ignore[arg-type]


def a_booking(**different: object) -> Booking:
    """Ben asks Anna for an hour."""
    policies = Policies()
    booking = Booking(
        id=BookingId.of(1),
        version=0,
        gig_id=GigId.of(1),
        student_id=BEN,
        teacher_id=ANNA,
        starts_at=LESSON_AT,
        quote=quote(usd(3000), 60, policies),
        deadlines=policies.deadlines,
        state=BookingState.REQUESTED,
        requested_at=NOON,
        answer_by=NOON + policies.deadlines.answer,
    )
    return replace(booking, **different)  # type: ignore[arg-type]


def a_payment(**different: object) -> Payment:
    """Ben's payment for that hour, open at Stripe."""
    payment = Payment(
        id=PaymentId.of(1),
        version=0,
        booking_id=BookingId.of(1),
        student_id=BEN,
        teacher_id=ANNA,
        parts=PARTS,
        live=False,
        state=PaymentState.OPEN,
        holds_booking=True,
        counters=Counters.none(USD),
        started_at=NOON,
        customer_id="cus_ben",
        intent_id="pi_1",
    )
    return replace(payment, **different)  # type: ignore[arg-type]


def a_succeeded_payment(**different: object) -> Payment:
    """The same, with the money here."""
    succeeded = a_payment(
        state=PaymentState.SUCCEEDED,
        counters=replace(Counters.none(USD), captured=PARTS),
        charge_id="ch_1",
        card_brand="visa",
        succeeded_at=NOON,
    )
    return replace(succeeded, **different)  # type: ignore[arg-type]


def a_refund_request(**different: object) -> RefundRequest:
    """Ben wants 10.00 USD of it back."""
    request = RefundRequest(
        id=RefundRequestId.of(1),
        version=0,
        payment_id=PaymentId.of(1),
        booking_id=BookingId.of(1),
        student_id=BEN,
        amount=usd(1000),
        reason_id=TextId.of(1),
        state=RequestState.SUBMITTED,
        submitted_at=NOON,
        expires_at=NOON + timedelta(days=30),
    )
    return replace(request, **different)  # type: ignore[arg-type]


def a_refund(**different: object) -> Refund:
    """10.50 USD of it on their way back."""
    refund = Refund(
        id=RefundId.of(1),
        version=0,
        payment_id=PaymentId.of(1),
        booking_id=BookingId.of(1),
        parts=Parts(usd(1000), usd(50)),
        taken=(Taken(ESCROW, usd(1000), of_fee=False), Taken(ESCROW, usd(50), of_fee=True)),
        rule="refund_request",
        state=RefundState.RESERVED,
        reserved_at=NOON,
    )
    return replace(refund, **different)  # type: ignore[arg-type]


def a_transfer(**different: object) -> Transfer:
    """Anna's 30.00 USD, to be sent a week later."""
    transfer = Transfer(
        id=TransferId.of(1),
        version=0,
        payment_id=PaymentId.of(1),
        booking_id=BookingId.of(1),
        teacher_id=ANNA,
        state=TransferState.SCHEDULED,
        amount=usd(3000),
        scheduled_at=NOON,
        pay_at=NOON + timedelta(days=7),
    )
    return replace(transfer, **different)  # type: ignore[arg-type]


def an_effect(**different: object) -> Effect:
    """The call that creates the payment's intent, due now."""
    effect = owe(EffectKind.CREATE_INTENT, PaymentId.of(1), PaymentId.of(1), at=NOON)
    return replace(effect, **different)  # type: ignore[arg-type]


def a_webhook_event(**different: object) -> WebhookEvent:
    """Stripe says that something happened to the payment's intent."""
    event = WebhookEvent(
        id="evt_1",
        version=0,
        kind="payment_intent.succeeded",
        object_kind=ObjectKind.INTENT,
        object_id="pi_1",
        account_id="",
        created_at=NOON,
        received_at=NOON,
        state=WebhookState.RECEIVED,
        due_at=NOON,
    )
    return replace(event, **different)  # type: ignore[arg-type]


def a_subscription(**different: object) -> Subscription:
    """The host platform wants to be told of everything."""
    subscription = Subscription(
        SubscriptionId.of(1), 0, "https://lessons.example/events", (), "", SubscriptionState.ACTIVE, NOON
    )
    return replace(subscription, **different)  # type: ignore[arg-type]


def a_delivery(**different: object) -> Delivery:
    """The host platform is to be told that the booking was confirmed."""
    told = ToldEvent(EventId.of(1), an_event())
    return replace(queue_event(a_subscription(), told, at=NOON), **different)  # type: ignore[arg-type]


def an_alarm(**different: object) -> Alarm:
    """Somebody should look at the payment."""
    alarm = Alarm(f"quarantined:{PaymentId.of(1)}", 0, "quarantined", PaymentId.of(1), "the amount differs", NOON)
    return replace(alarm, **different)  # type: ignore[arg-type]


def a_person(**different: object) -> Person:
    """Ben, as the host platform knows him."""
    return replace(Person(BEN, 0, "Ben Berg", "ben@example.org", "Europe/Berlin"), **different)  # type: ignore[arg-type]


def a_text(**different: object) -> FreeText:
    """What Ben wrote about the refund."""
    text = FreeText(TextId.of(1), 0, RefundRequestId.of(1), BEN, "The sound was bad.")
    return replace(text, **different)  # type: ignore[arg-type]


def an_account(**different: object) -> TeacherAccount:
    """Anna's account at Stripe, ready to receive."""
    return replace(TeacherAccount(ANNA, 0, "acct_anna", can_receive=True), **different)  # type: ignore[arg-type]


def an_event(**different: object) -> Event:
    """The booking was confirmed."""
    return replace(Event(BookingId.of(1), BookingConfirmed(LESSON_AT), SYSTEM, NOON), **different)  # type: ignore[arg-type]


def a_leg(**different: object) -> Leg:
    """The whole payment, from the student into escrow."""
    return replace(Leg(CHARGE_CLEARING, ESCROW, PARTS.total, PaymentId.of(1)), **different)  # type: ignore[arg-type]


def an_entry(*legs: Leg, **different: object) -> Entry:
    """These legs as one entry; that of the payment's success, unless they are given."""
    entry = Entry(
        f"payment {PaymentId.of(1)} succeeded", "payment succeeded", PaymentId.of(1), NOON, legs or (a_leg(),)
    )
    return replace(entry, **different)  # type: ignore[arg-type]
