"""Stripe's word moves a payment forward, once; what isn't ours is quarantined."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from linguapay_core.domain import payment_rules as rules
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.decision import Actor, Decision
from linguapay_core.domain.effect import EffectKind
from linguapay_core.domain.events.house import AlarmRaised
from linguapay_core.domain.events.payment import (
    PaymentCancelled,
    PaymentCancelling,
    PaymentCashed,
    PaymentDeclined,
    PaymentFailed,
    PaymentOpened,
    PaymentProcessing,
    PaymentQuarantined,
    PaymentStarted,
    PaymentSucceeded,
    PaymentUnknown,
)
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import CURRENCIES, Money, Parts
from linguapay_core.domain.payment import (
    LOOK,
    LOOK_FOR_CASH,
    PAYMENT,
    RELEASING,
    Counters,
    Payment,
    PaymentState,
    PaymentTrigger,
    next_look,
)
from linguapay_core.domain.seen import Declined, IntentStatus, SeenIntent
from linguapay_core.testing.builders import ANNA, BEN, NOON, PARTS, a_booking, a_payment, a_succeeded_payment, usd
from tests.domain import told
from tests.domain.reading import events, keys, legs, said
from tests.domain.reading import facts as facts_of

S = PaymentState
BEN_ACTS, ANNA_ACTS = Actor(Role.STUDENT, BEN), Actor(Role.TEACHER, ANNA)
LATER = NOON + timedelta(minutes=1)
WAITING = [IntentStatus.REQUIRES_METHOD, IntentStatus.REQUIRES_CONFIRMATION, IntentStatus.REQUIRES_ACTION]


def twice(payment: Payment, news: SeenIntent, at: datetime = LATER) -> Decision[Payment]:
    """Take news over, and expect nothing of the same news again."""
    decision = rules.seen(payment, news, at=at)
    again = rules.seen(decision.record, news, at=at)
    assert not again
    assert again.record == decision.record
    return decision


def test_a_payment_starts_with_the_quoted_parts_and_owes_the_call() -> None:
    booking = a_booking(state=BookingState.PAYING)
    decision = rules.start(
        PaymentId.of(9), booking, live=True, customer_id="cus_1", method_id="pm_1", save_method=True, at=NOON
    )
    payment = decision.record
    assert (payment.id, payment.version, payment.booking_id) == (PaymentId.of(9), 0, booking.id)
    assert (payment.student_id, payment.teacher_id, payment.parts) == (BEN, ANNA, PARTS)
    assert (payment.live, payment.state, payment.holds_booking) == (True, S.CREATING, True)
    assert payment.counters == Counters.none(PARTS.price.currency)
    assert (payment.customer_id, payment.method_id, payment.save_method) == ("cus_1", "pm_1", True)
    assert (payment.started_at, payment.confirms, payment.intent_id) == (NOON, 0, "")
    assert decision.changed == (payment,)
    assert events(decision) == [said(PaymentStarted(booking.id, 3000, 150, "USD"), "student ben", NOON)]
    (owed,) = decision.effects
    assert (owed.id, owed.kind, owed.due_at) == (f"create_intent:{payment.id}", EffectKind.CREATE_INTENT, NOON)
    assert (owed.subject, owed.payment_id, owed.target) == (payment.id, payment.id, "")


def test_a_payment_starts_without_a_card_unless_one_is_named() -> None:
    payment = rules.start(PaymentId.of(9), a_booking(), live=False, customer_id="cus_1", at=NOON).record
    assert (payment.live, payment.method_id, payment.save_method) == (False, "", False)


def test_each_confirmation_with_a_saved_card_is_a_call_of_its_own() -> None:
    first = rules.confirm(a_payment(), "pm_1", at=NOON)
    second = rules.confirm(first.record, "pm_2", at=LATER)
    assert second.record == a_payment(method_id="pm_2", confirms=2)
    assert first.changed == (first.record,)
    assert [one.id for one in first.effects + second.effects] == [
        f"confirm_intent:{PaymentId.of(1)}:1",
        f"confirm_intent:{PaymentId.of(1)}:2",
    ]
    (owed,) = second.effects
    assert (owed.kind, owed.target, owed.due_at) == (EffectKind.CONFIRM_INTENT, "pm_2", LATER)
    assert (owed.subject, owed.payment_id) == (PaymentId.of(1), PaymentId.of(1))
    assert second.events == ()


@pytest.mark.parametrize("status", WAITING)
def test_an_intent_that_waits_for_the_student_opens_the_payment(status: IntentStatus) -> None:
    decision = twice(a_payment(state=S.CREATING, intent_id=""), told.intent(status))
    assert decision.record == a_payment(state=S.OPEN, look_at=LATER + LOOK[S.OPEN])
    assert decision.changed == (decision.record,)
    assert events(decision) == [said(PaymentOpened("pi_1"), "stripe", LATER)]
    assert (decision.entries, decision.effects) == ((), ())


def test_a_payment_may_go_from_processing_back_to_open() -> None:
    processing = twice(a_payment(), told.intent(IntentStatus.PROCESSING))
    assert processing.record == a_payment(state=S.PROCESSING, look_at=LATER + LOOK[S.PROCESSING])
    assert events(processing) == [said(PaymentProcessing(), "stripe", LATER)]
    again = twice(processing.record, told.intent(IntentStatus.REQUIRES_METHOD))
    assert again.record.state is S.OPEN
    assert facts_of(again) == [PaymentOpened("pi_1")]


def test_success_captures_the_parts_and_moves_them_into_escrow() -> None:
    decision = twice(a_payment(), told.intent(charge=told.charge(cash=None)))
    payment = decision.record
    assert payment == replace(
        a_payment(),
        state=S.SUCCEEDED,
        charge_id="ch_1",
        card_brand="visa",
        succeeded_at=LATER,
        counters=replace(Counters.none(usd(0).currency), captured=PARTS),
        look_at=LATER + LOOK_FOR_CASH,
    )
    fact = PaymentSucceeded(3150, "USD", "pi_1", "ch_1", "visa")
    assert events(decision) == [said(fact, "stripe", LATER)]
    assert legs(decision.entries) == ["charge_clearing escrow 3150"]
    assert decision.entries[0].at == LATER
    assert decision.effects == ()


def test_success_with_its_cash_books_both_at_once() -> None:
    decision = twice(a_payment(), told.intent())
    assert (decision.record.cash_id, decision.record.look_at) == ("txn_charge", None)
    assert decision.changed == (decision.record,)
    assert events(decision)[1] == said(PaymentCashed("txn_charge", 121, 3029), "stripe", LATER)
    assert keys(decision.entries) == [f"payment {PaymentId.of(1)} succeeded", "cash txn_charge"]
    assert legs(decision.entries)[1:] == ["stripe_balance charge_clearing 3029", "stripe_fees charge_clearing 121"]
    assert {one.payment_id for entry in decision.entries for one in entry.legs} == {PaymentId.of(1)}
    assert decision.entries[1].subject == PaymentId.of(1)


def test_cash_that_comes_later_is_booked_later() -> None:
    paid = twice(a_payment(), told.intent(charge=told.charge(cash=None))).record
    decision = twice(paid, told.intent(), at=LATER + LOOK_FOR_CASH)
    assert facts_of(decision) == [PaymentCashed("txn_charge", 121, 3029)]
    assert (decision.record.cash_id, decision.record.look_at) == ("txn_charge", None)


@pytest.mark.parametrize(
    "state", [S.CREATING, S.CREATING_UNKNOWN, S.OPEN, S.PROCESSING, S.CANCELLING, S.FAILED, S.CANCELLED]
)
def test_success_is_believed_in_every_state_in_which_it_can_still_come(state: PaymentState) -> None:
    holds = state not in RELEASING
    decision = twice(a_payment(state=state, holds_booking=holds), told.intent())
    assert (decision.record.state, decision.record.holds_booking) == (S.SUCCEEDED, holds)
    assert decision.record.counters.captured == PARTS


DIFFERENCES = [
    ("amount", {"received": usd(3149)}),
    ("amount, currency", {"received": Money(3151, CURRENCIES["EUR"])}),
    ("currency", {"received": Money(3150, CURRENCIES["EUR"])}),
    ("live_mode", {"live": True}),
    ("customer", {"customer_id": "cus_other"}),
    ("payment", {"payment_id": PaymentId.of(2)}),
    ("charge", {"charge": None}),
]


@pytest.mark.parametrize(("names", "different"), DIFFERENCES, ids=[names for names, _ in DIFFERENCES])
def test_a_success_that_isnt_ours_is_quarantined_with_an_alarm(names: str, different: dict[str, object]) -> None:
    news = told.intent(IntentStatus.SUCCEEDED, **{"charge": told.charge(cash=None), **different})
    decision = twice(a_payment(), news)
    payment = decision.record
    assert (payment.state, payment.holds_booking, payment.look_at) == (S.QUARANTINED, False, None)
    assert payment.counters == Counters.none(usd(0).currency)
    assert payment.succeeded_at is None
    assert decision.entries == ()
    fact = PaymentQuarantined(names, news.received.amount_minor, news.received.currency.code)
    assert events(decision) == [
        said(fact, "stripe", LATER, names),
        said(AlarmRaised("payment_quarantined"), "system", LATER, f"differs in {names}"),
    ]
    assert [one.id for one in decision.changed] == [f"payment_quarantined:{payment.id}", payment.id]


def test_the_cash_of_a_quarantined_payment_is_kept_in_suspense() -> None:
    decision = twice(a_payment(), told.intent(live=True))
    assert legs(decision.entries) == ["stripe_balance suspense 3029", "stripe_fees suspense 121"]
    assert decision.record.cash_id == "txn_charge"


def test_the_charge_of_a_quarantined_payment_is_known_with_its_cash_at_the_latest() -> None:
    without = twice(a_payment(), told.intent(charge=None)).record
    assert (without.state, without.charge_id) == (S.QUARANTINED, "")
    assert twice(without, told.intent()).record.charge_id == "ch_1"


def test_differences_matter_only_once_it_succeeded_and_never_undo_a_success() -> None:
    assert (
        twice(a_payment(state=S.CREATING), told.intent(IntentStatus.PROCESSING, live=True)).record.state is S.PROCESSING
    )
    paid = twice(a_payment(), told.intent()).record
    assert not rules.seen(paid, told.intent(live=True), at=LATER)


def test_a_decline_leaves_the_payment_open_and_is_told_once_per_code() -> None:
    news = told.intent(IntentStatus.REQUIRES_METHOD, declined=told.DECLINED)
    decision = twice(a_payment(), news)
    assert decision.record == a_payment(
        decline_code="insufficient_funds", card_brand="amex", look_at=LATER + LOOK[S.OPEN]
    )
    assert events(decision) == [said(PaymentDeclined("insufficient_funds", "amex"), "stripe", LATER)]
    other = replace(news, declined=Declined("expired_card", "", "Expired.", ""))
    again = twice(decision.record, other)
    assert facts_of(again) == [PaymentDeclined("expired_card", "")]
    assert (again.record.decline_code, again.record.card_brand) == ("expired_card", "amex")


def test_a_decline_of_a_payment_that_isnt_open_is_no_news() -> None:
    cancelling = a_payment(state=S.CANCELLING)
    assert (
        rules.seen(
            cancelling, told.intent(IntentStatus.CANCELLED, declined=told.DECLINED), at=LATER
        ).record.decline_code
        == ""
    )


def test_a_cancelled_intent_cancels_the_payment_and_lets_the_booking_go() -> None:
    decision = twice(a_payment(state=S.CANCELLING), told.intent(IntentStatus.CANCELLED))
    assert decision.record == a_payment(state=S.CANCELLED, holds_booking=False)
    assert events(decision) == [said(PaymentCancelled(), "stripe", LATER)]


@pytest.mark.parametrize("state", [S.CANCELLING, S.CANCELLED, S.FAILED])
@pytest.mark.parametrize("status", WAITING)
def test_an_intent_that_nobody_wants_any_more_is_cancelled_at_stripe(state: PaymentState, status: IntentStatus) -> None:
    decision = rules.seen(a_payment(state=state, holds_booking=False), told.intent(status), at=LATER)
    (owed,) = decision.effects
    assert (owed.id, owed.kind, owed.target) == (
        f"cancel_intent:{PaymentId.of(1)}:pi_1:2030010112",
        EffectKind.CANCEL_INTENT,
        "pi_1",
    )
    assert decision.events == ()


def test_an_intent_found_while_cancelling_is_known_from_then_on() -> None:
    decision = rules.seen(a_payment(state=S.CANCELLING, intent_id=""), told.intent(WAITING[0]), at=LATER)
    assert (decision.record.intent_id, decision.record.look_at) == ("pi_1", LATER + LOOK[S.CANCELLING])
    assert decision.effects[0].target == "pi_1"


@pytest.mark.parametrize("status", [IntentStatus.PROCESSING, IntentStatus.SUCCEEDED, IntentStatus.CANCELLED])
def test_an_intent_that_waits_for_nobody_is_not_cancelled(status: IntentStatus) -> None:
    assert rules.seen(a_payment(state=S.CANCELLED), told.intent(status), at=LATER).effects == ()


@pytest.mark.parametrize("status", WAITING)
def test_an_orphan_that_could_be_paid_is_cancelled(status: IntentStatus) -> None:
    decision = rules.seen(a_payment(), told.intent(status, id="pi_old"), at=LATER)
    assert decision.record == a_payment()
    assert not decision.changed
    assert not decision.events
    assert [(one.id, one.target) for one in decision.effects] == [
        (f"cancel_intent:{PaymentId.of(1)}:pi_old:2030010112", "pi_old")
    ]


@pytest.mark.parametrize("status", [IntentStatus.PROCESSING, IntentStatus.SUCCEEDED])
def test_an_orphan_that_was_paid_raises_an_alarm_and_is_not_taken_for_ours(status: IntentStatus) -> None:
    decision = rules.seen(a_payment(), told.intent(status, id="pi_old"), at=LATER)
    why = "pi_old was made by an earlier attempt, and somebody paid it"
    assert events(decision) == [said(AlarmRaised("orphan_intent_paid"), "system", LATER, why)]
    assert (decision.record, decision.entries, decision.effects) == (a_payment(), (), ())
    assert [one.id for one in decision.changed] == [f"orphan_intent_paid:{PaymentId.of(1)}"]


def test_a_cancelled_orphan_is_no_news() -> None:
    news = told.intent(IntentStatus.CANCELLED, id="pi_old")
    assert rules.seen(a_payment(), news, at=LATER) == Decision(a_payment())


def test_old_news_changes_nothing() -> None:
    paid = twice(a_payment(), told.intent()).record
    for status in IntentStatus:
        assert not rules.seen(paid, told.intent(status), at=LATER)


def test_news_that_say_nothing_new_move_the_next_look_only_when_it_was_due() -> None:
    waiting = a_payment(look_at=LATER)
    news = told.intent(IntentStatus.REQUIRES_METHOD)
    assert not rules.seen(waiting, news, at=LATER - timedelta(seconds=1))
    decision = rules.seen(waiting, news, at=LATER)
    assert decision.changed == (a_payment(look_at=LATER + LOOK[S.OPEN]),)
    assert decision.events == ()


@pytest.mark.parametrize("state", list(PaymentState))
def test_a_refusal_to_make_an_intent_ends_a_payment_that_was_being_made(state: PaymentState) -> None:
    payment = a_payment(state=state, look_at=LATER)
    decision = rules.refused(payment, "amount_too_small", at=LATER)
    if state in (S.CREATING, S.CREATING_UNKNOWN, S.CANCELLING):
        ended = S.CANCELLED if state is S.CANCELLING else S.FAILED
        assert decision.record == a_payment(state=ended, holds_booking=False, look_at=None)
        assert events(decision) == [said(PaymentFailed("amount_too_small"), "stripe", LATER)]
        assert rules.refused(decision.record, "amount_too_small", at=LATER) == Decision(decision.record)
    else:
        assert decision == Decision(payment)


@pytest.mark.parametrize("state", list(PaymentState))
def test_cancelling_asks_stripe_and_waits_for_its_word(state: PaymentState) -> None:
    decision = rules.cancel(a_payment(state=state), by=ANNA_ACTS, at=LATER)
    if PAYMENT.allows(state, PaymentTrigger.CANCEL):
        assert decision.record == a_payment(state=S.CANCELLING, look_at=LATER + LOOK[S.CANCELLING])
        assert events(decision) == [said(PaymentCancelling(), "teacher anna", LATER)]
        (owed,) = decision.effects
        assert (owed.id, owed.payment_id, owed.target, owed.due_at) == (
            f"cancel_intent:{PaymentId.of(1)}:pi_1:2030010112",
            PaymentId.of(1),
            "pi_1",
            LATER,
        )
        assert rules.cancel(decision.record, by=ANNA_ACTS, at=LATER) == Decision(decision.record)
    else:
        assert decision == Decision(a_payment(state=state))


def test_an_intent_that_isnt_known_yet_cant_be_cancelled_at_stripe() -> None:
    decision = rules.cancel(a_payment(state=S.CREATING, intent_id=""), by=BEN_ACTS, at=LATER)
    assert decision.record == a_payment(state=S.CANCELLING, intent_id="", look_at=None)
    assert decision.effects == ()


@pytest.mark.parametrize("state", list(PaymentState))
def test_an_unknown_answer_is_not_a_failure(state: PaymentState) -> None:
    decision = rules.lost(a_payment(state=state), at=LATER)
    if state is S.CREATING:
        assert decision.record.state is S.CREATING_UNKNOWN
        assert decision.record.holds_booking
        assert events(decision) == [said(PaymentUnknown(), "system", LATER)]
        assert rules.lost(decision.record, at=LATER) == Decision(decision.record)
    else:
        assert decision == Decision(a_payment(state=state))


def test_a_payment_that_was_being_cancelled_before_stripe_had_it_is_over() -> None:
    decision = rules.lost(a_payment(state=S.CANCELLING, intent_id="", look_at=LATER), at=LATER)
    assert decision.record == a_payment(state=S.CANCELLED, intent_id="", holds_booking=False, look_at=None)
    assert events(decision) == [said(PaymentCancelled(), "system", LATER, "never_created")]
    assert not rules.lost(decision.record, at=LATER)


@pytest.mark.parametrize("state", list(PaymentState))
def test_only_what_is_unknown_is_asked_for_again(state: PaymentState) -> None:
    payment, asked = a_payment(state=state), a_payment(state=S.CREATING)
    again = Decision(asked, (asked,))
    assert rules.retried(payment) == (again if state is S.CREATING_UNKNOWN else Decision(payment))


LOOKS = {S.OPEN: 10, S.PROCESSING: 10, S.CANCELLING: 2}


@pytest.mark.parametrize("state", [state for state in PaymentState if state not in (S.CREATING, S.SUCCEEDED)])
def test_stripe_is_asked_again_in_the_states_in_which_something_is_awaited(state: PaymentState) -> None:
    minutes = LOOKS.get(state)
    expected = None if minutes is None else NOON + timedelta(minutes=minutes)
    assert next_look(a_payment(state=state), at=NOON) == expected


def test_a_success_is_looked_at_again_until_its_cash_is_there() -> None:
    assert next_look(a_succeeded_payment(), at=NOON) == NOON + timedelta(minutes=2)
    assert next_look(a_succeeded_payment(cash_id="txn_1"), at=NOON) is None


def test_the_states_that_let_a_booking_go_are_these() -> None:
    assert {str(state) for state in RELEASING} == {"failed", "cancelled", "quarantined", "refunded", "sent_back"}


def test_a_payment_names_its_accounts_and_its_next_look() -> None:
    payment = a_payment(look_at=LATER)
    accounts = payment.payable, payment.receivable, payment.student_credit, payment.netting
    assert (
        " ".join(map(str, accounts))
        == "teacher_payable:anna teacher_receivable:anna student_credit:ben teacher_netting:anna"
    )
    assert payment.due_at == LATER
    assert payment.currency is usd(0).currency


def test_what_is_left_is_captured_less_everything_that_is_spoken_for() -> None:
    parts = {
        name: Parts(usd(number), usd(number + 1))
        for number, name in enumerate(("reserved", "refunded", "credit", "disputed"))
    }
    counters = replace(Counters.none(usd(0).currency), captured=PARTS, **parts)  # type: ignore[arg-type]
    assert counters.gone == Parts(usd(6), usd(9))
    assert counters.left == Parts(usd(2994), usd(140))
    over = replace(counters, reserved=Parts(usd(3050), usd(0)))
    assert over.left == Parts(usd(0), usd(85))
