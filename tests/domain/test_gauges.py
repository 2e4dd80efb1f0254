"""Piles of work: one for each open state, and an age that is never below nothing."""

from datetime import timedelta

from linguapay_core.domain.effect import EffectState
from linguapay_core.domain.gauges import OPEN_EFFECTS, OPEN_WEBHOOK_EVENTS, Pile, every_pile
from linguapay_core.domain.webhook_event import WebhookState
from linguapay_core.testing.builders import NOON

MINUTE = timedelta(minutes=1)


def test_the_open_states_are_those_in_which_somebody_has_something_left_to_do() -> None:
    assert set(OPEN_EFFECTS) == {"queued", "leased", "retry", "unknown", "parked"}
    assert set(OPEN_WEBHOOK_EVENTS) == {"received", "leased", "retry", "parked"}


def test_a_pile_is_as_old_as_its_oldest_and_nothing_is_older_than_nothing() -> None:
    assert Pile(EffectState.QUEUED, 2, NOON).age(NOON + MINUTE) == MINUTE
    assert Pile(EffectState.QUEUED, 1, NOON + MINUTE).age(NOON) == timedelta(0)
    assert Pile(EffectState.QUEUED).age(NOON) == timedelta(0)


def test_there_is_a_pile_for_each_state_in_the_order_of_the_states() -> None:
    found = (Pile(WebhookState.RETRY, 3, NOON),)
    assert every_pile((WebhookState.RECEIVED, WebhookState.RETRY), found) == (Pile(WebhookState.RECEIVED), *found)
