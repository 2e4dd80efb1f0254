"""A message is made once for each event and subscriber, signed on every try, and tried for days."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from linguapay_core.domain import delivery as deliveries
from linguapay_core.domain import delivery_rules as rules
from linguapay_core.domain.decision import Actor, Event
from linguapay_core.domain.delivery import (
    BACK_OFF,
    LEASE,
    LOGGED,
    TIME_OUT,
    TRIES,
    Attempt,
    Delivery,
    DeliveryState,
    Message,
    Reply,
)
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.telling import MessageRedelivered, SubscriptionDisabled
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.identifiers import EventId, MessageId, SubscriptionId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.subscription import RetiredSecret, SigningSecrets, SubscriptionState
from linguapay_core.testing.builders import BEN, NOON, a_delivery, a_subscription, an_event
from linguapay_core.testing.facts import SAMPLES
from tests.domain.reading import events, said

S = DeliveryState
CARLA = Actor(Role.ADMIN, "carla")
LATER = NOON + timedelta(minutes=5)
TAKEN, REFUSED, GONE = Reply(204, 30), Reply(500, 40), Reply(410, 50)
NEW, OLD, OLDER = Secret("whsec_bmV3"), Secret("whsec_b2xk"), Secret("whsec_b2xkZXI=")
LEASED = deliveries.lease(a_delivery(), at=NOON)


def told(number: int = 1, **different: object) -> ToldEvent:
    """An event under the feed's name for it."""
    return ToldEvent(EventId.of(number), an_event(**different))


def verified(message: Message, secret: str) -> bool:
    """What a subscriber does by the specification (Standard Webhooks: Verifying webhook authenticity)."""
    headers = dict(message.headers)
    signed = headers["webhook-id"] + "." + headers["webhook-timestamp"] + "." + message.body.decode()
    key = base64.b64decode(secret.split("whsec_")[1])
    expected = base64.b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest()).decode()
    versions = [signature.split(",") for signature in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(one, expected) for version, one in versions)


@pytest.mark.parametrize("fact", SAMPLES, ids=lambda fact: f"{fact.name} v{fact.version}")
def test_a_payload_says_what_happened_to_what_and_by_whom(fact: object) -> None:
    event = Event("bkg_1", fact, Actor(Role.STUDENT, BEN), NOON, why="told to nobody outside")  # type: ignore[arg-type]
    one = ToldEvent(EventId.of(7), event)
    payload = json.loads(deliveries.queue_event(a_subscription(), one, at=LATER).body)
    assert payload["type"] == event.fact.name
    assert payload["timestamp"] == "2030-01-01T12:00:00Z"
    head = {"id": EventId.of(7), "subject": "bkg_1", "version": 1, "by": {"role": "student", "person": BEN}}
    assert payload["data"] == head | dict(one.data)
    assert not set(head) & set(one.data), "a fact's field would hide what every payload says"
    assert "told to nobody" not in str(payload)


def test_a_message_has_the_same_name_for_the_same_event_and_subscriber_only() -> None:
    subscriptions = [a_subscription(), a_subscription(id=SubscriptionId.of(2))]
    names = [
        deliveries.queue_event(subscription, told(number), at=at).id
        for at in (NOON, LATER)
        for subscription in subscriptions
        for number in (1, 2)
    ]
    assert names[:4] == names[4:]
    assert len(set(names)) == 4
    assert all(MessageId.parse(name) == name for name in names)
    later = deliveries.queue_event(a_subscription(), told(3, at=NOON + timedelta(milliseconds=1)), at=NOON).id
    assert max(names) < later


def test_a_message_is_verified_by_each_secret_that_counts_and_by_no_other() -> None:
    retired = RetiredSecret(OLD, LATER), RetiredSecret(OLDER, LATER)
    rotated = SigningSecrets(a_subscription().id, 1, NEW, retired)
    during = deliveries.message(a_delivery(), a_subscription(), rotated, at=NOON)
    after = deliveries.message(a_delivery(), a_subscription(), rotated, at=LATER)
    assert verified(during, "whsec_bmV3")
    assert verified(during, "whsec_b2xk")
    assert verified(during, "whsec_b2xkZXI=")
    assert not verified(during, "whsec_b3RoZXI=")
    assert verified(after, "whsec_bmV3")
    assert not verified(after, "whsec_b2xk")
    assert not verified(replace(during, body=during.body + b" "), "whsec_bmV3")


