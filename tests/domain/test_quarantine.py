"""Quarantined money is taken for the payment only if the money is right; else it goes back, if we know what it is."""

from dataclasses import replace
from datetime import datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given

from linguapay_core.domain import quarantine as rules
from linguapay_core.domain import settlement
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import Actor, Decision, Event
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.booking import BookingPaid
from linguapay_core.domain.events.payment import PaymentAccepted, PaymentRefunded
from linguapay_core.domain.events.refund import RefundCashed, RefundReserved
from linguapay_core.domain.identifiers import PaymentId, RefundId, TextId, TransferId
from linguapay_core.domain.ledger import Balances
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import CURRENCIES, Money, Parts
from linguapay_core.domain.payment import Counters, Payment, PaymentState, PaymentTrigger
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.seen import SeenIntent
from linguapay_core.domain.settlement import Case
from linguapay_core.testing.builders import CARLA, NOON, PARTS, a_booking, a_payment, usd
from tests.domain import told
from tests.domain.reading import events, held, keys, legs, said, times

B, P, T = BookingState, PaymentState, PaymentTrigger
BY, NOTE = Actor(Role.ADMIN, CARLA), TextId.of(1)
PAY_BY = NOON + timedelta(hours=24)
NEW_REFUND = RefundId.of(8)
DECIDE = {T.ACCEPT: rules.accept, T.REFUND: rules.refund}


def quarantined(news: SeenIntent, state: BookingState = B.PAYING) -> tuple[Case, tuple[Event, ...]]:
    """A payment that this news of Stripe's put into quarantine, and what was told of it."""
    booking = a_booking(version=1, state=state, pay_by=PAY_BY)
    before = Case(booking, a_payment(version=1), Balances(PARTS.price.currency), (), NEW_REFUND, TransferId.of(8))
    decision = settlement.intent_seen(before, news, at=NOON)
    assert decision.record.state is P.QUARANTINED
    return before.after(decision), decision.events


def received(amount: int) -> SeenIntent:
    """So many cents came, all of them on the Stripe balance already."""
    return told.intent(received=usd(amount), charge=told.charge(cash=told.cash("txn_charge", amount, 121)))


FOREIGN = told.intent(customer_id="cus_other")
EUROS = told.intent(received=Money(3150, CURRENCIES["EUR"]))
NOT_BOOKED = told.intent(customer_id="cus_other", charge=told.charge(cash=None))


def the_booking(decision: Decision[object]) -> Booking | None:
    """The booking, if it was decided too."""
    return next((one for one in decision.changed if isinstance(one, Booking)), None)


def the_refund(decision: Decision[object]) -> Refund | None:
    """The refund, if one was set aside."""
    return next((one for one in decision.changed if isinstance(one, Refund)), None)


def test_accepted_money_pays_the_booking_that_still_waits() -> None:
    case, story = quarantined(FOREIGN)
    assert case.booking.state is B.CONFIRMED
    decision = rules.accept(case, story, NOTE, by=BY, at=PAY_BY - timedelta(seconds=1))
    payment, booking = decision.record, the_booking(decision)
    assert (payment.state, payment.holds_booking, payment.settled_at) == (P.ACCEPTED, True, None)
    assert payment.succeeded_at == PAY_BY - timedelta(seconds=1)
    assert payment.counters == replace(Counters.none(PARTS.price.currency), captured=PARTS)
    assert booking is not None
    assert booking.state is B.PAID
    assert events(decision) == [
        said(PaymentAccepted(3150, "USD", NOTE), "admin carla", PAY_BY - timedelta(seconds=1)),
        said(BookingPaid(payment.id), "admin carla", PAY_BY - timedelta(seconds=1)),
    ]
    assert keys(decision.entries) == [f"payment {payment.id} recognised"]
    assert legs(decision.entries) == ["suspense escrow 3150"]
    assert times(decision) == {PAY_BY - timedelta(seconds=1)}
    assert held(case.after(decision).books) == {"stripe_balance": 3029, "escrow": 3150, "stripe_fees": 121}
    assert decision.effects == ()


