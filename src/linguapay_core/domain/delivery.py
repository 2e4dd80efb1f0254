"""A delivery: one event, to be told to one subscriber, once at least.

The order isn't promised. The body is written once, so that every try sends the same bytes; it has identifiers and
facts, and nothing personal. Back-off, headers and signatures are those of Standard Webhooks (the specification, 1.0).
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import digest
from typing import Final

from linguapay_core.domain.decision import Actor
from linguapay_core.domain.feed import ToldEvent
from linguapay_core.domain.identifiers import MessageId, SubscriptionId
from linguapay_core.domain.machine import Machine, Role
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.subscription import IN_CHARGE, SigningSecrets, Subscription


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    LEASED = "leased"
    RETRY = "retry"
    DELIVERED = "delivered"
    PARKED = "parked"
    CANCELLED = "cancelled"


class DeliveryTrigger(StrEnum):
    """What may happen to a delivery."""

    LEASE = "lease"
    DELIVER = "deliver"
    POSTPONE = "postpone"
    PARK = "park"
    CANCEL = "cancel"
    REDELIVER = "redeliver"


S, T = DeliveryState, DeliveryTrigger
_WORKER: Final = frozenset({Role.SYSTEM})

DELIVERY: Final = Machine(
    name="delivery",
    start=S.QUEUED,
    table={
        S.QUEUED: {T.LEASE: S.LEASED, T.CANCEL: S.CANCELLED},
        S.LEASED: {
            T.LEASE: S.LEASED,
            T.DELIVER: S.DELIVERED,
            T.POSTPONE: S.RETRY,
            T.PARK: S.PARKED,
            T.CANCEL: S.CANCELLED,
        },
        S.RETRY: {T.LEASE: S.LEASED, T.DELIVER: S.DELIVERED, T.REDELIVER: S.QUEUED, T.CANCEL: S.CANCELLED},
        S.PARKED: {T.DELIVER: S.DELIVERED, T.REDELIVER: S.QUEUED},
        S.DELIVERED: {T.REDELIVER: S.QUEUED},
        S.CANCELLED: {},
    },
    who={
        T.LEASE: _WORKER,
        T.DELIVER: _WORKER,
        T.POSTPONE: _WORKER,
        T.PARK: _WORKER,
        T.CANCEL: _WORKER,
        T.REDELIVER: IN_CHARGE,
    },
)

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

LEASE: Final = timedelta(seconds=60)
"""How long one worker may take over a post; longer than ``TIME_OUT`` and whatever comes around it."""

TIME_OUT: Final = timedelta(seconds=10)
"""How long a subscriber may take for all of an answer."""

BACK_OFF: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long to wait after each try but the last (Standard Webhooks: Deliverability and reliability)."""

TRIES: Final = len(BACK_OFF) + 1
JITTER_PERCENT: Final = 20
"""By how much a wait may be longer, so that what failed together isn't tried together."""

KEPT: Final = timedelta(days=30)
"""For how long a message is remembered after it was last under way."""

LOGGED: Final = 20
"""How many attempts are remembered, the latest."""

