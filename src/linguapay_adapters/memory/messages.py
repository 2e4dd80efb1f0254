"""Messages in memory: whose turn it is, which have nobody to go to, and which are old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from linguapay_adapters.memory.shelves import Shelves
from linguapay_core.domain.delivery import Delivery, DeliveryState
from linguapay_core.domain.identifiers import SubscriptionId
from linguapay_core.domain.subscription import Subscription, SubscriptionState


def whose_turn_it_is(shelves: Shelves, *, at: datetime) -> Sequence[Delivery]:
    """The first that waits of each subscription that is active, isn't resting and has none leased."""
    working = [one for one in shelves.all(Delivery) if one.waiting]
    busy = {one.subscription_id for one in working if _is_leased(one, at)}
    ready = {one.id for one in shelves.all(Subscription) if _is_ready(one, at)} - busy
    first: dict[SubscriptionId, Delivery] = {}
    for one in sorted(working, key=_by_due):
        first.setdefault(one.subscription_id, one)
    return [one for subscription_id, one in first.items() if subscription_id in ready]


def to_nobody(shelves: Shelves, *, at: datetime) -> Sequence[Delivery]:
    """Those that wait though their subscription is removed, the most overdue first, unless a worker has leased them."""
    removed = {one.id for one in shelves.all(Subscription) if one.state is SubscriptionState.REMOVED}
    waiting = (one for one in shelves.all(Delivery) if one.waiting and one.subscription_id in removed)
    return sorted((one for one in waiting if not _is_leased(one, at)), key=_by_due)


def ended(shelves: Shelves, *, before: datetime) -> Sequence[Delivery]:
    """Those that wait no more and were last under way before then, the oldest first."""
    return sorted((one for one in shelves.all(Delivery) if not one.waiting and one.due_at < before), key=_by_due)


def _by_due(delivery: Delivery) -> tuple[datetime, str]:
    return delivery.due_at, delivery.id


def _is_leased(delivery: Delivery, at: datetime) -> bool:
    return delivery.state is DeliveryState.LEASED and delivery.leased_until is not None and delivery.leased_until > at


def _is_ready(subscription: Subscription, at: datetime) -> bool:
    rested = subscription.resting_until is None or subscription.resting_until <= at
    return subscription.state is SubscriptionState.ACTIVE and rested
