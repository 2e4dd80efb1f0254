"""A shop that uses the sandbox through Stripe's own SDK, with a clock that is moved by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import stripe

from linguapay_adapters.stripe_sandbox import Headers, Request, Response, StripeSandbox
from linguapay_adapters.stripe_sandbox.in_process import SandboxHTTPClient
from linguapay_adapters.system.clock import MovableClock

SECRET_KEY = "sk_test_sandbox"
PUBLISHABLE_KEY = "pk_test_sandbox"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def numbers(first: int) -> Callable[[], str]:
    """Identifiers that count, so that the same test makes the same ids."""
    counter = count(first)
    return lambda: f"{next(counter):08d}"


@dataclass
class Shop:
    """A sandbox, the SDK's client of it, and the steps that most tests begin with."""

    path: Path | None = None
    clock: MovableClock = field(default_factory=lambda: MovableClock(NOON))
    pauses: list[float] = field(default_factory=list)
    first_number: int = 1

    def __post_init__(self) -> None:
        self.sandbox = StripeSandbox(
            path=self.path, clock=self.clock, identifiers=numbers(self.first_number), pause=self.pauses.append
        )
        self.stripe = self.client(SECRET_KEY).v1
        self.browser = self.client(PUBLISHABLE_KEY).v1

    def client(self, key: str, *, version: str | None = None) -> stripe.StripeClient:
        http_client = SandboxHTTPClient(self.sandbox)
        return stripe.StripeClient(key, stripe_version=version, max_network_retries=0, http_client=http_client)

    def send(self, method: str, path: str, body: str = "", **headers: str) -> Response:
        """Send raw bytes, as no SDK would."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        allowed = {"Authorization": f"Bearer {SECRET_KEY}", **named}
        return self.sandbox.handle(Request(method, path, Headers(allowed), body.encode()))

    def intent(self, amount: int = 2100, **more: object) -> stripe.PaymentIntent:
        """An intent that takes cards only, not paid yet."""
        return self.stripe.payment_intents.create(
            {"amount": amount, "currency": "usd", "allowed_payment_method_types": ["card"], **more}  # type: ignore[typeddict-item]
        )

    def paid(self, amount: int = 2100, card: str = "pm_card_visa", **more: object) -> stripe.PaymentIntent:
        """An intent that has succeeded."""
        return self.intent(amount, payment_method=card, confirm=True, **more)

    def charge_of(self, intent: stripe.PaymentIntent) -> stripe.Charge:
        """The latest charge of an intent."""
        return self.stripe.charges.retrieve(str(intent.latest_charge))

    def teacher(self) -> stripe.Account:
        """A connected account that can receive transfers."""
        account = self.stripe.accounts.create(
            {
                "type": "express",
                "country": "US",
                "email": "teacher@example.com",
                "capabilities": {"transfers": {"requested": True}},
            }
        )
        self.sandbox.complete_onboarding(account.id)
        return self.stripe.accounts.retrieve(account.id)

    def event_types(self) -> list[str]:
        """The types of all events, oldest first."""
        page = self.stripe.events.list({"limit": 100})
        return [event.type for event in reversed(list(page.auto_paging_iter()))]

    def balance(self) -> tuple[int, int]:
        """The platform's dollars: available and pending, in minor units."""
        balance = self.stripe.balance.retrieve()
        return balance.available[0].amount, balance.pending[0].amount
