"""A webhook event is noted, leased, looked at, and left to a person after many tries."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linguapay_core.domain import webhook_event_rules as rules
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.house import AlarmRaised
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.seen import SeenEvent
from linguapay_core.domain.webhook_event import WebhookState
from linguapay_core.testing.builders import NOON, a_webhook_event
from tests.domain.reading import events, said

S = WebhookState
LATER = NOON + timedelta(minutes=5)
LEASED = a_webhook_event(state=S.LEASED, leased_until=LATER, tries=1)


@pytest.mark.parametrize("kind", list(ObjectKind))
def test_an_event_is_noted_and_one_about_nothing_of_ours_is_ignored(kind: ObjectKind) -> None:
    told = SeenEvent(
        "evt_1", "payment_intent.succeeded", kind, "pi_1", live=False, created_at=NOON, account_id="acct_1"
    )
    decision = rules.note(told, at=LATER)
    state = S.IGNORED if kind is ObjectKind.OTHER else S.RECEIVED
    noted = a_webhook_event(object_kind=kind, account_id="acct_1", received_at=LATER, due_at=LATER, state=state)
    assert decision.changed == (noted,)
    assert decision.events == ()


def test_an_event_of_somebody_elses_is_ignored() -> None:
    told = SeenEvent("evt_1", "transfer.created", ObjectKind.TRANSFER, "tr_1", live=True, created_at=NOON)
    assert rules.note(told, foreign=True, at=LATER).record.state is S.IGNORED


def test_a_lease_takes_a_minute_and_counts_a_try_also_when_it_is_taken_over() -> None:
    leased = rules.lease(a_webhook_event(), at=NOON)
    until = NOON + timedelta(seconds=60)
    assert leased == a_webhook_event(state=S.LEASED, leased_until=until, due_at=until, tries=1)
    assert rules.lease(leased, at=LATER).tries == 2


def test_what_was_looked_at_is_done_or_ignored() -> None:
    assert rules.finish(replace(LEASED, reason="x")) == a_webhook_event(state=S.DONE, tries=1)
    assert rules.ignore(LEASED, "not ours") == a_webhook_event(state=S.IGNORED, tries=1, reason="not ours")


@pytest.mark.parametrize(("tries", "seconds"), list(enumerate((5, 30, 120, 600, 1800, 3600, 7200), start=1)))
def test_each_try_waits_longer(tries: int, seconds: int) -> None:
    postponed = rules.postpone(replace(LEASED, tries=tries), at=NOON, reason="busy")
    due = NOON + timedelta(seconds=seconds)
    assert postponed.changed == (a_webhook_event(state=S.RETRY, due_at=due, tries=tries, reason="busy"),)
    assert postponed.events == ()


def test_the_eighth_try_is_the_last() -> None:
    for tries in (8, 9):
        parked = rules.postpone(replace(LEASED, tries=tries), at=LATER, reason="busy")
        assert parked.record == a_webhook_event(state=S.PARKED, tries=tries, reason="busy")
        assert parked.changed[0] == parked.record
        assert events(parked) == [said(AlarmRaised("webhook_event_parked"), "system", LATER, "busy")]


@pytest.mark.parametrize("state", list(WebhookState))
@pytest.mark.parametrize("tries", [7, 8, 9])
def test_an_event_is_exhausted_when_the_eighth_lease_told_nothing(state: WebhookState, tries: int) -> None:
    taken = a_webhook_event(state=state, tries=tries)
    assert rules.exhausted(taken) is (state is S.LEASED and tries >= 8)


@pytest.mark.parametrize("state", [S.PARKED, S.DONE])
def test_an_operator_lets_it_be_looked_at_again(state: WebhookState) -> None:
    replayed = rules.replay(a_webhook_event(state=state, tries=8), at=LATER)
    assert replayed == a_webhook_event(state=S.RECEIVED, due_at=LATER, tries=0)


def test_what_isnt_leased_cant_be_finished() -> None:
    with pytest.raises(Refused):
        rules.finish(a_webhook_event())
