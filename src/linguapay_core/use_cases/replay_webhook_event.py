"""An operator has an event's object looked at once more."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import webhook_event_rules
from linguapay_core.domain.decision import changed
from linguapay_core.domain.webhook_event import WebhookEvent
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ReplayWebhookEvent:
    """The event with Stripe's identifier."""

    event_id: str
    admin_id: str


@until_fresh
def replay_webhook_event(command: ReplayWebhookEvent, *, transactions: Transactions, clock: Clock) -> WebhookEvent:
    """Process an event again: harmless, since only the object counts.

    Raises ``Refused`` for one that is being processed.
    """
    admin(command.admin_id)
    with transactions.begin() as transaction:
        event = webhook_event_rules.replay(transaction.webhook_event(command.event_id), at=clock.now())
        transaction.keep(changed(event))
    return event