def test_a_message_goes_out_under_its_name_with_the_time_of_the_try() -> None:
    message = deliveries.message(a_delivery(), a_subscription(), SigningSecrets(a_subscription().id, 1, NEW), at=LATER)
    headers = dict(message.headers)
    assert message.url == a_subscription().url
    assert message.body == a_delivery().body.encode()
    assert headers["webhook-id"] == a_delivery().id
    assert headers["webhook-timestamp"] == str(int(LATER.timestamp()))
    assert headers["content-type"] == "application/json"


def test_an_event_is_told_to_the_active_who_want_it_and_were_there() -> None:
    named = {
        1: a_subscription(id=SubscriptionId.of(1)),
        2: a_subscription(id=SubscriptionId.of(2), event_types=("gig.offered",)),
        3: a_subscription(id=SubscriptionId.of(3), event_types=("booking.confirmed",)),
        4: a_subscription(id=SubscriptionId.of(4), state=SubscriptionState.PAUSED),
        5: a_subscription(id=SubscriptionId.of(5), state=SubscriptionState.DISABLED),
        6: a_subscription(id=SubscriptionId.of(6), created_at=NOON + timedelta(microseconds=1)),
    }
    made = rules.fan_out([told(1), told(2)], named.values(), at=LATER)
    assert [one.subscription_id for one in made] == [SubscriptionId.of(number) for number in (1, 3, 1, 3)]
    assert made[0] == deliveries.queue_event(named[1], told(1), at=LATER)


def test_only_an_active_subscription_is_tried() -> None:
    decision = rules.try_way(a_subscription(), MessageId.of(9), by=CARLA, at=NOON)
    assert (decision.record.id, decision.record.event_type) == (MessageId.of(9), "test")
    assert json.loads(decision.record.body)["type"] == "test"
    with pytest.raises(Refused) as refusal:
        rules.try_way(a_subscription(state=SubscriptionState.PAUSED), MessageId.of(9), by=CARLA, at=NOON)
    assert refusal.value.rule == "subscription_paused"


def test_a_lease_outlives_a_post_and_counts_a_try() -> None:
    assert LEASE > 2 * TIME_OUT
    assert a_delivery(state=S.LEASED, tries=1, leased_until=NOON + LEASE, due_at=NOON + LEASE) == LEASED
    assert deliveries.lease(LEASED, at=LATER).tries == 2


@pytest.mark.parametrize("tries", range(1, TRIES))
def test_each_try_waits_as_the_specification_says_and_up_to_a_fifth_longer(tries: int) -> None:
    decision = rules.answered(replace(LEASED, tries=tries), a_subscription(), REFUSED, ours=True, at=NOON)
    assert decision.record.state is S.RETRY
    wait = decision.record.due_at - NOON
    assert BACK_OFF[tries - 1] <= wait < BACK_OFF[tries - 1] * 6 / 5
    assert wait == deliveries.wait_after(replace(LEASED, tries=tries))


def test_what_failed_together_is_not_tried_together() -> None:
    waits = {deliveries.wait_after(replace(LEASED, id=MessageId.of(number), tries=5)) for number in range(50)}
    assert len(waits) > 10


def test_a_message_that_was_taken_is_delivered_and_its_subscriber_well_again() -> None:
    failing = a_subscription(failures=2, failing_since=NOON, resting_until=NOON)
    decision = rules.answered(LEASED, failing, TAKEN, ours=True, at=LATER)
    delivered = replace(LEASED, state=S.DELIVERED, leased_until=None, attempts=(Attempt(LATER, TAKEN),))
    assert decision.changed == (delivered, a_subscription())
    assert rules.answered(LEASED, a_subscription(), TAKEN, ours=True, at=LATER).changed == (delivered,)


@pytest.mark.parametrize("status", [0, 199, 300, 302, 400, 404, 500, 503])
def test_only_a_status_of_two_hundred_and_something_means_taken(status: int) -> None:
    assert not Reply(status, 1).taken
    assert Reply(200, 1).taken
    assert Reply(299, 1).taken


