"""Every store notes what a house knows of itself, and counts its work, alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Final

from linguapay_core.domain.delivery import DeliveryState
from linguapay_core.domain.effect import EFFECT, EffectState
from linguapay_core.domain.gauges import OPEN_EFFECTS, OPEN_WEBHOOK_EVENTS, WAITING_MESSAGES, MoneyMoved, Pile
from linguapay_core.domain.house import Heartbeat, Mode, ServedAccount, Verification
from linguapay_core.domain.identifiers import BookingId, MessageId, PaymentId
from linguapay_core.domain.money import CURRENCIES, USD, Money, Parts
from linguapay_core.domain.payment import Counters
from linguapay_core.domain.webhook_event import WebhookState
from linguapay_core.ports.transactions import Transactions
from linguapay_core.ports.watch import Watch
from linguapay_core.testing.builders import (
    NOON,
    PARTS,
    a_booking,
    a_delivery,
    a_gig,
    a_payment,
    a_subscription,
    a_webhook_event,
    an_effect,
    usd,
)
from linguapay_core.testing.keeping import keep

MINUTE: Final = timedelta(minutes=1)
EUR: Final = CURRENCIES["EUR"]


def check_the_first_account_is_remembered(_transactions: Transactions, watch: Watch) -> None:
    """Whoever comes later is told of it, and a note about the books changes nothing of that."""
    assert watch.served_account() is None
    watch.note_verification(Verification(NOON, 0))
    assert watch.served_account() is None
    first = ServedAccount("acct_1", Mode.LIVE)
    for account in (first, ServedAccount("acct_2", Mode.TEST)):
        assert watch.remember_account(account, at=NOON) == first
    watch.note_verification(Verification(NOON, 1))
    assert watch.served_account() == first


def check_the_last_sign_of_life_of_each_worker_stands(_transactions: Transactions, watch: Watch) -> None:
    """In the order of their names; who is silent for a day is forgotten."""
    assert tuple(watch.workers()) == ()
    zoe = Heartbeat("zoe", NOON, NOON)
    anna = Heartbeat("anna", NOON, NOON + MINUTE, NOON, done=7, troubles=1)
    for beat in (zoe, replace(anna, beat_at=NOON, done=0), anna):
        watch.beat(beat)
    assert tuple(watch.workers()) == (anna, zoe)
    later = replace(anna, beat_at=NOON + timedelta(days=1))
    watch.beat(later)
    assert tuple(watch.workers()) == (later, zoe)
    latest = replace(anna, beat_at=NOON + timedelta(days=1) + MINUTE)
    watch.beat(latest)
    assert tuple(watch.workers()) == (latest,)


def check_the_last_verification_stands(_transactions: Transactions, watch: Watch) -> None:
    """Nothing before the first, and nothing of an account that is remembered."""
    assert watch.verification() is None
    watch.remember_account(ServedAccount("acct_1", Mode.TEST), at=NOON)
    assert watch.verification() is None
    for verification in (Verification(NOON, 3), Verification(NOON + MINUTE, 0)):
        watch.note_verification(verification)
        assert watch.verification() == verification


def check_a_store_that_was_made_is_current(_transactions: Transactions, watch: Watch) -> None:
    """It has all that this version needs."""
    assert watch.is_current()


def check_open_effects_are_counted_by_state(transactions: Transactions, watch: Watch) -> None:
    """Since the oldest was first asked for, or else became due; what has ended isn't counted."""
    assert tuple(watch.open_effects()) == ()
    keep(transactions, a_gig(), a_booking(), a_payment())
    for number, state in enumerate(EffectState):
        due = an_effect(id=f"{state}:due", state=state, due_at=NOON + MINUTE * number)
        asked = an_effect(
            id=f"{state}:asked", state=state, due_at=NOON + MINUTE * 60, first_asked_at=NOON + MINUTE * 30
        )
        keep(transactions, due, asked)
    piles = {pile.state: pile for pile in watch.open_effects()}
    assert set(piles) == set(OPEN_EFFECTS) == {state for state in EffectState if not EFFECT.ended(state)}
    for number, state in enumerate(EffectState):
        assert state not in piles or piles[state] == Pile(state, 2, NOON + MINUTE * number)


def check_open_webhook_events_are_counted_by_state(transactions: Transactions, watch: Watch) -> None:
    """Since the oldest was received; those that are done with or ignored aren't counted."""
    assert tuple(watch.open_webhook_events()) == ()
    for state in WebhookState:
        for number in (2, 1):
            keep(transactions, a_webhook_event(id=f"{state}{number}", state=state, received_at=NOON + MINUTE * number))
    piles = {pile.state: pile for pile in watch.open_webhook_events()}
    assert piles == {state: Pile(state, 2, NOON + MINUTE) for state in OPEN_WEBHOOK_EVENTS}


def check_waiting_messages_are_counted_by_state(transactions: Transactions, watch: Watch) -> None:
    """Since the oldest was made; what was told, parked or cancelled isn't counted."""
    assert tuple(watch.waiting_messages()) == ()
    keep(transactions, a_subscription())
    numbers = count(1)
    for state in DeliveryState:
        for minutes in (2, 1):
            made_at = NOON + MINUTE * minutes
            keep(transactions, a_delivery(id=MessageId.of(next(numbers)), state=state, made_at=made_at))
    piles = {pile.state: pile for pile in watch.waiting_messages()}
    assert piles == {state: Pile(state, 2, NOON + MINUTE) for state in WAITING_MESSAGES}


def check_the_money_moved_is_summed_by_currency(transactions: Transactions, watch: Watch) -> None:
    """All that came in, went back, and was sent to teachers."""
    assert tuple(watch.money_moved()) == ()
    keep(transactions, a_gig(), *(a_booking(id=BookingId.of(number)) for number in (1, 2, 3)))
    counters = replace(Counters.none(USD), captured=PARTS, refunded=Parts(usd(100), usd(5)), transferred=usd(20))
    keep(transactions, a_payment(counters=counters))
    keep(transactions, a_payment(id=PaymentId.of(2), booking_id=BookingId.of(2), intent_id="pi_2", counters=counters))
    euros = Parts(Money(700, EUR), Money(35, EUR))
    keep(
        transactions,
        a_payment(
            id=PaymentId.of(3),
            booking_id=BookingId.of(3),
            intent_id="pi_3",
            parts=euros,
            counters=replace(Counters.none(EUR), captured=euros),
        ),
    )
    nothing = Money(0, EUR)
    assert tuple(watch.money_moved()) == (
        MoneyMoved(euros.total, nothing, nothing),
        MoneyMoved(PARTS.total + PARTS.total, usd(210), usd(40)),
    )


WATCH_CONTRACT: Final[tuple[Callable[[Transactions, Watch], None], ...]] = (
    check_the_first_account_is_remembered,
    check_the_last_sign_of_life_of_each_worker_stands,
    check_the_last_verification_stands,
    check_a_store_that_was_made_is_current,
    check_open_effects_are_counted_by_state,
    check_open_webhook_events_are_counted_by_state,
    check_waiting_messages_are_counted_by_state,
    check_the_money_moved_is_summed_by_currency,
)
