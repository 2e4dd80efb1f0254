"""Webhooks that wait to be handed over, signed (Stripe's page "Verify webhook signatures")."""

import hashlib
import hmac
import json
from dataclasses import dataclass

from linguapay_adapters.stripe_sandbox.errors import no_such
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way: the body, and the `Stripe-Signature` header made for it now."""

    event_id: str
    payload: bytes
    signature: str


def waiting(world: World, secret: str, limit: int) -> list[Delivery]:
    """Return the oldest events that nobody has acknowledged, of the platform and of connected accounts."""
    rows = world.store.run(
        "SELECT objects.document FROM deliveries JOIN objects ON objects.number = deliveries.number "
        "ORDER BY deliveries.number LIMIT ?",
        (limit,),
    )
    return [signed(json.loads(row[0]), secret, world.now) for row in rows.fetchall()]


def signed(event: Document, secret: str, at: int) -> Delivery:
    """Sign an event as Stripe does at this Unix second."""
    payload = json.dumps(event, indent=2).encode()
    digest = hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()
    return Delivery(event["id"], payload, f"t={at},v1={digest}")


def acknowledge(world: World, event_id: str) -> None:
    """Deliver an event no more. Acknowledging again changes nothing."""
    account = world.store.account_of(event_id)
    event = account and world.store.get(account, event_id)
    if not event:
        raise no_such("event", event_id, param="id")
    world.store.run("DELETE FROM deliveries WHERE event_id = ?", (event_id,))
    world.change(event, pending_webhooks=0)
