"""A student's browser, as far as Stripe sees it: it knows the publishable key and the secret of one intent."""

import json
from urllib.parse import urlencode

from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox
from linguapay_adapters.stripe_sandbox.wire import Document, Headers, Request


class Browser:
    """Does what Stripe's Payment Element does on the checkout page (Stripe: Payment Element)."""

    def __init__(self, sandbox: StripeSandbox, publishable_key: str = "pk_test_sandbox") -> None:
        """Show the pages of this sandbox."""
        self._sandbox = sandbox
        self._key = publishable_key

    def enter_card(self, number: str) -> str:
        """Type a card into Stripe's form; the answer is the payment method's id.

        The number never reaches our server.
        """
        card = {"type": "card", "card[number]": number, "card[exp_month]": 12, "card[exp_year]": 2034, "card[cvc]": 123}
        return str(self._post("/v1/payment_methods", card)["id"])

    def pay(self, client_secret: str, payment_method: str) -> Document:
        """Confirm an intent with a payment method; the answer is the intent, or the error that Stripe shows."""
        intent_id = client_secret.partition("_secret_")[0]
        path = f"/v1/payment_intents/{intent_id}/confirm"
        return self._post(path, {"client_secret": client_secret, "payment_method": payment_method})

    def save_card(self, client_secret: str, payment_method: str) -> Document:
        """Confirm a SetupIntent with a payment method."""
        intent_id = client_secret.partition("_secret_")[0]
        path = f"/v1/setup_intents/{intent_id}/confirm"
        return self._post(path, {"client_secret": client_secret, "payment_method": payment_method})

    def answer_challenge(self, intent_id: str, *, succeeds: bool = True) -> None:
        """Do what the card's bank asks for at 3-D Secure, or fail at it."""
        self._sandbox.complete_action(intent_id, succeeds=succeeds)

    def _post(self, path: str, form: dict[str, object]) -> Document:
        headers = Headers({"Authorization": f"Bearer {self._key}", "Content-Type": "application/x-www-form-urlencoded"})
        response = self._sandbox.handle(Request("POST", path, headers, urlencode(form).encode()))
        document: Document = json.loads(response.body)
        return document
