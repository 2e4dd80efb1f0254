"""SetupIntents: saving a card without charging it (Stripe's page "The SetupIntent object")."""

from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import cards, intents, saved_methods
from linguapay_adapters.stripe_sandbox.cards import Authentication
from linguapay_adapters.stripe_sandbox.errors import INVALID_REQUEST, Refusal, refusal, unexpected_state
from linguapay_adapters.stripe_sandbox.lists import listing
from linguapay_adapters.stripe_sandbox.parameters import (
    Parameters,
    boolean,
    merged_metadata,
    metadata,
    one_of,
    optional,
    text,
)
from linguapay_adapters.stripe_sandbox.resources import customers, payment_methods
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World, shape_of, shown

CREATE: Parameters = {
    "confirm": optional(boolean),
    "customer": optional(text),
    "description": optional(text),
    "metadata": optional(metadata),
    "payment_method": optional(text),
    "return_url": optional(text),
    "usage": optional(one_of("off_session", "on_session")),
    **intents.ALLOWED_METHODS,
}
CONFIRM: Parameters = {"payment_method": optional(text), "return_url": optional(text), **intents.CLIENT}
CANCEL: Parameters = {"cancellation_reason": optional(one_of("abandoned", "duplicate", "requested_by_customer"))}
UPDATE: Parameters = {"description": optional(text), "metadata": optional(metadata)}


def create(call: Call) -> Document:
    """Make an intent to save a card, and confirm it at once if asked to."""
    world, asked = call.world, call.asked
    is_confirming = asked.get("confirm", False)
    if "return_url" in asked and not is_confirming:
        raise refusal("`return_url` can only be passed when creating an intent with confirm=true.", param="return_url")
    identifier = world.new_id("seti")
    intent: Document = {
        "id": identifier,
        **shape_of("setup_intent"),
        "application": None,
        "cancellation_reason": None,
        "client_secret": world.secret_of(identifier),
        "customer": None,
        "description": asked.get("description"),
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "mandate": None,
        "metadata": merged_metadata({}, asked.get("metadata")),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "single_use_mandate": None,
        "status": intents.REQUIRES_METHOD,
        "usage": asked.get("usage", "off_session"),
        **intents.allowed_methods(asked),
    }
    if "customer" in asked:
        intent["customer"] = customers.living(world, asked["customer"], param="customer")["id"]
    _choose_method(world, intent, asked)
    world.add(intent, event="setup_intent.created")
    return _confirmed(call, intent) if is_confirming else intent


def retrieve(call: Call) -> Document:
    """Show an intent."""
    intent = _at(call)
    intents.check_client(call, intent)
    return intents.as_client_sees(call, intent)


def update(call: Call) -> Document:
    """Change what an intent is labelled with."""
    intent = _at(call)
    return call.world.change(
        intent,
        description=call.asked.get("description", intent["description"]),
        metadata=merged_metadata(intent["metadata"], call.asked.get("metadata", {})),
    )


def confirm(call: Call) -> Document:
    """Ask the bank whether the card may be saved."""
    intent = _at(call)
    intents.check_client(call, intent)
    if intent["status"] in intents.MAY_BE_CANCELED:
        _choose_method(call.world, intent, call.asked)
    return intents.as_client_sees(call, _confirmed(call, intent))


def cancel(call: Call) -> Document:
    """Give an intent up, unless it has succeeded or is given up already."""
    intent = _at(call)
    if intent["status"] not in intents.MAY_BE_CANCELED:
        raise unexpected_state(
            f"You cannot cancel this SetupIntent because it has a status of {intent['status']}.",
            shown(intent),
        )
    return call.world.change(
        intent,
        status=intents.CANCELED,
        cancellation_reason=call.asked.get("cancellation_reason"),
        next_action=None,
        event="setup_intent.canceled",
    )


def succeed(world: World, intent: Document, method: Document) -> None:
    """Save the card, after the bank or its holder agreed."""
    if intent["customer"] is not None:
        saved_methods.attach(world, method, intent["customer"])
    world.change(method, _is_set_up=True)
    world.change(intent, status=intents.SUCCEEDED, next_action=None, event="setup_intent.succeeded")


def fail_authentication(world: World, intent: Document, method: Document) -> None:
    """Let 3-D Secure fail: the intent waits for another method."""
    error: Document = {
        "type": INVALID_REQUEST,
        "code": "setup_intent_authentication_failure",
        "message": intents.FAILED_AUTHENTICATION.format(noun="SetupIntent"),
        "payment_method": shown(method),
    }
    _ask_for_another(world, intent, error)


def _at(call: Call) -> Document:
    return call.world.get("setup_intent", call.path["intent"], param="intent", status=HTTPStatus.NOT_FOUND)


def _choose_method(world: World, intent: Document, asked: Document) -> None:
    if "payment_method" not in asked:
        return
    method = payment_methods.usable(world, asked["payment_method"])
    intents.check_allowed(intent, method)
    if method["customer"] not in (None, intent["customer"]):
        raise refusal(
            "The provided PaymentMethod belongs to another Customer than the SetupIntent.", param="payment_method"
        )
    intent.update(payment_method=method["id"], status=intents.REQUIRES_CONFIRMATION)


def _confirmed(call: Call, intent: Document) -> Document:
    world, asked = call.world, call.asked
    if intent["status"] not in intents.MAY_BE_CANCELED or intent["payment_method"] is None:
        raise unexpected_state(
            f"You cannot confirm this SetupIntent because it has a status of {intent['status']}, or is missing a "
            "payment method.",
            shown(intent),
        )
    intents.check_return_url(intent, asked)
    method = payment_methods.usable(world, intent["payment_method"])
    world.change(intent, last_setup_error=None, next_action=None)
    card = cards.of(method)
    if card.decline is not None and not card.can_be_saved:
        error: Document = {
            "type": "card_error",
            "code": card.decline.code,
            "decline_code": card.decline.decline_code,
            "message": card.decline.message,
            "payment_method": shown(method),
        }
        _ask_for_another(world, intent, error)
        body = {**error, "setup_intent": shown(intent)}
        raise Refusal(HTTPStatus.PAYMENT_REQUIRED, body, keeps_effects=True)
    if card.authentication is Authentication.NEVER:
        succeed(world, intent, method)
        return intent
    return world.change(
        intent,
        status=intents.REQUIRES_ACTION,
        next_action=intents.next_action(intent, asked.get("return_url")),
        event="setup_intent.requires_action",
    )


def _ask_for_another(world: World, intent: Document, error: Document) -> None:
    world.change(
        intent,
        status=intents.REQUIRES_METHOD,
        payment_method=None,
        last_setup_error=error,
        next_action=None,
        event="setup_intent.setup_failed",
    )


ROUTES = (
    Route("POST", "/v1/setup_intents", create, CREATE),
    Route("GET", "/v1/setup_intents/{intent}", retrieve, intents.CLIENT, admits_publishable_key=True),
    Route("POST", "/v1/setup_intents/{intent}", update, UPDATE),
    Route("POST", "/v1/setup_intents/{intent}/confirm", confirm, CONFIRM, admits_publishable_key=True),
    Route("POST", "/v1/setup_intents/{intent}/cancel", cancel, CANCEL),
    listing("/v1/setup_intents", "setup_intent", {"customer": optional(text), "payment_method": optional(text)}),
)