@pytest.mark.parametrize(
    ("state", "at"),
    [(state, NOON) for state in BookingState if state is not B.CONFIRMED] + [(B.CONFIRMED, PAY_BY)],
)
def test_accepted_money_that_no_booking_waits_for_goes_back_in_full(state: BookingState, at: datetime) -> None:
    """Another payment holds the booking, it is over, or its deadline has passed and the clock only has to say so."""
    case, story = quarantined(FOREIGN)
    case = replace(case, booking=replace(case.booking, state=state))
    decision = rules.accept(case, story, NOTE, by=BY, at=at)
    payment, refund = decision.record, the_refund(decision)
    assert (payment.state, payment.holds_booking, payment.settled_at) == (P.ACCEPTED, False, at)
    assert payment.counters.reserved == payment.counters.captured == PARTS
    assert the_booking(decision) is None
    assert refund is not None
    assert (refund.id, refund.parts, refund.rule) == (NEW_REFUND, PARTS, "late_success")
    assert [str(event.by) for event in decision.events] == ["admin carla", "admin carla"]
    assert held(case.after(decision).books) == {"stripe_balance": 3029, "refund_clearing": 3150, "stripe_fees": 121}
    assert [effect.subject for effect in decision.effects] == [NEW_REFUND]


def test_refunded_money_is_recognised_and_set_aside_in_full() -> None:
    case, story = quarantined(FOREIGN)
    decision = rules.refund(case, story, NOTE, by=BY, at=NOON)
    payment, refund = decision.record, the_refund(decision)
    assert (payment.state, payment.holds_booking, payment.settled_at) == (P.REFUNDED, False, NOON)
    assert refund is not None
    assert (refund.id, refund.parts, refund.rule) == (NEW_REFUND, PARTS, "quarantine_refunded")
    assert events(decision) == [
        said(PaymentRefunded(3150, "USD", NOTE), "admin carla", NOON),
        said(
            RefundReserved(payment.id, 3000, 150, "USD", "quarantine_refunded"),
            "admin carla",
            NOON,
            "quarantine_refunded",
        ),
    ]
    assert legs(decision.entries) == [
        "suspense escrow 3150",
        "escrow refund_clearing 3000",
        "escrow refund_clearing 150",
    ]
    assert times(decision) == {NOON}
    assert the_booking(decision) is None
    assert [effect.subject for effect in decision.effects] == [NEW_REFUND]


@given(st.integers(1, 10_000).filter(lambda amount: amount != PARTS.total.amount_minor))
def test_whatever_came_goes_back_to_the_cent(amount: int) -> None:
    """Less than the fee, less than the price, more than both: the parts are never negative and add up."""
    case, story = quarantined(received(amount))
    decision = rules.refund(case, story, NOTE, by=BY, at=NOON)
    refund, captured = the_refund(decision), decision.record.counters.captured
    assert refund is not None
    assert refund.parts == captured == Parts(usd(max(amount - 150, 0)), usd(min(amount, 150)))
    assert refund.amount == usd(amount)
    assert not decision.record.counters.left
    assert held(case.after(decision).books) == {
        key: value
        for key, value in {"stripe_balance": amount - 121, "refund_clearing": amount, "stripe_fees": 121}.items()
        if value
    }


REFUSALS = {
    "mode": (told.intent(live=True), T.ACCEPT, "It was paid in Stripe's other mode.", rules.BY_HAND),
    "mode ": (told.intent(live=True, charge=None), T.ACCEPT, "It was paid in Stripe's other mode.", rules.BY_HAND),
    "currency": (EUROS, T.ACCEPT, "It was paid in EUR, and USD was asked for.", rules.BY_HAND),
    "amount": (received(3149), T.ACCEPT, "31.49 USD came, and 31.50 USD was asked for.", "Refund it."),
    "not_booked": (
        NOT_BOOKED,
        T.ACCEPT,
        "31.50 USD came, and 0.00 USD of it stands in suspense.",
        f"Wait for its balance transaction. {rules.BY_HAND}",
    ),
    "currency ": (EUROS, T.REFUND, "It was paid in EUR, and USD was asked for.", rules.BY_HAND),
    "not_booked ": (
        NOT_BOOKED,
        T.REFUND,
        "31.50 USD came, and 0.00 USD of it stands in suspense.",
        f"Wait for its balance transaction. {rules.BY_HAND}",
    ),
}


@pytest.mark.parametrize("rule", REFUSALS)
def test_money_that_isnt_right_is_refused_with_a_way_out(rule: str) -> None:
    news, trigger, reason, way_out = REFUSALS[rule]
    case, story = quarantined(news)
    with pytest.raises(Refused) as refusal:
        DECIDE[trigger](case, story, NOTE, by=BY, at=NOON)
    assert refusal.value.rule == f"quarantined_{rule.strip()}"
    assert (refusal.value.reason, refusal.value.way_out) == (reason, way_out)


def test_nothing_came_and_nothing_goes_back() -> None:
    case, story = quarantined(told.intent(received=usd(0), charge=None))
    with pytest.raises(Refused) as refusal:
        rules.refund(case, story, NOTE, by=BY, at=NOON)
    assert refusal.value.rule == "quarantined_not_booked"


