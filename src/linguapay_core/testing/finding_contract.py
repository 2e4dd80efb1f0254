"""Every store finds what is asked for, whole and in order: by what it belongs to, by when it is due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from linguapay_core.domain.booking import OCCUPYING, Booking, BookingState
from linguapay_core.domain.effect import EFFECT, Effect, EffectKind, EffectState, EffectTrigger
from linguapay_core.domain.identifiers import BookingId, PaymentId, RefundId, RefundRequestId, TextId, TransferId
from linguapay_core.domain.ledger import (
    CHARGE_CLEARING,
    ESCROW,
    REFUND_CLEARING,
    STRIPE_FEES,
    SUSPENSE,
    Account,
    Balances,
    Kind,
)
from linguapay_core.domain.money import CURRENCIES, USD, Money
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.domain.transfer import Hold, Transfer, TransferState
from linguapay_core.domain.webhook_event import WEBHOOK_EVENT, WebhookEvent, WebhookState, WebhookTrigger
from linguapay_core.ports.transactions import DueT, Transactions
from linguapay_core.testing.builders import (
    ANNA,
    BEN,
    CARLA,
    LESSON_AT,
    NOON,
    a_booking,
    a_gig,
    a_leg,
    a_payment,
    a_refund,
    a_refund_request,
    a_text,
    a_transfer,
    a_webhook_event,
    an_effect,
    an_entry,
    usd,
)
from linguapay_core.testing.keeping import begin_lesson, keep

HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
ENDED: Final = {"state": PaymentState.FAILED, "holds_booking": False, "intent_id": ""}


def check_a_calendar_shows_what_overlaps(transactions: Transactions) -> None:
    """Bookings that touch a time without overlapping it are not in its way, nor are other teachers'."""
    starts = {1: -2 * HOUR, 2: -HOUR, 3: -HOUR + MINUTE, 4: 0 * HOUR, 5: HOUR - MINUTE, 6: HOUR}
    keep(
        transactions,
        a_gig(),
        *(a_booking(id=BookingId.of(number), starts_at=LESSON_AT + start) for number, start in starts.items()),
        a_booking(id=BookingId.of(7), starts_at=LESSON_AT, teacher_id=CARLA),
    )
    with transactions.begin() as transaction:
        found = transaction.bookings_between(ANNA, LESSON_AT, LESSON_AT + HOUR)
    assert [booking.id for booking in found] == [BookingId.of(number) for number in (3, 4, 5)]


def check_only_what_occupies_is_in_a_calendar(transactions: Transactions) -> None:
    """A booking that came to nothing, or that is over, takes no time."""
    states = dict(enumerate(BookingState, 1))
    keep(transactions, a_gig(), *(a_booking(id=BookingId.of(n), state=state) for n, state in states.items()))
    with transactions.begin() as transaction:
        found = transaction.bookings_between(ANNA, LESSON_AT, LESSON_AT + HOUR)
    assert {booking.state for booking in found} == OCCUPYING


def check_what_belongs_to_a_payment_is_found_in_order(transactions: Transactions) -> None:
    """Payments, requests, refunds and transfers come the oldest first, and none of another payment's."""
    begin_lesson(transactions)
    other = PaymentId.of(2)
    keep(transactions, a_payment(id=other, **ENDED), a_text())
    for payment_id, numbers in ((PaymentId.of(1), (3, 1, 2)), (other, (4,))):
        for number in numbers:
            keep(
                transactions,
                a_refund_request(id=RefundRequestId.of(number), payment_id=payment_id),
                a_refund(id=RefundId.of(number), payment_id=payment_id),
                a_transfer(id=TransferId.of(number), payment_id=payment_id, state=TransferState.CREATED),
            )
    with transactions.begin() as transaction:
        assert [one.id for one in transaction.payments_of(BookingId.of(1))] == [PaymentId.of(1), other]
        first = PaymentId.of(1)
        assert [one.id for one in transaction.requests_of(first)] == [RefundRequestId.of(n) for n in (1, 2, 3)]
        assert [one.id for one in transaction.refunds_of(first)] == [RefundId.of(n) for n in (1, 2, 3)]
        assert [one.id for one in transaction.transfers_of(first)] == [TransferId.of(n) for n in (1, 2, 3)]
        assert [one.id for one in transaction.refunds_of(other)] == [RefundId.of(4)]
        assert transaction.holding_payment(BookingId.of(2)) is None