def test_the_last_try_parks_it_and_tells_nobody() -> None:
    decision = rules.answered(replace(LEASED, tries=TRIES), a_subscription(), REFUSED, ours=True, at=LATER)
    assert decision.record.state is S.PARKED
    assert decision.record.attempts == (Attempt(LATER, REFUSED),)
    assert decision.events == ()
    assert rules.give_up(replace(LEASED, tries=TRIES)).record.state is S.PARKED


@pytest.mark.parametrize("state", SubscriptionState)
def test_only_an_active_subscription_is_told_what_was_found_for_it(state: SubscriptionState) -> None:
    """A removed one has no secret left: what it was sent would be signed with nothing, as anybody can sign."""
    ended = rules.untold(a_delivery(), a_subscription(state=state))
    assert (ended is None) == (state is SubscriptionState.ACTIVE)
    assert not ended


def test_what_was_tried_often_enough_is_given_up_before_another_post() -> None:
    ended = rules.untold(replace(LEASED, tries=TRIES), a_subscription())
    assert ended is not None
    assert ended.record.state is S.PARKED


def test_a_subscriber_that_is_gone_is_disabled() -> None:
    decision = rules.answered(LEASED, a_subscription(), GONE, ours=True, at=LATER)
    assert decision.record.state is S.RETRY
    assert decision.events[0].fact == SubscriptionDisabled()


@pytest.mark.parametrize("state", list(DeliveryState))
def test_a_worker_that_comes_late_may_tell_a_success_and_schedules_nothing(state: DeliveryState) -> None:
    delivery = a_delivery(state=state, tries=2, leased_until=LATER if state is S.LEASED else None)
    failed = rules.answered(delivery, a_subscription(), REFUSED, ours=False, at=LATER)
    assert failed.changed == (replace(delivery, attempts=(Attempt(LATER, REFUSED),)),)
    succeeded = rules.answered(delivery, a_subscription(), TAKEN, ours=False, at=LATER).record
    assert succeeded.state is (S.DELIVERED if state in (S.LEASED, S.RETRY, S.PARKED) else state)


def test_the_log_keeps_the_latest_attempts_in_words_of_ours() -> None:
    delivery: Delivery = LEASED
    for number in range(LOGGED + 5):
        delivery = rules.answered(delivery, a_subscription(), Reply(500, number), ours=False, at=NOON).record
    assert [one.reply.took_milliseconds for one in delivery.attempts] == list(range(5, LOGGED + 5))
    assert str(REFUSED) == "status 500"
    assert str(Reply(0, 1, "no answer in time")) == "no answer in time"


@pytest.mark.parametrize("state", [S.PARKED, S.DELIVERED, S.RETRY])
def test_a_person_may_have_it_sent_again_at_once_under_the_same_name(state: DeliveryState) -> None:
    delivery = a_delivery(state=state, tries=TRIES, attempts=(Attempt(NOON, REFUSED),))
    decision = rules.redeliver(delivery, a_subscription(), by=CARLA, at=LATER)
    assert decision.record == replace(delivery, state=S.QUEUED, tries=0, due_at=LATER)
    assert events(decision) == [said(MessageRedelivered(a_subscription().id), "admin carla", LATER)]
    assert not rules.redeliver(decision.record, a_subscription(), by=CARLA, at=LATER)


def test_what_is_under_way_is_let_be_and_what_has_no_subscriber_is_refused() -> None:
    assert not rules.redeliver(LEASED, a_subscription(), by=CARLA, at=LATER)
    with pytest.raises(Refused, match="nobody is there to tell"):
        rules.redeliver(a_delivery(state=S.PARKED), a_subscription(state=SubscriptionState.REMOVED), by=CARLA, at=LATER)


@pytest.mark.parametrize("state", list(DeliveryState))
def test_what_waits_for_nobody_is_cancelled_once_and_nothing_else(state: DeliveryState) -> None:
    delivery = a_delivery(state=state, leased_until=NOON if state is S.LEASED else None)
    assert delivery.waiting is (state in (S.QUEUED, S.LEASED, S.RETRY))
    if state in (S.DELIVERED, S.PARKED):
        with pytest.raises(Refused):
            rules.cancel(delivery, at=LATER)
    elif state is S.CANCELLED:
        assert not rules.cancel(delivery, at=LATER)
    else:
        assert rules.cancel(delivery, at=LATER).record == a_delivery(state=S.CANCELLED, due_at=LATER)
