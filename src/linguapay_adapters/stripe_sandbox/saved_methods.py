"""Payment methods that a customer has saved."""

from linguapay_adapters.stripe_sandbox import cards
from linguapay_adapters.stripe_sandbox.errors import card_error, refusal
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World


def attach(world: World, method: Document, customer: str) -> Document:
    """Save a method for a customer, after asking the bank about it. Saving it again changes nothing."""
    if method["customer"] == customer:
        return method
    if method["customer"] is not None:
        raise refusal("The payment method you provided has already been attached to a customer.")
    check_unspent(method)
    card = cards.of(method)
    if card.decline is not None and not card.can_be_saved:
        raise card_error(card.decline.message, code=card.decline.code, decline_code=card.decline.decline_code)
    return world.change(method, customer=customer, event="payment_method.attached")


def detach(world: World, method: Document) -> Document:
    """Take a method away from its customer, for good: it can't be used again."""
    if method["customer"] is None:
        raise refusal("The payment method you provided is not attached to a customer so detachment is impossible.")
    return world.change(method, customer=None, _is_spent=True, event="payment_method.detached")


def check_unspent(method: Document) -> None:
    """Refuse a method that was detached, or used once without being saved."""
    if method["_is_spent"]:
        raise refusal(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was "
            "detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must "
            "attach it to a Customer first.",
            code="payment_method_unexpected_state",
            param="payment_method",
        )