def check_open_effects_are_those_that_may_still_happen(transactions: Transactions) -> None:
    """What is parked is still owed; what has ended isn't."""
    begin_lesson(transactions)
    keep(transactions, *(an_effect(id=f"effect {state}", state=state) for state in EffectState))
    with transactions.begin() as transaction:
        found = {effect.state for effect in transaction.open_effects_of(PaymentId.of(1))}
        assert found == {state for state in EffectState if not EFFECT.ended(state)}
        assert transaction.open_effects_of(PaymentId.of(2)) == ()


def check_texts_are_found_by_their_author(transactions: Transactions) -> None:
    """All that somebody wrote, and nothing of others."""
    keep(transactions, a_text(), a_text(id=TextId.of(2)), a_text(id=TextId.of(3), author=CARLA))
    with transactions.begin() as transaction:
        assert [text.id for text in transaction.texts_by(BEN)] == [TextId.of(1), TextId.of(2)]


def check_balances_are_counted_from_the_legs(transactions: Transactions) -> None:
    """Each account stands where its legs put it, on the side on which it grows."""
    payment = begin_lesson(transactions)
    fees = an_entry(a_leg(debit=STRIPE_FEES, amount=usd(121)), key="cash txn_1", cash="txn_1")
    refund = an_entry(a_leg(debit=ESCROW, credit=REFUND_CLEARING, amount=usd(50)), key="refund reserved")
    entries = (an_entry(), fees, refund)
    keep(transactions, payment, *entries)
    with transactions.begin() as transaction:
        balances = transaction.balances(payment)
    assert balances == Balances(USD).after(entries, payment.id)
    assert balances[ESCROW] == usd(3150 + 121 - 50)
    assert balances[STRIPE_FEES] == usd(121)


def check_balances_of_one_payment_are_not_anothers(transactions: Transactions) -> None:
    """Legs of other payments, of none, and in other currencies don't count."""
    first = begin_lesson(transactions)
    second = a_payment(id=PaymentId.of(2), **ENDED)
    legs = (
        a_leg(amount=usd(1)),
        a_leg(amount=usd(10), payment_id=second.id),
        a_leg(amount=usd(100), payment_id=None),
        a_leg(amount=Money(1000, CURRENCIES["EUR"])),
    )
    keep(transactions, first, second, an_entry(*legs))
    with transactions.begin() as transaction:
        assert transaction.balances(first)[ESCROW] == usd(1)
        assert transaction.balances(first, CURRENCIES["EUR"])[ESCROW] == Money(1000, CURRENCIES["EUR"])
        assert transaction.balances(second, CURRENCIES["EUR"]) == Balances(CURRENCIES["EUR"])
        assert transaction.balances(second)[ESCROW] == usd(10)


def check_receivables_are_what_is_owed_now(transactions: Transactions) -> None:
    """The payments for which this teacher still owes something, the oldest first."""
    begin_lesson(transactions)
    payments = [a_payment(id=PaymentId.of(number), **ENDED) for number in (2, 3, 4)]
    keep(transactions, *payments)
    annas, carlas = Account(Kind.TEACHER_RECEIVABLE, ANNA), Account(Kind.TEACHER_RECEIVABLE, CARLA)
    legs = (
        a_leg(debit=annas, credit=REFUND_CLEARING, amount=usd(300), payment_id=PaymentId.of(3)),
        a_leg(debit=annas, credit=REFUND_CLEARING, amount=usd(200), payment_id=PaymentId.of(2)),
        a_leg(debit=SUSPENSE, credit=annas, amount=usd(50), payment_id=PaymentId.of(2)),
        a_leg(debit=annas, credit=REFUND_CLEARING, amount=usd(70), payment_id=PaymentId.of(4)),
        a_leg(debit=SUSPENSE, credit=annas, amount=usd(70), payment_id=PaymentId.of(4)),
        a_leg(debit=carlas, credit=REFUND_CLEARING, amount=usd(7), payment_id=PaymentId.of(4)),
    )
    keep(transactions, *(replace(payment, version=1) for payment in payments), an_entry(*legs))
    with transactions.begin() as transaction:
        owed = transaction.receivables(ANNA)
        assert owed == (
            (transaction.payment(PaymentId.of(2)), usd(150)),
            (transaction.payment(PaymentId.of(3)), usd(300)),
        )
        assert transaction.receivables(BEN) == ()