TEST_TYPE: Final = "test"
"""The type of a message that only tries the way."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How a post ended: the subscriber's status, or 0 and the reason why there is none. Never a word of the body."""

    status: int
    took_milliseconds: int
    reason: str = ""

    @property
    def taken(self) -> bool:
        """Whether the subscriber took the message: any 2xx says so (Standard Webhooks)."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's classes of status

    @property
    def gone(self) -> bool:
        """Whether the subscriber wants no message ever again (410 Gone)."""
        return self.status == 410  # noqa: PLR2004 - as above

    def __str__(self) -> str:
        """Say it in a few words."""
        return self.reason or f"status {self.status}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A post that was made, and how it ended."""

    at: datetime
    reply: Reply


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to a subscriber: ``id`` is its ``webhook-id``, the same on every try. ``tries`` counts leases.

    ``due_at`` is when it will be tried, or, where it is tried no more, about when it was last under way.
    """

    id: MessageId
    version: int
    subscription_id: SubscriptionId
    event_type: str
    body: str
    state: DeliveryState
    made_at: datetime
    due_at: datetime
    tries: int = 0
    leased_until: datetime | None = None
    attempts: tuple[Attempt, ...] = ()

    @property
    def waiting(self) -> bool:
        """Whether it is still to be told."""
        return DELIVERY.allows(self.state, T.LEASE)

    @property
    def exhausted(self) -> bool:
        """Whether it was tried as often as it may be."""
        return self.tries >= TRIES


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def queue_event(subscription: Subscription, told: ToldEvent, *, at: datetime) -> Delivery:
    """What a subscriber is told of an event: the event's own name and subject, who did it, and the fact's fields."""
    event = told.event
    data = {"id": told.id, "subject": event.subject, "version": told.version, "by": _by(event.by), **told.data}
    return _queued(_message_id(subscription.id, told), subscription, told.type, event.at, data, at=at)


def queue_test(subscription: Subscription, message_id: MessageId, *, by: Actor, at: datetime) -> Delivery:
    """A message that tells nothing, in the form of all others."""
    data: Mapping[str, object] = {"id": message_id, "subject": subscription.id, "version": 1, "by": _by(by)}
    return _queued(message_id, subscription, TEST_TYPE, at, data, at=at)


def message(delivery: Delivery, subscription: Subscription, secrets: SigningSecrets, *, at: datetime) -> Message:
    """The post that tells it now, signed with every secret that counts (Standard Webhooks: Webhook headers)."""
    seconds = str((at - EPOCH) // timedelta(seconds=1))
    body = delivery.body.encode()
    signed = b".".join((delivery.id.encode(), seconds.encode(), body))
    headers = (
        ("content-type", "application/json"),
        ("webhook-id", delivery.id),
        ("webhook-timestamp", seconds),
        ("webhook-signature", " ".join(_signature(secret, signed) for secret in secrets.counting(at))),
    )
    return Message(subscription.url, headers, body)


def lease(delivery: Delivery, *, at: datetime) -> Delivery:
    """Take it for one post, until the lease ends."""
    state = DELIVERY.after(delivery.state, T.LEASE)
    return replace(delivery, state=state, leased_until=at + LEASE, due_at=at + LEASE, tries=delivery.tries + 1)


def wait_after(delivery: Delivery) -> timedelta:
    """How long to wait after the try that failed just now. The jitter follows from its name, so it never changes."""
    wait = BACK_OFF[min(delivery.tries, len(BACK_OFF)) - 1]
    return wait + wait * (_number_of(f"{delivery.id} {delivery.tries}") % JITTER_PERCENT) // 100


def _queued(
    message_id: MessageId,
    subscription: Subscription,
    event_type: str,
    happened_at: datetime,
    data: Mapping[str, object],
    *,
    at: datetime,
) -> Delivery:
    payload = {
        "type": event_type,
        "timestamp": happened_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": data,
    }
    return Delivery(
        id=message_id,
        version=0,
        subscription_id=subscription.id,
        event_type=event_type,
        body=json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
        state=S.QUEUED,
        made_at=at,
        due_at=at,
    )


def _message_id(subscription_id: SubscriptionId, told: ToldEvent) -> MessageId:
    """The same name for the same event to the same subscriber, in the order of time."""
    milliseconds = (told.event.at - EPOCH) // timedelta(milliseconds=1)
    return MessageId.of(milliseconds << 80 | _number_of(f"{subscription_id} {told.id}") % (1 << 80))


def _number_of(text: str) -> int:
    """A number that looks like chance, and is always the same for a text."""
    return int.from_bytes(sha256(text.encode()).digest())


def _signature(secret: Secret, signed: bytes) -> str:
    key = b64decode(secret.reveal().removeprefix("whsec_"))
    return f"v1,{b64encode(digest(key, signed, 'sha256')).decode()}"


def _by(actor: Actor) -> dict[str, str]:
    return {"role": actor.role, "person": actor.person}
