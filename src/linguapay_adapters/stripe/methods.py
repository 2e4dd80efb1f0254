"""Saved cards: SetupIntents, and a customer's payment methods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import stripe

from linguapay_adapters.stripe import translation
from linguapay_adapters.stripe.calls import Calls, page, under
from linguapay_adapters.stripe.outcome import ask, ask_all
from linguapay_core.domain.answer import Answer, Answered, Rejected
from linguapay_core.domain.seen import SeenMethod, SeenSetup

CUSTOMER_EXPANDED: Final = ["customer"]


class Methods(Calls):
    """The cards that a student keeps for later."""

    def create_setup(self, *, key: str, customer_id: str) -> Answer[SeenSetup]:
        """Make a SetupIntent. A card that is saved by it pays later lessons in or out of session."""
        params: stripe.params.SetupIntentCreateParams = {
            "customer": customer_id,
            "allowed_payment_method_types": ["card"],
            "usage": "off_session",
            "metadata": {translation.KEY: key},
        }
        return ask(lambda: self._stripe.setup_intents.create(params, under(key)), translation.setup)

    def methods_of(self, customer_id: str) -> Answer[Sequence[SeenMethod]]:
        """List a customer's cards; which one is the default stands in the customer."""
        default = ask(lambda: self._stripe.customers.retrieve(customer_id), translation.default_method)
        if not isinstance(default, Answered):
            return default
        params: stripe.params.CustomerPaymentMethodListParams = {"type": "card"}
        return ask_all(
            lambda cursor: self._stripe.customers.payment_methods.list(customer_id, page(params, cursor)),
            lambda document: translation.method(document, default.value),
        )

    def method(self, method_id: str) -> Answer[SeenMethod]:
        """Fetch a card, and through its customer whether it is the default."""
        return ask(
            lambda: self._stripe.payment_methods.retrieve(method_id, {"expand": CUSTOMER_EXPANDED}), translation.method
        )

    def attach_method(self, method_id: str, *, key: str, customer_id: str) -> Answer[SeenMethod]:
        """Save a card to a customer. One that is saved there already is the answer."""
        params: stripe.params.PaymentMethodAttachParams = {"customer": customer_id, "expand": CUSTOMER_EXPANDED}
        answer = ask(lambda: self._stripe.payment_methods.attach(method_id, params, under(key)), translation.method)
        return self._unless_done(answer, method_id, lambda seen: seen.customer_id == customer_id)

    def detach_method(self, method_id: str, *, key: str) -> Answer[SeenMethod]:
        """Forget a card. One that belongs to nobody any more is the answer."""
        answer = ask(lambda: self._stripe.payment_methods.detach(method_id, options=under(key)), translation.method)
        return self._unless_done(answer, method_id, lambda seen: not seen.customer_id)

    def set_default_method(self, customer_id: str, *, method_id: str) -> Answer[str]:
        """Make a card the default. Setting it twice is setting it once: there is no key of ours."""
        params: stripe.params.CustomerUpdateParams = {"invoice_settings": {"default_payment_method": method_id}}
        return ask(lambda: self._stripe.customers.update(customer_id, params), translation.default_method)

    def _unless_done(
        self, answer: Answer[SeenMethod], method_id: str, done: Callable[[SeenMethod], bool]
    ) -> Answer[SeenMethod]:
        """Turn a refusal into the answer where what was asked for is so already."""
        if not isinstance(answer, Rejected):
            return answer
        now = self.method(method_id)
        return now if isinstance(now, Answered) and done(now.value) else answer