def check_what_is_left_in_escrow_is_found_of_settled_payments(transactions: Transactions) -> None:
    """Of this student's, the oldest first, and nothing where all has gone or a lesson is still to be given."""
    begin_lesson(transactions)
    settled = {**ENDED, "settled_at": NOON}
    payments = [a_payment(id=PaymentId.of(number), **settled) for number in (2, 3, 4)]
    others = (a_payment(id=PaymentId.of(5), **ENDED), a_payment(id=PaymentId.of(6), student_id=CARLA, **settled))
    keep(transactions, *payments, *others)
    paid = [
        a_leg(debit=CHARGE_CLEARING, credit=ESCROW, amount=usd(300), payment_id=PaymentId.of(number))
        for number in (3, 2, 4, 5, 6)
    ]
    back = [
        a_leg(debit=ESCROW, credit=REFUND_CLEARING, amount=usd(amount), payment_id=PaymentId.of(number))
        for number, amount in ((2, 100), (4, 300))
    ]
    keep(transactions, *(replace(payment, version=1) for payment in (*payments, *others)), an_entry(*paid, *back))
    with transactions.begin() as transaction:
        assert transaction.left_in_escrow(BEN) == (
            (transaction.payment(PaymentId.of(2)), usd(200)),
            (transaction.payment(PaymentId.of(3)), usd(300)),
        )
        assert transaction.left_in_escrow(ANNA) == ()


def check_what_is_due_comes_the_most_overdue_first(transactions: Transactions) -> None:
    """Of every type: what is due at this moment and no more than asked for, what was due longest ago first."""
    begin_lesson(transactions)
    keep(transactions, a_text())
    for number, due_at in {13: NOON, 11: NOON + HOUR, 12: NOON + MINUTE, 14: NOON + 2 * HOUR}.items():
        keep(
            transactions,
            a_booking(id=BookingId.of(number), answer_by=due_at),
            a_payment(id=PaymentId.of(number), look_at=due_at, **ENDED),
            a_refund_request(id=RefundRequestId.of(number), expires_at=due_at),
            a_refund(id=RefundId.of(number), look_at=due_at),
            a_transfer(id=TransferId.of(number), look_at=due_at, state=TransferState.CREATED),
            an_effect(id=f"effect {number}", due_at=due_at),
            a_webhook_event(id=f"evt_{number}", object_id=f"pi_{number}", due_at=due_at),
        )
    for kind, name in NAMES.items():
        assert _due(transactions, kind, at=NOON - MINUTE) == []
        assert _due(transactions, kind, at=NOON) == [name(13)]
        assert _due(transactions, kind, at=NOON + HOUR) == [name(13), name(12), name(11)]
        assert _due(transactions, kind, at=NOON + HOUR, limit=2) == [name(13), name(12)]


NAMES: Final[Mapping[type[Any], Callable[[int], str]]] = {
    Booking: BookingId.of,
    Payment: PaymentId.of,
    RefundRequest: RefundRequestId.of,
    Refund: RefundId.of,
    Transfer: TransferId.of,
    Effect: "effect {}".format,
    WebhookEvent: "evt_{}".format,
}
"""How a test names records of each type that can be due."""


def _due(transactions: Transactions, kind: type[DueT], *, at: datetime, limit: int = 10) -> list[str]:
    with transactions.begin() as transaction:
        return [record.id for record in transaction.due(kind, at=at, limit=limit)]


def check_what_is_due_is_narrowed_before_it_is_limited(transactions: Transactions) -> None:
    """Records of other values take no place, however long they have been due."""
    begin_lesson(transactions)
    held = a_transfer(id=TransferId.of(1), state=TransferState.ON_HOLD, hold=Hold.DISPUTED, look_at=NOON - HOUR)
    sent = a_transfer(id=TransferId.of(2), state=TransferState.CREATED, look_at=NOON)
    keep(transactions, held, sent)
    with transactions.begin() as transaction:
        (found,) = transaction.due(Transfer, at=NOON, limit=1, state=TransferState.CREATED)
        (disputed,) = transaction.due(Transfer, at=NOON, limit=1, hold=Hold.DISPUTED)
        assert (found.id, disputed.id) == (sent.id, held.id)
        assert transaction.due(Transfer, at=NOON, limit=1, state=TransferState.ON_HOLD, hold=Hold.CONTESTED) == ()


