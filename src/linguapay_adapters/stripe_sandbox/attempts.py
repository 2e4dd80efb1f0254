"""Trying to pay a PaymentIntent with a card: 3-D Secure, a decline, or success."""

from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import cards, intents, saved_methods
from linguapay_adapters.stripe_sandbox.cards import AUTHENTICATION_REQUIRED, Decline
from linguapay_adapters.stripe_sandbox.errors import INVALID_REQUEST, Refusal
from linguapay_adapters.stripe_sandbox.resources import charges
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World, shown

PROCESSING = "processing"


def attempt(world: World, intent: Document, method: Document, *, off_session: bool, return_url: str | None) -> None:
    """Try to pay. Raises a decline, which keeps what the attempt has changed."""
    world.change(intent, payment_method=method["id"], last_payment_error=None, next_action=None)
    if not intents.asks_for_authentication(method):
        pay(world, intent, method)
    elif off_session:
        _decline(world, intent, method, AUTHENTICATION_REQUIRED)
    else:
        world.change(
            intent,
            status=intents.REQUIRES_ACTION,
            next_action=intents.next_action(intent, return_url),
            event="payment_intent.requires_action",
        )
    if intent["last_payment_error"] is not None:
        error = {**intent["last_payment_error"], "payment_intent": shown(intent)}
        raise Refusal(HTTPStatus.PAYMENT_REQUIRED, error, keeps_effects=True)


def pay(world: World, intent: Document, method: Document) -> None:
    """Charge the card: the bank declines, or the intent has succeeded, or waits for a bank account to clear."""
    card = cards.of(method)
    if card.clears_after_seconds:
        charge = charges.make(world, intent, method, None, is_pending=True)
        world.change(intent, status=PROCESSING, latest_charge=charge["id"], event="payment_intent.processing")
        world.later("clear", intent, card.clears_after_seconds)
    elif card.decline is not None:
        _decline(world, intent, method, card.decline)
    else:
        _succeed(world, intent, method, charges.make(world, intent, method, None))


def clear(world: World, intent: Document) -> None:
    """Let a bank account clear, or fail: the intent leaves `processing`."""
    method = world.get("payment_method", intent["payment_method"])
    decline = cards.of(method).decline
    charge = charges.clear(world, world.get("charge", intent["latest_charge"]), decline)
    if decline is None:
        _succeed(world, intent, method, charge)
    else:
        _ask_for_another(world, intent, _error(method, decline, charge), charge["id"])


def _succeed(world: World, intent: Document, method: Document, charge: Document) -> None:
    _remember(world, intent, method)
    world.change(
        intent,
        status=intents.SUCCEEDED,
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        next_action=None,
        event="payment_intent.succeeded",
    )


def fail_authentication(world: World, intent: Document, method: Document) -> None:
    """Let 3-D Secure fail: the intent waits for another method."""
    error: Document = {
        "type": INVALID_REQUEST,
        "code": "payment_intent_authentication_failure",
        "message": intents.FAILED_AUTHENTICATION.format(noun="PaymentIntent"),
        "payment_method": shown(method),
    }
    _ask_for_another(world, intent, error, intent["latest_charge"])


def _decline(world: World, intent: Document, method: Document, decline: Decline) -> None:
    charge = charges.make(world, intent, method, decline)
    _ask_for_another(world, intent, _error(method, decline, charge), charge["id"])


def _error(method: Document, decline: Decline, charge: Document) -> Document:
    return {
        "type": "card_error",
        "code": decline.code,
        "decline_code": decline.decline_code,
        "message": decline.message,
        "charge": charge["id"],
        "payment_method": shown(method),
        "doc_url": f"https://docs.stripe.com/error-codes#{decline.code.replace('_', '-')}",
    }


def _ask_for_another(world: World, intent: Document, error: Document, latest_charge: str | None) -> None:
    world.change(
        intent,
        status=intents.REQUIRES_METHOD,
        payment_method=None,
        last_payment_error=error,
        latest_charge=latest_charge,
        next_action=None,
        event="payment_intent.payment_failed",
    )


def _remember(world: World, intent: Document, method: Document) -> None:
    if intent["customer"] is not None and intent["setup_future_usage"] is not None:
        saved_methods.attach(world, method, intent["customer"])
        world.change(method, _is_set_up=True)
    elif method["customer"] is None:
        world.change(method, _is_spent=True)
