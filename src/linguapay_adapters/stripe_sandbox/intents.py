"""What PaymentIntents and SetupIntents share: allowed methods, return URLs, the client's secret, 3-D Secure."""

from hmac import compare_digest

from linguapay_adapters.stripe_sandbox import cards
from linguapay_adapters.stripe_sandbox.cards import Authentication
from linguapay_adapters.stripe_sandbox.errors import exclusive_parameters, refusal, secret_key_required
from linguapay_adapters.stripe_sandbox.parameters import (
    Parameters,
    array_of,
    boolean,
    object_of,
    one_of,
    optional,
    required,
    text,
)
from linguapay_adapters.stripe_sandbox.routing import Call
from linguapay_adapters.stripe_sandbox.wire import Document

REQUIRES_METHOD = "requires_payment_method"
REQUIRES_CONFIRMATION = "requires_confirmation"
REQUIRES_ACTION = "requires_action"
SUCCEEDED = "succeeded"
CANCELED = "canceled"
MAY_BE_CANCELED = (REQUIRES_METHOD, REQUIRES_CONFIRMATION, REQUIRES_ACTION)

HIDDEN_FROM_CLIENTS = frozenset({"customer", "latest_charge", "metadata", "transfer_group"})
CLIENT: Parameters = {"client_secret": optional(text)}
ALLOWED_METHODS: Parameters = {
    "allowed_payment_method_types": optional(array_of(one_of("card", "us_bank_account"))),
    "automatic_payment_methods": optional(
        object_of({"enabled": required(boolean), "allow_redirects": optional(one_of("always", "never"))})
    ),
}
FAILED_AUTHENTICATION = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod "
    "to attempt to fulfill this {noun} again."
)


def allowed_methods(asked: Document) -> Document:
    """Return the fields of an intent that say which payment methods it takes: by default all that are enabled."""
    listed = asked.get("allowed_payment_method_types")
    automatic = asked.get("automatic_payment_methods")
    if listed is not None and automatic is not None:
        raise exclusive_parameters(
            "You may only specify one of these parameters: allowed_payment_method_types, automatic_payment_methods.",
            "allowed_payment_method_types",
        )
    if listed is None and automatic is None:
        automatic = {"enabled": True}
    return {
        "allowed_payment_method_types": listed,
        "automatic_payment_methods": automatic and {"allow_redirects": "always", **automatic},
        "payment_method_types": listed or ["card", "us_bank_account"],
    }


def check_allowed(intent: Document, method: Document) -> None:
    """Refuse a method of a type that the intent doesn't take."""
    listed = intent["allowed_payment_method_types"]
    if listed is not None and method["type"] not in listed:
        raise refusal(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this intent. Please attach a "
            f"PaymentMethod of one of the following types: {', '.join(listed)}.",
            code=f"{intent['object']}_invalid_parameter",
            param="payment_method",
        )


def check_return_url(intent: Document, asked: Document) -> None:
    """Refuse a confirmation that might send the customer away and doesn't say where to come back.

    A return URL belongs to confirming; without redirects, or with cards only, there is no need of one.
    """
    automatic = intent["automatic_payment_methods"]
    if "return_url" in asked or not automatic or not automatic["enabled"] or automatic["allow_redirects"] == "never":
        return
    raise refusal(
        "This intent is configured to accept payment methods enabled in your Dashboard. Because some of these payment "
        "methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to "
        "accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and "
        "`automatic_payment_methods[allow_redirects]` to `never`.",
        param="return_url",
    )


def check_client(call: Call, intent: Document) -> None:
    """Let the browser's key in only together with the intent's secret."""
    given = call.asked.get("client_secret")
    if given is None and call.is_publishable:
        raise secret_key_required()
    if given is not None and not compare_digest(given.encode(), intent["client_secret"].encode()):
        raise refusal("The client_secret provided does not match this intent.", param="client_secret")


def as_client_sees(call: Call, intent: Document) -> Document:
    """Leave out what a browser isn't shown."""
    if not call.is_publishable:
        return intent
    return {name: value for name, value in intent.items() if name not in HIDDEN_FROM_CLIENTS}


def next_action(intent: Document, return_url: str | None) -> Document:
    """Say where the customer goes for 3-D Secure."""
    url = f"https://hooks.stripe.com/3d_secure_2/hosted?merchant=acct_sandbox&intent={intent['id']}"
    if return_url is None:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": url}}


def asks_for_authentication(method: Document) -> bool:
    """Say whether the bank wants 3-D Secure for a payment with this method."""
    wish = cards.of(method).authentication
    return wish is Authentication.ALWAYS or (wish is Authentication.UNTIL_SET_UP and not method["_is_set_up"])
