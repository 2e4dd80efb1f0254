"""Stripe tells us something: check that it is Stripe, note it down, and answer. What it means is found out later."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import webhook_event_rules
from linguapay_core.domain.webhook_event import WebhookEvent
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.ports.webhook_reader import WebhookReader
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ReceiveWebhook:
    """The body as it came, byte for byte, and the ``Stripe-Signature`` header."""

    body: bytes
    signature: str | bytes


@until_fresh
def receive_webhook(
    command: ReceiveWebhook, *, transactions: Transactions, webhook_reader: WebhookReader, clock: Clock
) -> WebhookEvent:
    """Note an event down, once however often it comes. Raises ``Invalid`` for what Stripe didn't sign.

    An event of a connected account that isn't one of our teachers' is stored as ignored.
    """
    seen = webhook_reader.read(command.body, command.signature)
    with transactions.begin() as transaction:
        foreign = bool(seen.account_id) and transaction.account_by_stripe_id(seen.account_id) is None
        decision = webhook_event_rules.note(seen, foreign=foreign, at=clock.now())
        transaction.keep(decision)
    return decision.record
