"""A webhook event of Stripe's, noted down before it is answered, and what becomes of it.

It is a hint that an object changed. Its content is not kept: the object, fetched, is the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain.machine import Machine, Role
from linguapay_core.domain.object_kind import ObjectKind


class WebhookState(StrEnum):
    """Where a webhook event stands."""

    RECEIVED = "received"
    LEASED = "leased"
    DONE = "done"
    IGNORED = "ignored"
    RETRY = "retry"
    PARKED = "parked"


class WebhookTrigger(StrEnum):
    """What may happen to a webhook event."""

    LEASE = "lease"
    FINISH = "finish"
    IGNORE = "ignore"
    POSTPONE = "postpone"
    PARK = "park"
    REPLAY = "replay"


S, T = WebhookState, WebhookTrigger
_WORKER: Final = frozenset({Role.SYSTEM})

WEBHOOK_EVENT: Final = Machine(
    name="webhook event",
    start=S.RECEIVED,
    table={
        S.RECEIVED: {T.LEASE: S.LEASED, T.IGNORE: S.IGNORED},
        S.LEASED: {T.LEASE: S.LEASED, T.FINISH: S.DONE, T.IGNORE: S.IGNORED, T.POSTPONE: S.RETRY, T.PARK: S.PARKED},
        S.RETRY: {T.LEASE: S.LEASED},
        S.PARKED: {T.REPLAY: S.RECEIVED},
        S.DONE: {T.REPLAY: S.RECEIVED},
        S.IGNORED: {},
    },
    who={
        T.LEASE: _WORKER,
        T.FINISH: _WORKER,
        T.IGNORE: _WORKER,
        T.POSTPONE: _WORKER,
        T.PARK: _WORKER,
        T.REPLAY: frozenset({Role.ADMIN}),
    },
)

LEASE: Final = timedelta(seconds=60)
TRIES: Final = 8
BACK_OFF: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 7200))


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One event by Stripe's identifier. ``object_kind`` and ``object_id`` are its lane: one object's go together."""

    id: str
    version: int
    kind: str
    object_kind: ObjectKind
    object_id: str
    account_id: str
    created_at: datetime
    received_at: datetime
    state: WebhookState
    due_at: datetime
    leased_until: datetime | None = None
    tries: int = 0
    reason: str = ""
