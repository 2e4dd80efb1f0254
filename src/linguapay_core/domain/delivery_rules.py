"""Who is told what, and what becomes of a delivery and its subscription when a subscriber has answered or hasn't."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from linguapay_core.domain import subscription_rules
from linguapay_core.domain.decision import Actor, Decision, changed, decided
from linguapay_core.domain.delivery import (
    DELIVERY,
    LOGGED,
    Attempt,
    Delivery,
    DeliveryState,
    DeliveryTrigger,
    Reply,
    queue_event,
    queue_test,
    wait_after,
)
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.telling import MessageRedelivered
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.identifiers import MessageId
from linguapay_core.domain.subscription import SUBSCRIPTION, Subscription, SubscriptionState

S, T = DeliveryState, DeliveryTrigger


def fan_out(news: Iterable[ToldEvent], subscriptions: Iterable[Subscription], *, at: datetime) -> tuple[Delivery, ...]:
    """What to tell of these events: each to every active subscription that wants it and was there when it happened."""
    active = tuple(one for one in subscriptions if one.state is SubscriptionState.ACTIVE)
    return tuple(
        queue_event(subscription, told, at=at)
        for told in news
        for subscription in active
        if subscription.wants(told.type) and told.event.at >= subscription.created_at
    )


def try_way(subscription: Subscription, message_id: MessageId, *, by: Actor, at: datetime) -> Decision[Delivery]:
    """Try the way with a message that tells nothing. Only an active subscription is told anything."""
    if subscription.state is not SubscriptionState.ACTIVE:
        raise Refused(
            f"subscription_{subscription.state}",
            f"A subscription that is {subscription.state} is told nothing.",
            way_out="Resume it, or add another.",
        )
    return changed(queue_test(subscription, message_id, by=by, at=at))


def untold(delivery: Delivery, subscription: Subscription) -> Decision[Delivery] | None:
    """What becomes of a message that isn't posted after all; ``None`` of one that is.

    One that was tried as often as it may be is given up. One whose subscription was paused, disabled or removed since
    it was found is let be: a removed one has no secret left to sign with.
    """
    if delivery.exhausted:
        return give_up(delivery)
    return None if subscription.state is SubscriptionState.ACTIVE else Decision(delivery)


def answered(
    delivery: Delivery, subscription: Subscription, reply: Reply, *, ours: bool, at: datetime
) -> Decision[Delivery]:
    """Write down how a post ended.

    ``ours`` says whether the lease under which it was made still stands. A worker that comes late may tell that the
    message was taken, which stays true, and schedules nothing.
    """
    logged = replace(delivery, attempts=(*delivery.attempts, Attempt(at, reply))[-LOGGED:])
    if reply.taken and DELIVERY.allows(delivery.state, T.DELIVER):
        state = DELIVERY.after(delivery.state, T.DELIVER)
        delivered = replace(logged, state=state, leased_until=None)
        return changed(delivered) + subscription_rules.succeeded(subscription)
    if not ours:
        return changed(logged)
    failing = subscription_rules.failed(subscription, gone=reply.gone, at=at)
    return (give_up(logged) if logged.exhausted else _postponed(logged, at=at)) + failing


def give_up(delivery: Delivery) -> Decision[Delivery]:
    """Try no more until somebody asks for it. Nothing is told of it: that would be one more message to send."""
    return changed(replace(delivery, state=DELIVERY.after(delivery.state, T.PARK), leased_until=None))


def cancel(delivery: Delivery, *, at: datetime) -> Decision[Delivery]:
    """Nobody is there to tell any more."""
    state = DELIVERY.after(delivery.state, T.CANCEL)
    if state is delivery.state:
        return Decision(delivery)
    return changed(replace(delivery, state=state, leased_until=None, due_at=at))


def redeliver(delivery: Delivery, subscription: Subscription, *, by: Actor, at: datetime) -> Decision[Delivery]:
    """Send it once more, with as many tries as at first. What is still being tried is let be."""
    if refusal := why_not_redeliver(subscription):
        raise refusal
    if not DELIVERY.allows(delivery.state, T.REDELIVER):
        return Decision(delivery)
    again = replace(delivery, state=DELIVERY.after(delivery.state, T.REDELIVER), due_at=at, tries=0)
    return decided(again, MessageRedelivered(subscription.id), by=by, at=at)


def why_not_redeliver(subscription: Subscription) -> Refused | None:
    """Why a subscription's messages can't be sent once more, or ``None``."""
    if SUBSCRIPTION.ended(subscription.state):
        return Refused("subscription_removed", "Its subscription is removed: nobody is there to tell.")
    return None


def _postponed(delivery: Delivery, *, at: datetime) -> Decision[Delivery]:
    state = DELIVERY.after(delivery.state, T.POSTPONE)
    return changed(replace(delivery, state=state, leased_until=None, due_at=at + wait_after(delivery)))
