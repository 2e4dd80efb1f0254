"""A webhook event of Stripe's, noted down before it is answered, and what becomes of it.

It is a hint that an object changed. Its content is not kept: the object, fetched, is the truth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain.alarm import raise_alarm
from linguapay_core.domain.decision import Decision, changed
from linguapay_core.domain.machine import Machine, Role
from linguapay_core.domain.seen import ObjectKind, SeenEvent


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


def note(seen: SeenEvent, *, foreign: bool = False, at: datetime) -> Decision[WebhookEvent]:
    """Write down that it came. ``keep`` stores the first of an identifier, and lets later ones be."""
    state = S.IGNORED if foreign or seen.object_kind is ObjectKind.OTHER else S.RECEIVED
    event = WebhookEvent(
        seen.id, 0, seen.kind, seen.object_kind, seen.object_id, seen.account_id, seen.created_at, at, state, at
    )
    return changed(event)


def lease(event: WebhookEvent, *, at: datetime) -> WebhookEvent:
    """Take it for processing until the lease ends."""
    state = WEBHOOK_EVENT.after(event.state, T.LEASE)
    return replace(event, state=state, leased_until=at + LEASE, due_at=at + LEASE, tries=event.tries + 1)


def exhausted(event: WebhookEvent) -> bool:
    """Whether worker after worker took it and told nothing of it: a person looks."""
    return event.state is S.LEASED and event.tries >= TRIES


def finish(event: WebhookEvent) -> WebhookEvent:
    """What it hinted at has been looked at."""
    return replace(event, state=WEBHOOK_EVENT.after(event.state, T.FINISH), leased_until=None, reason="")


def ignore(event: WebhookEvent, reason: str) -> WebhookEvent:
    """It is nothing of ours."""
    return replace(event, state=WEBHOOK_EVENT.after(event.state, T.IGNORE), leased_until=None, reason=reason)


def postpone(event: WebhookEvent, *, at: datetime, reason: str) -> Decision[WebhookEvent]:
    """The object couldn't be fetched or written down. Look again later; after many times a person looks."""
    if event.tries < TRIES:
        wait = BACK_OFF[min(event.tries - 1, len(BACK_OFF) - 1)]
        state = WEBHOOK_EVENT.after(event.state, T.POSTPONE)
        return changed(replace(event, state=state, leased_until=None, due_at=at + wait, reason=reason))
    parked = replace(event, state=WEBHOOK_EVENT.after(event.state, T.PARK), leased_until=None, reason=reason)
    return changed(parked) + raise_alarm("webhook_event_parked", event.id, reason, at=at)


def replay(event: WebhookEvent, *, at: datetime) -> WebhookEvent:
    """Look at its object once more, because an operator says so."""
    return replace(event, state=WEBHOOK_EVENT.after(event.state, T.REPLAY), due_at=at, tries=0)
