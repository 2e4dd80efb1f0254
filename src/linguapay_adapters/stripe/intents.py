"""The students' money: customers, PaymentIntents and refunds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import stripe

from linguapay_adapters.stripe import translation
from linguapay_adapters.stripe.amounts import code_of, to_stripe
from linguapay_adapters.stripe.calls import Calls, in_list, page, under
from linguapay_adapters.stripe.outcome import ask, ask_all
from linguapay_core.domain.answer import Answer, Rejected
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.seen import SeenIntent, SeenRefund
from linguapay_core.ports.gateway import IntentOrder, RefundOrder

INTENT_EXPANDED: Final = ["latest_charge.balance_transaction"]
REFUND_EXPANDED: Final = ["balance_transaction", "failure_balance_transaction"]

UNEXPECTED_STATE: Final = "payment_intent_unexpected_state"
"""The code by which Stripe refuses what an intent's status doesn't allow (Stripe: Error codes)."""


class Intents(Calls):
    """What a student pays, and what goes back."""

    def create_customer(self, *, key: str, student_id: PersonId) -> Answer[str]:
        """Make a customer; whose it is stands in the metadata."""
        params: stripe.params.CustomerCreateParams = {"metadata": {translation.KEY: key, "student_id": student_id}}
        return ask(lambda: self._stripe.customers.create(params, under(key)), translation.customer)

    def create_intent(self, order: IntentOrder) -> Answer[SeenIntent]:
        """Make a PaymentIntent, unconfirmed. A card that is saved by it pays later lessons in or out of session."""
        params: stripe.params.PaymentIntentCreateParams = {
            "amount": to_stripe(order.amount),
            "currency": code_of(order.amount.currency),
            "customer": order.customer_id,
            "allowed_payment_method_types": list(self._allow_methods),
            "transfer_group": order.booking_id,
            "metadata": {
                translation.KEY: order.key,
                "payment_id": order.payment_id,
                "booking_id": order.booking_id,
            },
        }
        if order.method_id:
            params["payment_method"] = order.method_id
        if order.save_method:
            params["setup_future_usage"] = "off_session"
        return ask(lambda: self._stripe.payment_intents.create(params, under(order.key)), translation.intent)

    def confirm_intent(self, intent_id: str, *, key: str, method_id: str, return_url: str = "") -> Answer[SeenIntent]:
        """Pay with a saved card. Stripe says a decline by an error, in which the intent stands as it is since."""
        params: stripe.params.PaymentIntentConfirmParams = {
            "payment_method": method_id,
            "expand": INTENT_EXPANDED,
        }
        if return_url or self._return_url:
            params["return_url"] = return_url or self._return_url

        def confirm() -> stripe.PaymentIntent:
            try:
                return self._stripe.payment_intents.confirm(intent_id, params, under(key))
            except stripe.CardError as error:
                if error.error is None or error.error.payment_intent is None:
                    raise
                return error.error.payment_intent

        return ask(confirm, translation.intent)

    def cancel_intent(self, intent_id: str, *, key: str) -> Answer[SeenIntent]:
        """Cancel it; one that can't be cancelled any more is answered as it stands."""
        params: stripe.params.PaymentIntentCancelParams = {"expand": INTENT_EXPANDED}
        answer = ask(lambda: self._stripe.payment_intents.cancel(intent_id, params, under(key)), translation.intent)
        if isinstance(answer, Rejected) and answer.code == UNEXPECTED_STATE:
            return self.intent(intent_id)
        return answer

    def intent(self, intent_id: str) -> Answer[SeenIntent]:
        """Fetch a PaymentIntent with its latest charge and that one's balance transaction."""
        return ask(
            lambda: self._stripe.payment_intents.retrieve(intent_id, {"expand": INTENT_EXPANDED}), translation.intent
        )

    def refunds_of(self, intent_id: str) -> Answer[Sequence[SeenRefund]]:
        """List every refund of an intent."""
        params: stripe.params.RefundListParams = {"payment_intent": intent_id, "expand": in_list(REFUND_EXPANDED)}
        return ask_all(lambda cursor: self._stripe.refunds.list(page(params, cursor)), translation.refund)

    def create_refund(self, order: RefundOrder) -> Answer[SeenRefund]:
        """Refund a part of an intent's charge, or all of it."""
        params: stripe.params.RefundCreateParams = {
            "payment_intent": order.intent_id,
            "amount": to_stripe(order.amount),
            "expand": REFUND_EXPANDED,
            "metadata": {
                translation.KEY: order.key,
                "refund_id": order.refund_id,
                "payment_id": order.payment_id,
            },
        }
        return ask(lambda: self._stripe.refunds.create(params, under(order.key)), translation.refund)

    def refund(self, stripe_id: str) -> Answer[SeenRefund]:
        """Fetch a refund with its balance transactions."""
        return ask(lambda: self._stripe.refunds.retrieve(stripe_id, {"expand": REFUND_EXPANDED}), translation.refund)
