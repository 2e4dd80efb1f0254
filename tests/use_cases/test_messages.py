"""Every event reaches every subscriber, once at least, and no subscriber stops another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.application import LinguaPay
from linguapay_core.domain.delivery import (
    BACK_OFF,
    KEPT,
    LEASE,
    TIME_OUT,
    TRIES,
    Delivery,
    DeliveryState,
    Message,
    Reply,
)
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.identifiers import MessageId, SubscriptionId
from linguapay_core.domain.subscription import FAILING, RESTS, Subscription, SubscriptionState
from linguapay_core.use_cases.fan_out_events import BATCHES
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.postbox import REFUSED, TAKEN, Postbox, with_postbox
from tests.use_cases.stage import ADMIN, DAY, confirmed, offered

URL, OTHER = "https://lessons.example/events", "https://other.example/events"


@pytest.fixture
def postbox() -> Postbox:
    """Where messages go."""
    return Postbox()


@pytest.fixture
def house(lp: Rehearsal, postbox: Postbox) -> Iterator[LinguaPay]:
    """LinguaPay with that postbox."""
    with with_postbox(lp, postbox) as linguapay:
        yield linguapay


def subscribed(house: LinguaPay, url: str = URL, *event_types: str) -> SubscriptionId:
    """A subscription, by default to gigs."""
    return house.add_subscription(url, ADMIN, event_types or ("gig.offered",)).subscription.id


def delivery_of(lp: Rehearsal, message_id: str) -> Delivery:
    """A delivery as it stands."""
    with lp.ports.transactions.begin() as transaction:
        return transaction.delivery(MessageId(message_id))


def subscription_of(lp: Rehearsal, subscription_id: SubscriptionId) -> Subscription:
    """A subscription as it stands."""
    with lp.ports.transactions.begin() as transaction:
        return transaction.subscription(subscription_id)


def tell(house: LinguaPay) -> None:
    """Let the worker take both steps until nothing is left."""
    house.fan_out_events()
    while house.deliver_messages():
        pass


def test_what_happens_is_told_to_each_who_wants_it_once(lp: Rehearsal, house: LinguaPay, postbox: Postbox) -> None:
    offered(lp)
    lp.clock.advance(timedelta(seconds=1))
    subscribed(house, URL, "booking.requested", "booking.confirmed")
    subscribed(house, OTHER)
    confirmed(lp)
    for _ in range(3):
        tell(house)
    assert sorted(postbox.told(URL)) == ["booking.confirmed", "booking.requested"]
    assert postbox.told(OTHER) == ["gig.offered"], "what happened before is in the feed, and isn't told"


def test_one_that_wants_everything_is_told_of_everything_after_it_came(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox
) -> None:
    house.add_subscription(URL, ADMIN)
    offered(lp)
    tell(house)
    assert sorted(postbox.told()) == ["gig.offered", "subscription.added"]


def test_many_events_are_read_in_parts_and_told_in_rounds(lp: Rehearsal, house: LinguaPay, postbox: Postbox) -> None:
    subscribed(house)
    subscribed(house, OTHER)
    for _ in range(7):
        offered(lp)
    assert house.fan_out_events(batch=3) == 14
    assert house.fan_out_events(batch=3) == 0
    assert [house.deliver_messages() for _ in range(8)] == [2] * 7 + [0], "one to each subscriber at a time"
    assert [len(messages) for messages in postbox.rounds] == [2] * 7
    assert len(set(postbox.names())) == 14


def test_a_round_has_room_for_so_many_subscribers_and_the_next_for_the_others(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox
) -> None:
    subscribed(house)
    subscribed(house, OTHER)
    offered(lp)
    house.fan_out_events()
    assert [house.deliver_messages(limit=1) for _ in range(3)] == [1, 1, 0]
    assert postbox.told(URL) == postbox.told(OTHER) == ["gig.offered"]


def test_one_call_is_one_round_however_much_waits_for_a_slow_subscriber(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox
) -> None:
    subscribed(house)
    for _ in range(3):
        offered(lp)
    house.fan_out_events()
    began = lp.clock.now()

    def slowly(_message: Message) -> Reply:
        lp.clock.advance(timedelta(seconds=9.9))
        return TAKEN

    postbox.answer = slowly
    assert house.deliver_messages() == 1
    assert lp.clock.now() - began < TIME_OUT


def test_a_worker_turns_to_something_else_after_so_many_parts(lp: Rehearsal, house: LinguaPay) -> None:
    subscribed(house)
    for _ in range(BATCHES + 4):
        offered(lp)
    assert house.fan_out_events(batch=1) == BATCHES - 1, "the subscription's own event was read first"
    assert house.fan_out_events(batch=1) == 5


def test_two_who_fan_out_at_once_make_each_message_once(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox, meanwhile: Meanwhile
) -> None:
    subscribed(house)
    offered(lp)
    meanwhile.before("begin", house.fan_out_events)
    house.fan_out_events()
    tell(house)
    assert postbox.told() == ["gig.offered"]


def test_a_failure_is_logged_and_tried_again_under_the_same_name(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox
) -> None:
    name = subscribed(house)
    offered(lp)
    postbox.answer = lambda _: REFUSED
    tell(house)
    (message_id,) = postbox.names()
    assert delivery_of(lp, message_id).state is DeliveryState.RETRY
    assert subscription_of(lp, name).failures == 1
    tell(house)
    assert len(postbox.posted) == 1, "not before its time"
    postbox.answer = lambda _: TAKEN
    lp.clock.advance(BACK_OFF[0] * 2)
    tell(house)
    assert postbox.names() == [message_id] * 2
    delivery = delivery_of(lp, message_id)
    assert delivery.state is DeliveryState.DELIVERED
    assert [attempt.reply for attempt in delivery.attempts] == [REFUSED, TAKEN]
    assert subscription_of(lp, name).failures == 0
    first, second = (dict(message.headers) for message in postbox.posted)
    assert postbox.posted[0].body == postbox.posted[1].body
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 10


def test_within_the_times_of_the_specification_it_is_parked_before_anything_is_disabled(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox
) -> None:
    name = subscribed(house)
    offered(lp)
    postbox.answer = lambda _: REFUSED
    house.fan_out_events()
    for wait in (*BACK_OFF, timedelta(0)):
        house.deliver_messages()
        lp.clock.advance(wait * 6 / 5)
    assert len(postbox.posted) == TRIES
    assert delivery_of(lp, postbox.names()[0]).state is DeliveryState.PARKED
    assert subscription_of(lp, name).state is SubscriptionState.ACTIVE
    house.redeliver_message(postbox.names()[0], ADMIN)
    postbox.answer = lambda _: TAKEN
    lp.clock.advance(RESTS[-1])
    tell(house)
    assert len(set(postbox.names())) == 1
    assert delivery_of(lp, postbox.names()[0]).state is DeliveryState.DELIVERED


def test_a_dead_subscriber_rests_and_stops_nobody_else(lp: Rehearsal, house: LinguaPay, postbox: Postbox) -> None:
    dead = subscribed(house)
    subscribed(house, OTHER)
    postbox.answer = lambda message: Reply(0, 10_000, "no answer in time") if message.url == URL else TAKEN
    for _ in range(5):
        offered(lp)
    tell(house)
    assert len(postbox.told(OTHER)) == 5
    assert len(postbox.told(URL)) == 1, "after a failure it rests, whatever waits for it"
    lp.clock.advance(RESTS[0])
    tell(house)
    assert len(postbox.told(URL)) == 2
    assert subscription_of(lp, dead).failures == 2


def test_after_days_of_failures_it_is_disabled_with_an_alarm_and_may_be_resumed(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox
) -> None:
    name = subscribed(house)
    postbox.answer = lambda _: REFUSED
    offered(lp)
    tell(house)
    lp.clock.advance(FAILING)
    tell(house)
    assert subscription_of(lp, name).state is SubscriptionState.DISABLED
    alarms = [alarm.rule for alarm in lp.ports.reports.open_alarms()]
    assert alarms == ["subscription_disabled"]
    before = len(postbox.posted)
    lp.clock.advance(DAY)
    tell(house)
    assert len(postbox.posted) == before
    postbox.answer = lambda _: TAKEN
    house.resume_subscription(name, ADMIN)
    lp.clock.advance(DAY)
    tell(house)
    assert delivery_of(lp, postbox.names()[0]).state is DeliveryState.DELIVERED


def test_a_subscriber_that_says_it_is_gone_is_told_nothing_more(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox
) -> None:
    name = subscribed(house)
    postbox.answer = lambda _: Reply(410, 5)
    offered(lp)
    tell(house)
    assert subscription_of(lp, name).state is SubscriptionState.DISABLED


def test_what_is_queued_waits_while_it_is_paused(lp: Rehearsal, house: LinguaPay, postbox: Postbox) -> None:
    name = subscribed(house)
    offered(lp)
    house.fan_out_events()
    house.pause_subscription(name, ADMIN)
    offered(lp)
    tell(house)
    assert postbox.posted == []
    house.resume_subscription(name, ADMIN)
    tell(house)
    assert postbox.told() == ["gig.offered"], "what happened during the pause is in the feed"


def test_a_test_message_goes_to_its_subscription_alone(lp: Rehearsal, house: LinguaPay, postbox: Postbox) -> None:
    name = subscribed(house)
    subscribed(house, OTHER)
    first, second = (house.send_test_message(name, ADMIN) for _ in range(2))
    tell(house)
    assert postbox.told() == postbox.told(URL) == ["test", "test"]
    assert {first.id, second.id} == set(postbox.names())
    assert delivery_of(lp, first.id).state is DeliveryState.DELIVERED


def test_a_worker_that_dies_between_the_post_and_its_note_posts_again_under_the_same_name(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox
) -> None:
    subscribed(house)
    offered(lp)
    house.fan_out_events()

    def die(_message: Message) -> Reply:
        raise KeyboardInterrupt

    postbox.answer = die
    with pytest.raises(KeyboardInterrupt):
        house.deliver_messages()
    postbox.answer = lambda _: TAKEN
    assert house.deliver_messages() == 0, "until the lease ends it may be under way"
    lp.clock.advance(LEASE)
    assert house.deliver_messages() == 1
    assert len(postbox.posted) == 2
    assert len(set(postbox.names())) == 1


def test_what_worker_after_worker_dies_of_is_parked(lp: Rehearsal, house: LinguaPay, postbox: Postbox) -> None:
    subscribed(house)
    offered(lp)
    house.fan_out_events()

    def die(_message: Message) -> Reply:
        raise KeyboardInterrupt

    postbox.answer = die
    for _ in range(TRIES):
        with pytest.raises(KeyboardInterrupt):
            house.deliver_messages()
        lp.clock.advance(LEASE)
    assert house.deliver_messages() == 1
    assert len(postbox.posted) == TRIES
    assert delivery_of(lp, postbox.names()[0]).state is DeliveryState.PARKED


def test_a_worker_paused_past_its_lease_still_tells_that_it_was_taken(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox
) -> None:
    subscribed(house)
    offered(lp)
    house.fan_out_events()
    answers = iter([TAKEN, REFUSED])

    def slowly(_message: Message) -> Reply:
        answer = next(answers)
        if answer is TAKEN:
            lp.clock.advance(LEASE)
            assert house.deliver_messages() == 1
        return answer

    postbox.answer = slowly
    house.deliver_messages()
    delivery = delivery_of(lp, postbox.names()[0])
    assert delivery.state is DeliveryState.DELIVERED
    assert [attempt.reply for attempt in delivery.attempts] == [REFUSED, TAKEN]


def test_a_message_to_a_removed_subscription_is_never_sent(lp: Rehearsal, house: LinguaPay, postbox: Postbox) -> None:
    name = subscribed(house)
    offered(lp)
    house.fan_out_events()
    house.remove_subscription(name, ADMIN)
    offered(lp)
    tell(house)
    assert postbox.posted == []


def test_what_waits_for_a_removed_subscription_is_cancelled_once(lp: Rehearsal, house: LinguaPay) -> None:
    name, other = subscribed(house), subscribed(house, OTHER)
    failed, queued, kept = (house.send_test_message(one, ADMIN).id for one in (name, name, other))
    house.remove_subscription(name, ADMIN)
    lp.clock.advance(DAY)
    assert house.forget_messages(limit=1) == 1
    assert house.forget_messages() == 1
    assert house.forget_messages() == 0
    assert {delivery_of(lp, one).state for one in (failed, queued)} == {DeliveryState.CANCELLED}
    assert delivery_of(lp, kept).state is DeliveryState.QUEUED
    lp.clock.advance(KEPT)
    assert house.forget_messages() == 0, "it is remembered from when it was cancelled"
    lp.clock.advance(timedelta(seconds=1))
    assert house.forget_messages() == 2


def test_a_message_under_way_when_its_subscription_is_removed_ends_first(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox
) -> None:
    name = subscribed(house)
    offered(lp)
    house.fan_out_events()

    def remove_meanwhile(_message: Message) -> Reply:
        house.remove_subscription(name, ADMIN)
        assert house.forget_messages() == 0
        return REFUSED

    postbox.answer = remove_meanwhile
    house.deliver_messages()
    assert house.forget_messages() == 1
    delivery = delivery_of(lp, postbox.names()[0])
    assert (delivery.state, delivery.attempts[0].reply) == (DeliveryState.CANCELLED, REFUSED)


def test_what_was_told_is_forgotten_after_a_month_and_what_waits_isnt(
    lp: Rehearsal, house: LinguaPay, postbox: Postbox
) -> None:
    subscribed(house)
    paused = subscribed(house, OTHER)
    waiting = house.send_test_message(paused, ADMIN).id
    house.pause_subscription(paused, ADMIN)
    offered(lp)
    tell(house)
    (told,) = postbox.names()
    lp.clock.advance(KEPT)
    assert house.forget_messages() == 0
    lp.clock.advance(LEASE + timedelta(seconds=1))
    assert house.forget_messages() == 1
    with pytest.raises(NotFound):
        delivery_of(lp, told)
    assert delivery_of(lp, waiting).state is DeliveryState.QUEUED
    assert house.fan_out_events() == 0, "what was told once isn't told again"