def check_only_what_has_work_left_is_due(transactions: Transactions) -> None:
    """Effects and webhook events that have ended or are parked aren't due, however old."""
    begin_lesson(transactions)
    keep(
        transactions,
        *(an_effect(id=f"effect {state}", state=state) for state in EffectState),
        *(a_webhook_event(id=f"evt_{state}", object_id=f"pi_{state}", state=state) for state in WebhookState),
    )
    working = {f"effect {state}" for state in EffectState if EFFECT.allows(state, EffectTrigger.LEASE)}
    assert set(_due(transactions, Effect, at=NOON)) == working
    waiting = {f"evt_{state}" for state in WebhookState if WEBHOOK_EVENT.allows(state, WebhookTrigger.LEASE)}
    assert set(_due(transactions, WebhookEvent, at=NOON)) == waiting


def check_a_record_without_a_time_is_never_due(transactions: Transactions) -> None:
    """Nothing is left for the clock where there is no ``due_at``."""
    keep(
        transactions,
        a_gig(),
        a_text(),
        a_booking(state=BookingState.COMPLETED),
        a_payment(),
        a_refund_request(state=RequestState.REJECTED),
        a_refund(),
        a_transfer(state=TransferState.CANCELLED),
    )
    for kind in NAMES:
        assert _due(transactions, kind, at=NOON + timedelta(days=1000)) == []


def check_a_leased_effect_is_due_when_its_lease_ends(transactions: Transactions) -> None:
    """A worker that doesn't come back is replaced, not before its time."""
    begin_lesson(transactions)
    until = NOON + MINUTE
    effect = an_effect(kind=EffectKind.CREATE_INTENT, state=EffectState.LEASED, leased_until=until, due_at=until)
    keep(transactions, effect)
    assert _due(transactions, Effect, at=until - timedelta(microseconds=1)) == []
    assert _due(transactions, Effect, at=until) == [effect.id]


def check_the_events_of_an_object_go_together(transactions: Transactions) -> None:
    """While one event of an object is leased, the others wait; those of other objects, of another kind too, go on."""
    until = NOON + MINUTE
    keep(
        transactions,
        a_webhook_event(id="evt_1", state=WebhookState.LEASED, leased_until=until, due_at=until),
        a_webhook_event(id="evt_2"),
        a_webhook_event(id="evt_3", object_id="pi_other"),
        a_webhook_event(id="evt_4", object_kind=ObjectKind.OTHER),
    )
    assert _due(transactions, WebhookEvent, at=NOON) == ["evt_3", "evt_4"]
    assert _due(transactions, WebhookEvent, at=until) == ["evt_2", "evt_3", "evt_4", "evt_1"]


def check_all_events_of_a_free_object_are_due_at_once(transactions: Transactions) -> None:
    """One fetch of the object answers all of them."""
    keep(
        transactions,
        *(a_webhook_event(id=f"evt_{number}", due_at=NOON + number * MINUTE) for number in (3, 1, 2, 4)),
    )
    assert _due(transactions, WebhookEvent, at=NOON + 3 * MINUTE) == ["evt_1", "evt_2", "evt_3"]


FINDING_CONTRACT: Final = (
    check_a_calendar_shows_what_overlaps,
    check_only_what_occupies_is_in_a_calendar,
    check_what_belongs_to_a_payment_is_found_in_order,
    check_open_effects_are_those_that_may_still_happen,
    check_texts_are_found_by_their_author,
    check_balances_are_counted_from_the_legs,
    check_balances_of_one_payment_are_not_anothers,
    check_receivables_are_what_is_owed_now,
    check_what_is_left_in_escrow_is_found_of_settled_payments,
    check_what_is_due_comes_the_most_overdue_first,
    check_what_is_due_is_narrowed_before_it_is_limited,
    check_only_what_has_work_left_is_due,
    check_a_record_without_a_time_is_never_due,
    check_a_leased_effect_is_due_when_its_lease_ends,
    check_the_events_of_an_object_go_together,
    check_all_events_of_a_free_object_are_due_at_once,
)
