"""The sandbox, where it plays Stripe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from linguapay_adapters.composition.places import beside
from linguapay_adapters.settings import Settings
from linguapay_adapters.system.clock import SystemClock
from linguapay_core.domain.errors import Invalid
from linguapay_core.ports.clock import Clock

if TYPE_CHECKING:
    from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox
    from linguapay_core.application import LinguaPay

SANDBOX_SECRET_KEY: Final = "sk_test_sandbox"  # noqa: S105 - a sandbox has no secrets
SANDBOX_WEBHOOK_SECRET: Final = "whsec_sandbox"  # noqa: S105


@contextmanager
def sandbox_beside(settings: Settings, clock: Clock) -> Iterator[StripeSandbox]:
    """The sandbox that is kept beside the database."""
    from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox  # noqa: PLC0415 - imported where it is used

    stripe = StripeSandbox(path=beside(settings.database_url.get_secret_value()), clock=clock)
    try:
        yield stripe
    finally:
        stripe.close()


@contextmanager
def served_sandbox(settings: Settings, *, host: str, port: int) -> Iterator[str]:
    """The sandbox beside the database, as a server with the machine's clock; yields its URL. Port 0 takes any free one.

    Raises ``Invalid`` where it can't listen.
    """
    from linguapay_adapters.stripe_sandbox.server import served  # noqa: PLC0415

    with ExitStack() as stack:
        stripe = stack.enter_context(sandbox_beside(settings, SystemClock()))
        try:
            url = stack.enter_context(served(stripe, host, port))
        except OSError as error:
            raise Invalid("host, port", f"can't listen on {host}:{port}: {error.strerror}.") from error
        yield url


def hand_over(stripe: StripeSandbox, linguapay: LinguaPay) -> int:
    """Carry the sandbox's webhooks to our door, as the network does; the count says how many."""
    stripe.settle()
    handed_over = 0
    while waiting := stripe.pending_webhooks():
        for delivery in waiting:
            linguapay.receive_webhook(delivery.payload, delivery.signature)
            stripe.acknowledge(delivery.event_id)
            handed_over += 1
    return handed_over