def test_money_of_the_other_mode_can_go_back() -> None:
    """The mode says nothing against sending back what came."""
    case, story = quarantined(told.intent(live=True))
    assert rules.refund(case, story, NOTE, by=BY, at=NOON).record.state is P.REFUNDED


@pytest.mark.parametrize("trigger", DECIDE)
def test_deciding_twice_is_deciding_once_and_the_other_decision_comes_too_late(trigger: PaymentTrigger) -> None:
    case, story = quarantined(FOREIGN)
    decision = DECIDE[trigger](case, story, NOTE, by=BY, at=NOON)
    again = DECIDE[trigger](case.after(decision), story, TextId.of(2), by=BY, at=NOON)
    assert not again
    assert again.record == decision.record
    (other,) = set(DECIDE) - {trigger}
    with pytest.raises(Refused) as refusal:
        DECIDE[other](case.after(decision), story, NOTE, by=BY, at=NOON)
    assert refusal.value.rule == f"payment_{decision.record.state}"


@pytest.mark.parametrize("trigger", DECIDE)
def test_only_quarantined_money_is_decided_about(trigger: PaymentTrigger) -> None:
    case, story = quarantined(FOREIGN)
    others = set(PaymentState) - {P.QUARANTINED, P.ACCEPTED if trigger is T.ACCEPT else P.REFUNDED}
    for state in others:
        payment = replace(case.payment, state=state)
        with pytest.raises(Refused) as refusal:
            DECIDE[trigger](replace(case, payment=payment), story, NOTE, by=BY, at=NOON)
        why_not = rules.why_not(payment, trigger, story, case.books)
        assert why_not is not None
        assert refusal.value.rule == why_not.rule == f"payment_{state}"


def test_each_payment_is_judged_by_what_was_told_of_it() -> None:
    case, story = quarantined(FOREIGN)
    _, wrong = quarantined(EUROS)
    others = tuple(replace(event, subject=PaymentId.of(2)) for event in wrong)
    assert rules.why_not(case.payment, T.ACCEPT, others + story, case.books) is None


def test_stripes_old_news_changes_nothing_of_what_an_admin_decided() -> None:
    case, story = quarantined(FOREIGN)
    for decide in DECIDE.values():
        decision: Decision[Payment] = decide(case, story, NOTE, by=BY, at=NOON)
        for news in (FOREIGN, told.intent()):
            assert not settlement.intent_seen(case.after(decision), news, at=NOON)


def test_what_was_refunded_by_hand_leaves_suspense_and_cant_be_accepted_any_more() -> None:
    case, story = quarantined(FOREIGN)
    cash = told.cash("txn_back", -3150, 25, kind="refund")
    decision = rules.sent_back_by_hand(case.payment, case.books, cash, at=NOON)
    returned = replace(case.payment, state=P.SENT_BACK)
    assert (decision.record, decision.changed) == (returned, (returned,))
    assert events(decision) == [said(RefundCashed("txn_back", -3175), "stripe", NOON)]
    (made,) = decision.entries
    assert legs([made]) == ["suspense stripe_balance 3175", "stripe_fees suspense 25"]
    assert (made.key, made.subject, made.payments) == ("cash txn_back", case.payment.id, frozenset({case.payment.id}))
    for trigger in DECIDE:
        refusal = rules.why_not(decision.record, trigger, story, case.after(decision).books)
        assert refusal is not None
        assert refusal.rule == "payment_sent_back"


def test_what_was_refunded_by_hand_in_part_is_still_to_be_decided() -> None:
    case, story = quarantined(FOREIGN)
    first = rules.sent_back_by_hand(case.payment, case.books, told.cash("txn_1", -1000, kind="refund"), at=NOON)
    assert first.record == case.payment
    now = case.after(first)
    refusal = rules.why_not(now.payment, T.ACCEPT, story, now.books)
    assert refusal is not None
    assert refusal.reason == "31.50 USD came, and 21.50 USD of it stands in suspense."
    last = rules.sent_back_by_hand(now.payment, now.books, told.cash("txn_2", -2150, kind="refund"), at=NOON)
    assert last.record.state is P.SENT_BACK


def test_stripes_old_news_changes_nothing_of_what_was_sent_back() -> None:
    case, _ = quarantined(FOREIGN)
    sent_back = replace(case, payment=replace(case.payment, state=P.SENT_BACK))
    for news in (FOREIGN, told.intent()):
        assert not settlement.intent_seen(sent_back, news, at=NOON)
