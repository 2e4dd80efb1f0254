"""Reading what Stripe sends to our door."""

from __future__ import annotations

from typing import Protocol

from linguapay_core.domain.seen import SeenEvent


class WebhookReader(Protocol):
    """Tells Stripe's webhooks from everybody else's."""

    def read(self, body: bytes, signature: str | bytes) -> SeenEvent:
        """Check the signature and both directions of time, then parse strictly.

        Raises ``Invalid`` (field ``signature`` or ``body``) for anything that isn't an event of Stripe's, in any bytes.
        """
        ...
