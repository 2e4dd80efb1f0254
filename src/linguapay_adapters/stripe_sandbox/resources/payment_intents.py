"""PaymentIntents (Stripe's pages "The PaymentIntent object" and "How PaymentIntents work")."""

from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import attempts, intents
from linguapay_adapters.stripe_sandbox.currencies import check_least_charge, currency
from linguapay_adapters.stripe_sandbox.errors import exclusive_parameters, refusal, unexpected_state
from linguapay_adapters.stripe_sandbox.lists import listing
from linguapay_adapters.stripe_sandbox.parameters import (
    Parameters,
    amount,
    boolean,
    clearable,
    merged_metadata,
    metadata,
    one_of,
    optional,
    required,
    text,
)
from linguapay_adapters.stripe_sandbox.resources import customers, payment_methods
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World, shape_of, shown

NO = "false"
FUTURE_USAGE = one_of("off_session", "on_session")
OFF_SESSION = one_of("true", NO, "one_off", "recurring")
LABELS: Parameters = {
    "description": optional(clearable(text)),
    "metadata": optional(metadata),
    "receipt_email": optional(clearable(text)),
    "statement_descriptor": optional(text),
    "statement_descriptor_suffix": optional(clearable(text)),
    "transfer_group": optional(text),
}
CREATE: Parameters = {
    "amount": required(amount),
    "currency": required(currency),
    "capture_method": optional(one_of("automatic_async", "automatic")),
    "confirm": optional(boolean),
    "confirmation_method": optional(one_of("automatic")),
    "customer": optional(text),
    "off_session": optional(OFF_SESSION),
    "payment_method": optional(text),
    "return_url": optional(text),
    "setup_future_usage": optional(FUTURE_USAGE),
    **intents.ALLOWED_METHODS,
    **LABELS,
}
UPDATE: Parameters = {
    "amount": optional(amount),
    "currency": optional(currency),
    "customer": optional(text),
    "payment_method": optional(text),
    "setup_future_usage": optional(clearable(FUTURE_USAGE)),
    **LABELS,
}
CONFIRM: Parameters = {
    "off_session": optional(OFF_SESSION),
    "payment_method": optional(text),
    "receipt_email": optional(clearable(text)),
    "return_url": optional(text),
    "setup_future_usage": optional(clearable(FUTURE_USAGE)),
    **intents.CLIENT,
}
CANCEL: Parameters = {
    "cancellation_reason": optional(one_of("abandoned", "duplicate", "fraudulent", "requested_by_customer"))
}
MAY_BE_CONFIRMED = (intents.REQUIRES_METHOD, intents.REQUIRES_CONFIRMATION, intents.REQUIRES_ACTION)
ONLY_WHILE_OPEN = frozenset({"amount", "currency", "customer", "payment_method", "setup_future_usage"})


def create(call: Call) -> Document:
    """Make an intent, and confirm it at once if asked to."""
    world, asked = call.world, call.asked
    is_confirming = asked.get("confirm", False)
    for name in ("off_session", "return_url"):
        if name in asked and not is_confirming:
            raise refusal(f"`{name}` can only be passed when creating an intent with confirm=true.", param=name)
    check_least_charge(asked["amount"], asked["currency"])
    _check_labels(asked)
    identifier = world.new_id("pi")
    intent: Document = {
        "id": identifier,
        **shape_of("payment_intent"),
        "amount": asked["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": asked.get("capture_method", "automatic_async"),
        "client_secret": world.secret_of(identifier),
        "confirmation_method": "automatic",
        "currency": asked["currency"],
        "customer": None,
        "description": asked.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "metadata": merged_metadata({}, asked.get("metadata")),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "processing": None,
        "receipt_email": asked.get("receipt_email"),
        "review": None,
        "setup_future_usage": asked.get("setup_future_usage"),
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": asked.get("statement_descriptor_suffix"),
        "status": intents.REQUIRES_METHOD,
        "transfer_data": None,
        "transfer_group": asked.get("transfer_group"),
        **intents.allowed_methods(asked),
    }
    intent.update(_parties(world, intent, asked))
    world.add(intent, event="payment_intent.created")
    return _confirmed(call, intent) if is_confirming else intent


def retrieve(call: Call) -> Document:
    """Show an intent."""
    intent = _at(call)
    intents.check_client(call, intent)
    return intents.as_client_sees(call, intent)


def update(call: Call) -> Document:
    """Change an intent; what is paid, by whom and how, only while it is open."""
    world, asked, intent = call.world, call.asked, _at(call)
    if ONLY_WHILE_OPEN & asked.keys() and intent["status"] not in MAY_BE_CONFIRMED:
        raise unexpected_state(
            f"This PaymentIntent's {', '.join(sorted(ONLY_WHILE_OPEN & asked.keys()))} could not be updated because it "
            f"has a status of {intent['status']}.",
            shown(intent),
        )
    _check_labels(asked)
    wanted = {**intent, **asked}
    check_least_charge(wanted["amount"], wanted["currency"])
    changes = {**asked, **_parties(world, intent, asked)}
    if "metadata" in asked:
        changes["metadata"] = merged_metadata(intent["metadata"], asked["metadata"])
    return world.change(intent, **changes)


def confirm(call: Call) -> Document:
    """Try to pay with the method that is given, or was given before."""
    intent = _at(call)
    intents.check_client(call, intent)
    if intent["status"] not in MAY_BE_CONFIRMED:
        raise unexpected_state(
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}.",
            shown(intent),
        )
    if "payment_method" in call.asked:
        intent.update(_parties(call.world, intent, {"payment_method": call.asked["payment_method"]}))
    return intents.as_client_sees(call, _confirmed(call, intent))


