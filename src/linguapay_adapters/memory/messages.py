"""Whose turn it is among the messages in memory: one of each subscription, and none of one that can't take it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from linguapay_adapters.memory.shelves import Shelves
from linguapay_core.domain.delivery import DELIVERY, Delivery, DeliveryState, DeliveryTrigger
from linguapay_core.domain.identifiers import SubscriptionId
from linguapay_core.domain.subscription import Subscription, SubscriptionState


def whose_turn_it_is(shelves: Shelves, *, at: datetime) -> Sequence[Delivery]:
    """The first that waits of each subscription that is active, isn't resting and has none leased."""
    working = [one for one in shelves.all(Delivery) if DELIVERY.allows(one.state, DeliveryTrigger.LEASE)]
    busy = {one.subscription_id for one in working if _is_leased(one, at)}
    ready = {one.id for one in shelves.all(Subscription) if _is_ready(one, at)} - busy
    first: dict[SubscriptionId, Delivery] = {}
    for one in sorted(working, key=lambda one: (one.due_at, one.id)):
        first.setdefault(one.subscription_id, one)
    return [one for subscription_id, one in first.items() if subscription_id in ready]


def _is_leased(delivery: Delivery, at: datetime) -> bool:
    return delivery.state is DeliveryState.LEASED and delivery.leased_until is not None and delivery.leased_until > at


def _is_ready(subscription: Subscription, at: datetime) -> bool:
    rested = subscription.resting_until is None or subscription.resting_until <= at
    return subscription.state is SubscriptionState.ACTIVE and rested
