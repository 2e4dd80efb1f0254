"""Subscriptions to our events, their secrets and what is told to them, as rows.

``signing_secrets`` is the only table with a secret in it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Delete, Select, and_, delete, exists, or_, select, text

from linguapay_adapters.sql.columns import (
    check,
    index,
    instant,
    listed,
    one_of,
    reference,
    rfc3339,
    table_of,
    when,
    whole,
    word,
)
from linguapay_adapters.sql.shape import AnyRow, Shape
from linguapay_core.domain.bookmark import FeedMark
from linguapay_core.domain.delivery import DELIVERY, Attempt, Delivery, DeliveryState, DeliveryTrigger, Reply
from linguapay_core.domain.identifiers import MessageId, SubscriptionId
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.subscription import RetiredSecret, SigningSecrets, Subscription, SubscriptionState

_WAITING: Final = {state for state in DeliveryState if DELIVERY.allows(state, DeliveryTrigger.LEASE)}

DELIVERY_HAS_WORK: Final = f"state IN {listed(_WAITING)}"
DELIVERY_ENDED: Final = f"state IN {listed(set(DeliveryState) - _WAITING)}"

subscriptions: Final = table_of(
    "subscriptions",
    SubscriptionId,
    word("url"),
    word("event_types"),
    word("description"),
    word("state", SubscriptionState),
    when("created_at"),
    when("failing_since", null=True),
    whole("failures"),
    when("resting_until", null=True),
    one_of("state", SubscriptionState),
    check("failures_not_negative", "failures >= 0"),
)
index(subscriptions, "listed", "created_at", "id")
index(subscriptions, "in_state", "state", "created_at", "id")

signing_secrets: Final = table_of(
    "signing_secrets",
    SubscriptionId,
    word("current"),
    word("retired"),
)

deliveries: Final = table_of(
    "deliveries",
    MessageId,
    reference("subscription_id", SubscriptionId, "subscriptions"),
    word("event_type"),
    word("body"),
    word("state", DeliveryState),
    when("made_at"),
    when("due_at"),
    whole("tries"),
    when("leased_until", null=True),
    word("attempts"),
    one_of("state", DeliveryState),
    check("tries_not_negative", "tries >= 0"),
)
index(deliveries, "lanes", "subscription_id", "due_at", "id", only=DELIVERY_HAS_WORK)
index(deliveries, "ended", "due_at", "id", only=DELIVERY_ENDED)
index(deliveries, "of_subscription", "subscription_id", "made_at", "id")
index(deliveries, "listed", "made_at", "id")
index(deliveries, "in_state", "state", "made_at", "id")

feed_marks: Final = table_of("feed_marks", str, whole("writer"), whole("number"))


def due_deliveries(*, at: datetime, limit: int) -> Select[Any]:
    """The first that waits of each subscription that is active, isn't resting and has none leased.

    Whoever takes it locks it. Another transaction finds it locked and passes the subscription by, until the lease is
    stored and says the same.
    """
    waiting, other = deliveries.alias("waiting"), deliveries.alias("other")
    first = (
        select(waiting.c.id)
        .where(waiting.c.subscription_id == subscriptions.c.id, text(f"waiting.{DELIVERY_HAS_WORK}"))
        .order_by(waiting.c.due_at, waiting.c.id)
        .limit(1)
        .scalar_subquery()
    )
    leased = exists().where(
        other.c.subscription_id == subscriptions.c.id,
        text(f"other.{DELIVERY_HAS_WORK}"),
        and_(other.c.state == DeliveryState.LEASED, other.c.leased_until > at),
    )
    rested = or_(subscriptions.c.resting_until.is_(None), subscriptions.c.resting_until <= at)
    return (
        select(deliveries)
        .join(subscriptions, subscriptions.c.id == deliveries.c.subscription_id)
        .where(subscriptions.c.state == SubscriptionState.ACTIVE, rested, ~leased)
        .where(deliveries.c.id == first, deliveries.c.due_at <= at, text(f"deliveries.{DELIVERY_HAS_WORK}"))
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=deliveries)
    )


def deliveries_to_nobody(*, at: datetime, limit: int) -> Select[Any]:
    """Those that wait though their subscription is removed, unless a worker has leased them."""
    under_way = and_(deliveries.c.state == DeliveryState.LEASED, deliveries.c.leased_until > at)
    return (
        _walking("lanes", select(deliveries))
        .join(subscriptions, subscriptions.c.id == deliveries.c.subscription_id)
        .where(subscriptions.c.state == SubscriptionState.REMOVED, text(f"deliveries.{DELIVERY_HAS_WORK}"), ~under_way)
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
    )


def forget_ended(*, before: datetime, limit: int) -> Delete:
    """Delete those that were last under way before then; one that is being sent again is locked, and stays."""
    oldest = (
        _walking("ended", select(deliveries.c.id))
        .where(deliveries.c.due_at < before, text(f"deliveries.{DELIVERY_ENDED}"))
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return delete(deliveries).where(deliveries.c.id.in_(oldest))


def _walking(index_name: str, query: Select[Any]) -> Select[Any]:
    """Tell SQLite which index to walk: its planner would rather take a longer one."""
    return query.with_hint(deliveries, f"INDEXED BY {deliveries.name}_{index_name}", "sqlite")


def _subscription_row(subscription: Subscription) -> dict[str, object]:
    return {
        "url": subscription.url,
        "event_types": json.dumps(subscription.event_types),
        "description": subscription.description,
        "state": subscription.state,
        "created_at": subscription.created_at,
        "failing_since": subscription.failing_since,
        "failures": subscription.failures,
        "resting_until": subscription.resting_until,
    }


def _subscription(row: AnyRow) -> Subscription:
    return Subscription(
        id=row.id,
        version=row.version,
        url=row.url,
        event_types=tuple(json.loads(row.event_types)),
        description=row.description,
        state=row.state,
        created_at=row.created_at,
        failing_since=row.failing_since,
        failures=row.failures,
        resting_until=row.resting_until,
    )


def _secrets_row(secrets: SigningSecrets) -> dict[str, object]:
    return {
        "current": secrets.current.reveal(),
        "retired": json.dumps([[one.secret.reveal(), rfc3339(one.until)] for one in secrets.retired]),
    }


def _secrets(row: AnyRow) -> SigningSecrets:
    retired = tuple(RetiredSecret(Secret(secret), instant(until)) for secret, until in json.loads(row.retired))
    return SigningSecrets(row.id, row.version, Secret(row.current), retired)


def _delivery_row(delivery: Delivery) -> dict[str, object]:
    return {
        "subscription_id": delivery.subscription_id,
        "event_type": delivery.event_type,
        "body": delivery.body,
        "state": delivery.state,
        "made_at": delivery.made_at,
        "due_at": delivery.due_at,
        "tries": delivery.tries,
        "leased_until": delivery.leased_until,
        "attempts": json.dumps(
            [
                [rfc3339(one.at), one.reply.status, one.reply.took_milliseconds, one.reply.reason]
                for one in delivery.attempts
            ]
        ),
    }


def _delivery(row: AnyRow) -> Delivery:
    return Delivery(
        id=row.id,
        version=row.version,
        subscription_id=row.subscription_id,
        event_type=row.event_type,
        body=row.body,
        state=row.state,
        made_at=row.made_at,
        due_at=row.due_at,
        tries=row.tries,
        leased_until=row.leased_until,
        attempts=tuple(
            Attempt(instant(at), Reply(status, took, reason)) for at, status, took, reason in json.loads(row.attempts)
        ),
    )


SUBSCRIPTIONS: Final = Shape(Subscription, "subscription", subscriptions, _subscription_row, _subscription)
SIGNING_SECRETS: Final = Shape(SigningSecrets, "signing secret", signing_secrets, _secrets_row, _secrets)
DELIVERIES: Final = Shape(Delivery, "message", deliveries, _delivery_row, _delivery)
FEED_MARKS: Final = Shape(
    FeedMark,
    "feed mark",
    feed_marks,
    lambda mark: {"writer": mark.writer, "number": mark.number},
    lambda row: FeedMark(row.id, row.version, row.writer, row.number),
)
