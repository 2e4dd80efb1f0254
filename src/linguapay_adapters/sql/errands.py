"""What is to be done, as rows: effects, webhook events, alarms and bookmarks."""

from __future__ import annotations

from typing import Final

from linguapay_adapters.sql.columns import check, index, listed, one_of, reference, table_of, when, whole, word
from linguapay_adapters.sql.shape import AnyRow, Shape
from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.bookmark import Bookmark
from linguapay_core.domain.effect import EFFECT, Effect, EffectKind, EffectState, EffectTrigger
from linguapay_core.domain.gauges import OPEN_WEBHOOK_EVENTS
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.webhook_event import WEBHOOK_EVENT, WebhookEvent, WebhookState, WebhookTrigger

EFFECT_HAS_WORK: Final = f"state IN {listed(s for s in EffectState if EFFECT.allows(s, EffectTrigger.LEASE))}"
EFFECT_IS_OPEN: Final = f"state IN {listed(s for s in EffectState if not EFFECT.ended(s))}"
WEBHOOK_HAS_WORK: Final = f"state IN {listed(s for s in WebhookState if WEBHOOK_EVENT.allows(s, WebhookTrigger.LEASE))}"
WEBHOOK_IS_OPEN: Final = f"state IN {listed(OPEN_WEBHOOK_EVENTS)}"
ALARM_IS_OPEN: Final = "cleared_at IS NULL"
"""Conditions that the tables of the machines give, in the words of the partial indexes and of the queries alike."""

effects: Final = table_of(
    "effects",
    str,
    word("kind", EffectKind),
    word("subject"),
    reference("payment_id", PaymentId, "payments"),
    word("state", EffectState),
    when("due_at"),
    word("target"),
    whole("attempt"),
    whole("tries"),
    whole("postponed"),
    when("leased_until", null=True),
    when("first_asked_at", null=True),
    when("asked_at", null=True),
    word("reason"),
    one_of("kind", EffectKind),
    one_of("state", EffectState),
    check("attempt_positive", "attempt >= 1"),
    check("tries_not_negative", "tries >= 0 AND postponed >= 0"),
)
index(effects, "of_payment", "payment_id")
index(effects, "due", "due_at", only=EFFECT_HAS_WORK)
index(effects, "listed", "due_at", "id")
index(effects, "in_state", "state", "due_at", "id")
index(effects, "of_subject", "subject")
index(effects, "open", "state", only=EFFECT_IS_OPEN)

webhook_events: Final = table_of(
    "webhook_events",
    str,
    word("kind"),
    word("object_kind", ObjectKind),
    word("object_id"),
    word("account_id"),
    when("created_at"),
    when("received_at"),
    word("state", WebhookState),
    when("due_at"),
    when("leased_until", null=True),
    whole("tries"),
    word("reason"),
    one_of("object_kind", ObjectKind),
    one_of("state", WebhookState),
    check("tries_not_negative", "tries >= 0"),
)
index(webhook_events, "due", "due_at", only=WEBHOOK_HAS_WORK)
index(webhook_events, "open", "state", only=WEBHOOK_IS_OPEN)
index(webhook_events, "listed", "received_at", "id")
index(webhook_events, "in_state", "state", "received_at", "id")
index(webhook_events, "of_object", "object_id")
index(webhook_events, "lanes", "object_kind", "object_id", only=WEBHOOK_HAS_WORK)

alarms: Final = table_of(
    "alarms",
    str,
    word("rule"),
    word("subject"),
    word("detail"),
    when("raised_at"),
    when("cleared_at", null=True),
)
index(alarms, "of_subject", "subject")
index(alarms, "open", "raised_at", only=ALARM_IS_OPEN)
index(alarms, "listed", "raised_at", "id")
index(alarms, "of_rule", "rule", "raised_at", "id")

bookmarks: Final = table_of("bookmarks", str, when("at"))


def _effect_row(effect: Effect) -> dict[str, object]:
    return {
        "kind": effect.kind,
        "subject": effect.subject,
        "payment_id": effect.payment_id,
        "state": effect.state,
        "due_at": effect.due_at,
        "target": effect.target,
        "attempt": effect.attempt,
        "tries": effect.tries,
        "postponed": effect.postponed,
        "leased_until": effect.leased_until,
        "first_asked_at": effect.first_asked_at,
        "asked_at": effect.asked_at,
        "reason": effect.reason,
    }


def _effect(row: AnyRow) -> Effect:
    return Effect(
        id=row.id,
        version=row.version,
        kind=row.kind,
        subject=row.subject,
        payment_id=row.payment_id,
        state=row.state,
        due_at=row.due_at,
        target=row.target,
        attempt=row.attempt,
        tries=row.tries,
        postponed=row.postponed,
        leased_until=row.leased_until,
        first_asked_at=row.first_asked_at,
        asked_at=row.asked_at,
        reason=row.reason,
    )


def _event_row(event: WebhookEvent) -> dict[str, object]:
    return {
        "kind": event.kind,
        "object_kind": event.object_kind,
        "object_id": event.object_id,
        "account_id": event.account_id,
        "created_at": event.created_at,
        "received_at": event.received_at,
        "state": event.state,
        "due_at": event.due_at,
        "leased_until": event.leased_until,
        "tries": event.tries,
        "reason": event.reason,
    }


def _event(row: AnyRow) -> WebhookEvent:
    return WebhookEvent(
        id=row.id,
        version=row.version,
        kind=row.kind,
        object_kind=row.object_kind,
        object_id=row.object_id,
        account_id=row.account_id,
        created_at=row.created_at,
        received_at=row.received_at,
        state=row.state,
        due_at=row.due_at,
        leased_until=row.leased_until,
        tries=row.tries,
        reason=row.reason,
    )


def _alarm_row(alarm: Alarm) -> dict[str, object]:
    return {
        "rule": alarm.rule,
        "subject": alarm.subject,
        "detail": alarm.detail,
        "raised_at": alarm.raised_at,
        "cleared_at": alarm.cleared_at,
    }


def _alarm(row: AnyRow) -> Alarm:
    return Alarm(row.id, row.version, row.rule, row.subject, row.detail, row.raised_at, row.cleared_at)


EFFECTS: Final = Shape(Effect, "effect", effects, _effect_row, _effect)
WEBHOOK_EVENTS: Final = Shape(WebhookEvent, "webhook event", webhook_events, _event_row, _event)
ALARMS: Final = Shape(Alarm, "alarm", alarms, _alarm_row, _alarm)
BOOKMARKS: Final = Shape(
    Bookmark,
    "bookmark",
    bookmarks,
    lambda bookmark: {"at": bookmark.at},
    lambda row: Bookmark(row.id, row.version, row.at),
)
