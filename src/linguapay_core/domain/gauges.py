"""What is measured of a running house: how its work stands, how much money moved, and whether the books hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain.delivery import DELIVERY, DeliveryState, DeliveryTrigger
from linguapay_core.domain.effect import EFFECT, EffectState
from linguapay_core.domain.house import Heartbeat, Verification
from linguapay_core.domain.money import Money
from linguapay_core.domain.webhook_event import WEBHOOK_EVENT, WebhookState, WebhookTrigger

OPEN_EFFECTS: Final = tuple(state for state in EffectState if not EFFECT.ended(state))
"""The states of effects that are still owed."""

OPEN_WEBHOOK_EVENTS: Final = tuple(
    state for state in WebhookState if WEBHOOK_EVENT.allows(state, WebhookTrigger.LEASE) or state is WebhookState.PARKED
)
"""The states of webhook events that were not read to the end."""

WAITING_MESSAGES: Final = tuple(state for state in DeliveryState if DELIVERY.allows(state, DeliveryTrigger.LEASE))
"""The states of messages that are still to be told."""


@dataclass(frozen=True, slots=True)
class Pile:
    """Records in one state: how many, and since when the oldest of them waits."""

    state: StrEnum
    count: int = 0
    oldest_at: datetime | None = None

    def age(self, at: datetime) -> timedelta:
        """For how long the oldest has waited; nothing where none waits or all are for later."""
        return timedelta(0) if self.oldest_at is None else max(at - self.oldest_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class MoneyMoved:
    """All payments of one currency: what came in, what went back or is with Stripe, and what was sent."""

    captured: Money
    refunded: Money
    transferred: Money


@dataclass(frozen=True, slots=True)
class Gauges:
    """Everything, at one instant. There is a pile for each open state, an empty one too."""

    at: datetime
    effects: tuple[Pile, ...]
    webhook_events: tuple[Pile, ...]
    messages: tuple[Pile, ...]
    open_alarms: Mapping[str, int]
    moved: tuple[MoneyMoved, ...]
    heartbeats: tuple[Heartbeat, ...]
    verification: Verification | None


def every_pile(states: Iterable[StrEnum], found: Sequence[Pile]) -> tuple[Pile, ...]:
    """A pile for each of the states, in their order."""
    there = {pile.state: pile for pile in found}
    return tuple(there.get(state, Pile(state)) for state in states)