def cancel(call: Call) -> Document:
    """Give an intent up, unless it is paid or given up already."""
    intent = _at(call)
    if intent["status"] not in intents.MAY_BE_CANCELED:
        raise unexpected_state(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            f"with one of the following statuses may be canceled: {', '.join(intents.MAY_BE_CANCELED)}.",
            shown(intent),
        )
    return call.world.change(
        intent,
        status=intents.CANCELED,
        canceled_at=call.world.now,
        cancellation_reason=call.asked.get("cancellation_reason"),
        next_action=None,
        event="payment_intent.canceled",
    )


def _at(call: Call) -> Document:
    return call.world.get("payment_intent", call.path["intent"], param="intent", status=HTTPStatus.NOT_FOUND)


def _check_labels(asked: Document) -> None:
    if "statement_descriptor" in asked:
        raise refusal(
            "The `statement_descriptor` parameter isn't supported for card payments; use "
            "`statement_descriptor_suffix` instead.",
            code="payment_intent_invalid_parameter",
            param="statement_descriptor",
        )


def _parties(world: World, intent: Document, asked: Document) -> Document:
    """Return who pays and with what, checked against each other."""
    changes: Document = {}
    if "customer" in asked:
        changes["customer"] = customers.living(world, asked["customer"], param="customer")["id"]
    if "payment_method" in asked:
        method = payment_methods.usable(world, asked["payment_method"])
        intents.check_allowed(intent, method)
        owner = changes.get("customer", intent["customer"])
        if method["customer"] not in (None, owner):
            raise refusal(
                f"The provided PaymentMethod ({method['id']}) belongs to another Customer, or the PaymentIntent names "
                "none. Please include the Customer in the `customer` parameter on the PaymentIntent.",
                code="payment_intent_invalid_parameter",
                param="payment_method",
            )
        changes["payment_method"] = method["id"]
        changes["status"] = intents.REQUIRES_CONFIRMATION
        changes["next_action"] = None
    return changes


def _confirmed(call: Call, intent: Document) -> Document:
    world, asked = call.world, call.asked
    if intent["payment_method"] is None:
        raise unexpected_state(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken.",
            shown(intent),
        )
    off_session = asked.get("off_session", NO) != NO
    world.change(intent, **{name: asked[name] for name in ("receipt_email", "setup_future_usage") if name in asked})
    if off_session and intent["setup_future_usage"] is not None:
        raise exclusive_parameters(
            "You cannot set `off_session` together with `setup_future_usage`.", "setup_future_usage"
        )
    intents.check_return_url(intent, asked)
    method = payment_methods.usable(world, intent["payment_method"])
    attempts.attempt(world, intent, method, off_session=off_session, return_url=asked.get("return_url"))
    return intent


ROUTES = (
    Route("POST", "/v1/payment_intents", create, CREATE),
    Route("GET", "/v1/payment_intents/{intent}", retrieve, intents.CLIENT, admits_publishable_key=True),
    Route("POST", "/v1/payment_intents/{intent}", update, UPDATE),
    Route("POST", "/v1/payment_intents/{intent}/confirm", confirm, CONFIRM, admits_publishable_key=True),
    Route("POST", "/v1/payment_intents/{intent}/cancel", cancel, CANCEL),
    listing("/v1/payment_intents", "payment_intent", {"customer": optional(text)}),
)
