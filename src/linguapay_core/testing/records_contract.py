"""Every store gives records back as they were kept, in all their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, replace
from datetime import timedelta
from typing import Any, Final, cast

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import Booking, BookingState, Proposal
from linguapay_core.domain.bookmark import Bookmark, FeedMark
from linguapay_core.domain.decision import Record
from linguapay_core.domain.delivery import Attempt, Delivery, DeliveryState, Reply
from linguapay_core.domain.effect import Effect, EffectKind, EffectState
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import (
    BookingId,
    GigId,
    MessageId,
    PaymentId,
    RefundId,
    RefundRequestId,
    SubscriptionId,
    TextId,
    TransferId,
)
from linguapay_core.domain.ledger import ESCROW, PLATFORM_FEE
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import CURRENCIES, Money, Parts
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.payment import Counters, Payment, PaymentState
from linguapay_core.domain.people import Calendar, Customer, FreeText, Person, TeacherAccount
from linguapay_core.domain.policies import CancellationTerms, Deadlines, Tier
from linguapay_core.domain.quote import Quote
from linguapay_core.domain.refund import Refund, RefundState, Taken
from linguapay_core.domain.refund_request import Approval, RefundRequest, RequestState
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.subscription import RetiredSecret, SigningSecrets, Subscription, SubscriptionState
from linguapay_core.domain.transfer import Hold, Reversal, Transfer, TransferState
from linguapay_core.domain.webhook_event import WebhookEvent, WebhookState
from linguapay_core.ports.transactions import Transaction, Transactions
from linguapay_core.testing.builders import ANNA, BEN, CARLA, NOON, a_payment, usd
from linguapay_core.testing.keeping import keep, raising

MOMENT: Final = timedelta(microseconds=1)
KWD: Final = CURRENCIES["KWD"]


def _at(number: int) -> Any:  # noqa: ANN401
    return NOON + number * MOMENT


def _kwd(amount_minor: int) -> Money:
    return Money(amount_minor, KWD)


_GIG: Final = Gig(GigId.of(1), 0, ANNA, "Język polski — żółw", _kwd(3000), active=False, offered_at=_at(1))

_QUOTE: Final = Quote(
    _kwd(3000), 90, _kwd(4500), _kwd(230), _kwd(4600), CancellationTerms((Tier(48, 9000), Tier(1, 100)))
)

_BOOKING: Final = Booking(
    id=BookingId.of(1),
    version=0,
    gig_id=GigId.of(1),
    student_id=BEN,
    teacher_id=ANNA,
    starts_at=_at(2),
    quote=_QUOTE,
    deadlines=Deadlines(*(timedelta(days=number, microseconds=number) for number in range(1, 6))),
    state=BookingState.PAID,
    requested_at=_at(3),
    answer_by=_at(4),
    pay_by=_at(5),
    closed_at=_at(6),
    absent=Role.TEACHER,
    proposal=Proposal(_at(7), Role.STUDENT),
)

_COUNTERS: Final = Counters(
    captured=Parts(_kwd(4370), _kwd(230)),
    reserved=Parts(_kwd(10), _kwd(20)),
    refunded=Parts(_kwd(30), _kwd(40)),
    credit=Parts(_kwd(50), _kwd(60)),
    disputed=Parts(_kwd(70), _kwd(80)),
    transfer_reserved=_kwd(90),
    transferred=_kwd(100),
    sent_back=_kwd(95),
)

_PAYMENT: Final = Payment(
    id=PaymentId.of(1),
    version=0,
    booking_id=BookingId.of(1),
    student_id=BEN,
    teacher_id=ANNA,
    parts=Parts(_kwd(4370), _kwd(230)),
    live=True,
    state=PaymentState.SUCCEEDED,
    holds_booking=True,
    counters=_COUNTERS,
    started_at=_at(8),
    customer_id="cus_ben",
    method_id="pm_card",
    save_method=True,
    confirms=3,
    intent_id="pi_1",
    charge_id="ch_1",
    cash_id="txn_1",
    card_brand="visa",
    decline_code="insufficient_funds",
    succeeded_at=_at(9),
    settled_at=_at(10),
    look_at=_at(11),
)

_REQUEST: Final = RefundRequest(
    id=RefundRequestId.of(1),
    version=0,
    payment_id=PaymentId.of(1),
    booking_id=BookingId.of(1),
    student_id=BEN,
    amount=_kwd(1000),
    reason_id=TextId.of(1),
    state=RequestState.EXECUTING,
    submitted_at=_at(12),
    expires_at=_at(13),
    approvals=(Approval(CARLA, _kwd(900), _at(14)), Approval(ANNA, _kwd(900), _at(15))),
    approvals_needed=2,
    platform_bears=True,
    refund_id=RefundId.of(1),
    blocked_reason="no money left",
    moved_by=CARLA,
    moved_at=_at(16),
)

_REFUND: Final = Refund(
    id=RefundId.of(1),
    version=0,
    payment_id=PaymentId.of(1),
    booking_id=BookingId.of(1),
    parts=Parts(_kwd(900), _kwd(50)),
    taken=(
        Taken(ESCROW, _kwd(800), of_fee=False),
        Taken(_PAYMENT.payable, _kwd(100), of_fee=False),
        Taken(PLATFORM_FEE, _kwd(50), of_fee=True),
    ),
    rule="refund_request",
    state=RefundState.FAILED,
    reserved_at=_at(16),
    request_id=RefundRequestId.of(1),
    stripe_id="re_1",
    cash_id="txn_2",
    returned_id="txn_3",
    failure_reason="lost_or_stolen_card",
    look_at=_at(17),
)

_TRANSFER: Final = Transfer(
    id=TransferId.of(1),
    version=0,
    payment_id=PaymentId.of(1),
    booking_id=BookingId.of(1),
    teacher_id=ANNA,
    state=TransferState.CREATED,
    amount=_kwd(3000),
    scheduled_at=_at(18),
    pay_at=_at(19),
    hold=Hold.REVERSED,
    reservations=2,
    rejections=1,
    stripe_id="tr_1",
    cash_id="txn_4",
    reversals=(Reversal("trr_1", _kwd(10), "txn_5"), Reversal("trr_2", _kwd(20))),
    look_at=_at(20),
)

_EFFECT: Final = Effect(
    id=f"create_refund:{RefundId.of(1)}",
    version=0,
    kind=EffectKind.CREATE_REFUND,
    subject=RefundId.of(1),
    payment_id=PaymentId.of(1),
    state=EffectState.LEASED,
    due_at=_at(21),
    target="pi_1",
    attempt=2,
    tries=1,
    postponed=4,
    leased_until=_at(22),
    first_asked_at=_at(23),
    asked_at=_at(24),
    reason="timed out",
)

_WEBHOOK_EVENT: Final = WebhookEvent(
    id="evt_1",
    version=0,
    kind="refund.failed",
    object_kind=ObjectKind.REFUND,
    object_id="re_1",
    account_id="acct_1",
    created_at=_at(25),
    received_at=_at(26),
    state=WebhookState.LEASED,
    due_at=_at(27),
    leased_until=_at(28),
    tries=5,
    reason="not found yet",
)

_SUBSCRIPTION: Final = Subscription(
    id=SubscriptionId.of(1),
    version=0,
    url="https://lessons.example/events?a=b",
    event_types=("booking.paid", "gig.offered"),
    description="Żółw, the back end",
    state=SubscriptionState.DISABLED,
    created_at=_at(32),
    failing_since=_at(33),
    failures=7,
    resting_until=_at(34),
)

_SECRETS: Final = SigningSecrets(
    SubscriptionId.of(1),
    0,
    Secret("whsec_new"),
    (RetiredSecret(Secret("whsec_old"), _at(35)), RetiredSecret(Secret("whsec_older"), _at(34))),
)

_DELIVERY: Final = Delivery(
    id=MessageId.of(1),
    version=0,
    subscription_id=SubscriptionId.of(1),
    event_type="booking.paid",
    body='{"type":"booking.paid","żółw":"🎓"}',
    state=DeliveryState.LEASED,
    made_at=_at(36),
    due_at=_at(37),
    tries=3,
    leased_until=_at(38),
    attempts=(Attempt(_at(39), Reply(500, 20)), Attempt(_at(40), Reply(0, 10_000, "no answer in time"))),
)

_ALARM: Final = Alarm("late:pay", 0, "late", PaymentId.of(1), "a day", _at(29), _at(30))
_TEXT: Final = FreeText(TextId.of(1), 0, RefundRequestId.of(1), BEN, "“Ĝis!” 🎓\n\tand a second line")
_PERSON: Final = Person(BEN, 0, "Ben Żółć", "ben@example.org", "Asia/Kathmandu")

EVERY_FIELD: Final[tuple[Record, ...]] = (
    _GIG,
    _BOOKING,
    _PAYMENT,
    _REQUEST,
    _REFUND,
    _TRANSFER,
    _EFFECT,
    _WEBHOOK_EVENT,
    _ALARM,
    _TEXT,
    _PERSON,
    Calendar(ANNA, 0),
    Customer(BEN, 0, "cus_ben"),
    TeacherAccount(ANNA, 0, "acct_anna", can_receive=True),
    Bookmark("events", 0, _at(31)),
    FeedMark("subscriptions", 0, 2**40, 77),
    _SUBSCRIPTION,
    _SECRETS,
    _DELIVERY,
)
"""One record of each type, with nothing left as it is by default."""

LOADS: Final[Mapping[type[Record], Callable[[Transaction, Any], Record | None]]] = {
    Gig: lambda transaction, name: transaction.gig(name),
    Booking: lambda transaction, name: transaction.booking(name),
    Payment: lambda transaction, name: transaction.payment(name),
    RefundRequest: lambda transaction, name: transaction.refund_request(name),
    Refund: lambda transaction, name: transaction.refund(name),
    Transfer: lambda transaction, name: transaction.transfer(name),
    Effect: lambda transaction, name: transaction.effect(name),
    WebhookEvent: lambda transaction, name: transaction.webhook_event(name),
    Alarm: lambda transaction, name: transaction.alarm(name),
    FreeText: lambda transaction, name: transaction.text(name),
    Person: lambda transaction, name: transaction.person(name),
    Calendar: lambda transaction, name: transaction.calendar(name),
    Customer: lambda transaction, name: transaction.customer(name),
    TeacherAccount: lambda transaction, name: transaction.account(name),
    Bookmark: lambda transaction, name: transaction.bookmark(name, start=NOON),
    FeedMark: lambda transaction, name: transaction.feed_mark(name),
    Subscription: lambda transaction, name: transaction.subscription(name),
    SigningSecrets: lambda transaction, name: transaction.signing_secrets(name),
    Delivery: lambda transaction, name: transaction.delivery(name),
}
"""How each type is loaded by its name."""

NAMED: Final = (
    Gig,
    Booking,
    Payment,
    RefundRequest,
    Refund,
    Transfer,
    Effect,
    WebhookEvent,
    Alarm,
    FreeText,
    Subscription,
    SigningSecrets,
    Delivery,
)
"""The types of which a missing one is ``NotFound``."""


def _next(record: Record) -> Record:
    return cast("Record", replace(cast("Any", record), version=record.version + 1))


def _loaded(transactions: Transactions, record: Record) -> Record | None:
    with transactions.begin() as transaction:
        return LOADS[type(record)](transaction, record.id)


def check_the_examples_leave_nothing_as_it_is_by_default(_: Transactions) -> None:
    """What the suite shows about fields it shows about all of them."""
    for record in EVERY_FIELD:
        for field in fields(cast("Any", record)):
            assert field.default is MISSING or getattr(record, field.name) != field.default, (record, field.name)


def check_every_record_comes_back_in_all_its_fields(transactions: Transactions) -> None:
    """A record is loaded as it was kept, one version on."""
    keep(transactions, *EVERY_FIELD)
    for record in EVERY_FIELD:
        assert _loaded(transactions, record) == _next(record), record


def check_every_record_comes_back_after_it_was_stored_again(transactions: Transactions) -> None:
    """A second version replaces the first, in all its fields."""
    keep(transactions, *EVERY_FIELD)
    keep(transactions, *map(_next, EVERY_FIELD))
    for record in EVERY_FIELD:
        assert _loaded(transactions, record) == _next(_next(record)), record


def check_what_is_missing_comes_back_missing(transactions: Transactions) -> None:
    """What was removed from a record stays removed: an erased text, a proposal that was answered."""
    keep(transactions, *EVERY_FIELD)
    bare = (
        replace(_BOOKING, version=1, pay_by=None, closed_at=None, absent=None, proposal=None),
        replace(_REQUEST, version=1, approvals=(), refund_id=None),
        replace(_TEXT, version=1, text=None),
        replace(_TRANSFER, version=1, hold=None, reversals=(), look_at=None),
    )
    keep(transactions, *bare)
    for record in bare:
        assert _loaded(transactions, record) == _next(record), record


def check_what_was_never_kept_is_not_found(transactions: Transactions) -> None:
    """A name that nobody stored raises ``NotFound``; calendars, people and bookmarks begin blank instead."""
    for record in EVERY_FIELD:
        if isinstance(record, NAMED):
            with raising(NotFound):
                _loaded(transactions, record)
    with transactions.begin() as transaction:
        assert transaction.calendar(ANNA) == Calendar(ANNA, 0)
        assert transaction.person(BEN) == Person(BEN, 0)
        assert transaction.bookmark("events", start=NOON) == Bookmark("events", 0, NOON)
        assert transaction.feed_mark("subscriptions") == FeedMark("subscriptions", 0)
        assert transaction.customer(BEN) is None
        assert transaction.account(ANNA) is None


def check_records_are_found_by_stripes_identifiers(transactions: Transactions) -> None:
    """Each identifier of Stripe's leads to our record, and an empty one to none."""
    without = a_payment(id=PaymentId.of(2), holds_booking=False, state=PaymentState.FAILED, intent_id="")
    keep(transactions, *EVERY_FIELD, without)
    with transactions.begin() as transaction:
        assert transaction.payment_by_intent("pi_1") == _next(_PAYMENT)
        assert transaction.refund_by_stripe_id("re_1") == _next(_REFUND)
        assert transaction.transfer_by_stripe_id("tr_1") == _next(_TRANSFER)
        assert transaction.account_by_stripe_id("acct_anna") == TeacherAccount(ANNA, 1, "acct_anna", can_receive=True)
        for search in (
            transaction.payment_by_intent,
            transaction.refund_by_stripe_id,
            transaction.transfer_by_stripe_id,
            transaction.account_by_stripe_id,
        ):
            assert search("") is None
            assert search("of_nobody") is None


def check_amounts_of_another_currency_stay_in_it(transactions: Transactions) -> None:
    """Currencies come back with what is known of them, exponents included."""
    keep(transactions, *EVERY_FIELD)
    with transactions.begin() as transaction:
        assert transaction.payment(_PAYMENT.id).parts.price == Money(4370, KWD)
        assert transaction.payment(_PAYMENT.id).parts.price != usd(4370)


RECORDS_CONTRACT: Final = (
    check_the_examples_leave_nothing_as_it_is_by_default,
    check_every_record_comes_back_in_all_its_fields,
    check_every_record_comes_back_after_it_was_stored_again,
    check_what_is_missing_comes_back_missing,
    check_what_was_never_kept_is_not_found,
    check_records_are_found_by_stripes_identifiers,
    check_amounts_of_another_currency_stay_in_it,
)
