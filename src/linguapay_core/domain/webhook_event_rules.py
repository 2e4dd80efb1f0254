"""What may become of a webhook event: it is noted down, leased, finished, postponed, parked and replayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.decision import Decision, changed
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.seen import SeenEvent
from linguapay_core.domain.webhook_event import (
    BACK_OFF,
    LEASE,
    TRIES,
    WEBHOOK_EVENT,
    WebhookEvent,
    WebhookState,
    WebhookTrigger,
)

S, T = WebhookState, WebhookTrigger


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
