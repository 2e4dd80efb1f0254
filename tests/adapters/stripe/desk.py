"""A desk at which payments are taken: our gateway over the sandbox, or over answers that a test makes up."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NoReturn, TypeVar

import stripe

from linguapay_adapters.stripe.client import connect
from linguapay_adapters.stripe.gateway import StripeGateway
from linguapay_adapters.stripe_sandbox.in_process import SandboxHTTPClient
from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox
from linguapay_adapters.system.clock import MovableClock
from linguapay_core.domain.answer import Answer, Answered
from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId, RefundId, TransferId
from linguapay_core.domain.money import USD, Money
from linguapay_core.domain.seen import SeenIntent
from linguapay_core.ports.gateway import Gateway, IntentOrder, RefundOrder, TransferOrder

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
KEY = "sk_test_sandbox"
PAYMENT, BOOKING, REFUND, TRANSFER = PaymentId.of(1), BookingId.of(1), RefundId.of(1), TransferId.of(1)
STUDENT, TEACHER = PersonId("ann"), PersonId("bea")

ValueT = TypeVar("ValueT")


def usd(amount_minor: int) -> Money:
    return Money(amount_minor, USD)


def value_of(answer: Answer[ValueT]) -> ValueT:
    """What was answered; anything else fails the test and shows itself."""
    assert isinstance(answer, Answered), answer
    return answer.value


class Desk:
    """A gateway over a sandbox, with the steps that most tests begin with."""

    def __init__(self) -> None:
        numbers = count(1)
        self.clock = MovableClock(NOON)
        self.sandbox = StripeSandbox(
            path=None, clock=self.clock, identifiers=lambda: f"{next(numbers):08d}", pause=lambda _: None
        )
        self.client = connect(KEY, http_client=SandboxHTTPClient(self.sandbox))
        self.gateway: Gateway = StripeGateway(self.client)
        self._keys = (f"attempt:{number}" for number in numbers)

    def key(self) -> str:
        return next(self._keys)

    def customer(self) -> str:
        return value_of(self.gateway.create_customer(key=self.key(), student_id=STUDENT))

    def saved_card(self, customer_id: str, card: str = "pm_card_visa") -> str:
        return value_of(self.gateway.attach_method(card, key=self.key(), customer_id=customer_id)).id

    def order(
        self, customer_id: str, amount_minor: int = 2625, *, method_id: str = "", save_method: bool = False
    ) -> IntentOrder:
        amount = usd(amount_minor)
        return IntentOrder(self.key(), PAYMENT, BOOKING, amount, customer_id, method_id, save_method)

    def intent(self, amount_minor: int = 2625) -> SeenIntent:
        """An intent that waits for its method."""
        return value_of(self.gateway.create_intent(self.order(self.customer(), amount_minor)))

    def paid(self, card: str = "pm_card_visa", amount_minor: int = 2625) -> SeenIntent:
        """An intent that succeeded, its money in the balance."""
        intent = self.intent(amount_minor)
        value_of(self.gateway.confirm_intent(intent.id, key=self.key(), method_id=card))
        self.clock.advance(timedelta(seconds=5))
        return value_of(self.gateway.intent(intent.id))

    def refund_order(self, intent_id: str, amount_minor: int) -> RefundOrder:
        return RefundOrder(self.key(), REFUND, PAYMENT, intent_id, usd(amount_minor))

    def account(self, *, onboarded: bool = True) -> str:
        made = value_of(
            self.gateway.create_account(key=self.key(), teacher_id=TEACHER, country="US", email="bea@example.com")
        )
        if onboarded:
            self.sandbox.complete_onboarding(made.id)
        return made.id

    def transfer_order(self, account_id: str, charge_id: str, amount_minor: int) -> TransferOrder:
        return TransferOrder(self.key(), TRANSFER, PAYMENT, BOOKING, account_id, charge_id, usd(amount_minor))

    def fail(self, kind: str, method: str, path: str, **more: int) -> None:
        """Let the next such request go wrong."""
        self.sandbox.faults.add(kind, method=method, path=path, **more)


@dataclass
class MadeUpStripe(stripe.HTTPClient):
    """The way to a Stripe that always gives one answer, made of raw bytes or raised. It notes what it was asked."""

    body: bytes = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Exception | None = None
    asked: list[tuple[str, str, dict[str, str], str]] = field(default_factory=list)
    name = "made up"

    def __post_init__(self) -> None:
        super().__init__()

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: str | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[Any, int, Mapping[str, str]]:
        self.asked.append((method, url, dict(headers or {}), post_data or ""))
        if self.error is not None:
            raise self.error
        return self.body, self.status, self.headers

    def request_stream(self, *args: object, **kwargs: object) -> NoReturn:
        raise NotImplementedError

    def close(self) -> None:
        """There is nothing to close."""


def gateway_over(made_up: MadeUpStripe) -> StripeGateway:
    return StripeGateway(connect(KEY, http_client=made_up))


def error_body(**fields: object) -> bytes:
    return json.dumps({"error": fields}).encode()


CALLS: dict[str, Callable[[Gateway], Answer[Any]]] = {
    "account": lambda gateway: gateway.account("acct_1"),
    "attach_method": lambda gateway: gateway.attach_method("pm_1", key="k", customer_id="cus_1"),
    "balance": lambda gateway: gateway.balance(USD),
    "cancel_intent": lambda gateway: gateway.cancel_intent("pi_1", key="k"),
    "cash": lambda gateway: gateway.cash(since=NOON),
    "confirm_intent": lambda gateway: gateway.confirm_intent("pi_1", key="k", method_id="pm_1"),
    "create_account": lambda gateway: gateway.create_account(
        key="k", teacher_id=TEACHER, country="US", email="b@x.org"
    ),
    "create_customer": lambda gateway: gateway.create_customer(key="k", student_id=STUDENT),
    "create_intent": lambda gateway: gateway.create_intent(IntentOrder("k", PAYMENT, BOOKING, usd(100), "cus_1")),
    "create_refund": lambda gateway: gateway.create_refund(RefundOrder("k", REFUND, PAYMENT, "pi_1", usd(100))),
    "create_setup": lambda gateway: gateway.create_setup(key="k", customer_id="cus_1"),
    "create_transfer": lambda gateway: gateway.create_transfer(
        TransferOrder("k", TRANSFER, PAYMENT, BOOKING, "acct_1", "ch_1", usd(100))
    ),
    "detach_method": lambda gateway: gateway.detach_method("pm_1", key="k"),
    "events": lambda gateway: gateway.events(since=NOON),
    "intent": lambda gateway: gateway.intent("pi_1"),
    "method": lambda gateway: gateway.method("pm_1"),
    "methods_of": lambda gateway: gateway.methods_of("cus_1"),
    "onboarding_link": lambda gateway: gateway.onboarding_link(
        "acct_1", return_url="https://example.com/back", refresh_url="https://example.com/again"
    ),
    "own_account": lambda gateway: gateway.own_account(),
    "refund": lambda gateway: gateway.refund("re_1"),
    "refunds_of": lambda gateway: gateway.refunds_of("pi_1"),
    "reverse_transfer": lambda gateway: gateway.reverse_transfer("tr_1", key="k", amount=usd(100)),
    "set_default_method": lambda gateway: gateway.set_default_method("cus_1", method_id="pm_1"),
    "transfer": lambda gateway: gateway.transfer("tr_1"),
    "transfers_of": lambda gateway: gateway.transfers_of(BOOKING),
}
"""Every question of the port, asked of whoever; a test finds one that is missing."""
