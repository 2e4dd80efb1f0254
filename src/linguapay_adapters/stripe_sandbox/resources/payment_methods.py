"""Payment methods: cards, sent by the browser or named by a test token (Stripe's page "The PaymentMethod object")."""

from datetime import UTC, datetime
from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import cards, saved_methods
from linguapay_adapters.stripe_sandbox.cards import Card
from linguapay_adapters.stripe_sandbox.errors import card_error, no_such, refusal
from linguapay_adapters.stripe_sandbox.lists import listing
from linguapay_adapters.stripe_sandbox.parameters import (
    Parameters,
    clearable,
    integer,
    merged_metadata,
    metadata,
    object_of,
    one_of,
    optional,
    required,
    text,
)
from linguapay_adapters.stripe_sandbox.resources import customers
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World, shape_of

MONTHS = range(1, 13)
NO_BILLING_DETAILS: Document = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
BILLING_DETAILS: Parameters = {name: optional(clearable(text)) for name in ("email", "name", "phone")}
CREATE: Parameters = {
    "type": required(one_of("card")),
    "card": required(
        object_of(
            {
                "number": required(text),
                "exp_month": required(integer),
                "exp_year": required(integer),
                "cvc": optional(text),
            }
        )
    ),
    "billing_details": optional(object_of(BILLING_DETAILS)),
    "metadata": optional(metadata),
}
UPDATE: Parameters = {"billing_details": optional(object_of(BILLING_DETAILS)), "metadata": optional(metadata)}
TYPE_FILTER = {"type": optional(one_of("card", "us_bank_account"))}


def usable(world: World, identifier: str, *, param: str = "payment_method") -> Document:
    """Find a method by its id, or make a fresh one of a test token such as `pm_card_visa`."""
    if identifier in cards.BY_TOKEN:
        today = datetime.fromtimestamp(world.now, UTC)
        return _new(world, cards.BY_TOKEN[identifier], exp_month=today.month, exp_year=today.year + 1)
    method = world.get("payment_method", identifier, param=param)
    if method["customer"] is None:
        saved_methods.check_unspent(method)
    return method


def create(call: Call) -> Document:
    """Make a method of a card number. Only browsers may send one (Stripe's page "Integration security guide")."""
    if not call.is_publishable:
        raise refusal(
            "Sending credit card numbers directly to the Stripe API is generally unsafe. To continue processing use "
            "Stripe.js, the Stripe mobile bindings, or Stripe Elements, with the publishable key."
        )
    given = call.asked["card"]
    card = _checked(call.world, given)
    return _new(
        call.world,
        card,
        exp_month=given["exp_month"],
        exp_year=given["exp_year"],
        billing_details=call.asked.get("billing_details", {}),
        labels=merged_metadata({}, call.asked.get("metadata")),
    )


def retrieve(call: Call) -> Document:
    """Show a method."""
    if call.path["payment_method"] in cards.BY_TOKEN:
        return usable(call.world, call.path["payment_method"])
    return _at(call)


def retrieve_of_customer(call: Call) -> Document:
    """Show a method that a customer has saved."""
    customers.living(call.world, call.path["customer"], param="customer", status=HTTPStatus.NOT_FOUND)
    method = _at(call)
    if method["customer"] != call.path["customer"]:
        raise no_such("payment_method", method["id"], param="payment_method", status=HTTPStatus.NOT_FOUND)
    return method


def update(call: Call) -> Document:
    """Change the billing details or metadata of a saved method."""
    method = _at(call)
    return call.world.change(
        method,
        billing_details={**method["billing_details"], **call.asked.get("billing_details", {})},
        metadata=merged_metadata(method["metadata"], call.asked.get("metadata", {})),
        event="payment_method.updated",
    )


def attach(call: Call) -> Document:
    """Save a method for a customer."""
    customer = customers.living(call.world, call.asked["customer"], param="customer")
    if call.path["payment_method"] in cards.BY_TOKEN:
        method = usable(call.world, call.path["payment_method"])
    else:
        method = _at(call)
    return saved_methods.attach(call.world, method, customer["id"])


def detach(call: Call) -> Document:
    """Take a method away from its customer."""
    return saved_methods.detach(call.world, _at(call))


def _at(call: Call) -> Document:
    return call.world.get(
        "payment_method", call.path["payment_method"], param="payment_method", status=HTTPStatus.NOT_FOUND
    )


def _checked(world: World, given: Document) -> Card:
    number = given["number"].replace(" ", "").replace("-", "")
    if not (number.isascii() and number.isdigit() and cards.passes_luhn(number)):
        raise card_error("Your card number is incorrect.", code="incorrect_number", param="number")
    if given["exp_month"] not in MONTHS:
        raise card_error("Your card's expiration month is invalid.", code="invalid_expiry_month", param="exp_month")
    today = datetime.fromtimestamp(world.now, UTC)
    if (given["exp_year"], given["exp_month"]) < (today.year, today.month):
        raise card_error("Your card's expiration year is invalid.", code="invalid_expiry_year", param="exp_year")
    card = cards.BY_NUMBER.get(number)
    if card is None or card.kind != "card":
        raise card_error(
            "Your card was declined. Your request was in test mode, but used a non test card.",
            code="card_declined",
            decline_code="test_mode_live_card",
        )
    return card


def _new(
    world: World,
    card: Card,
    *,
    exp_month: int,
    exp_year: int,
    billing_details: Document | None = None,
    labels: dict[str, str] | None = None,
) -> Document:
    kind = card.kind
    details = _card_details(card, exp_month, exp_year) if kind == "card" else _bank_account_details(card)
    return world.add(
        {
            "id": world.new_id("pm"),
            **shape_of("payment_method"),
            "allow_redisplay": "unspecified",
            "billing_details": {**NO_BILLING_DETAILS, **(billing_details or {})},
            kind: details,
            "customer": None,
            "metadata": labels or {},
            "type": kind,
            "_number": card.number,
            "_is_set_up": False,
            "_is_spent": False,
        }
    )


def _card_details(card: Card, exp_month: int, exp_year: int) -> Document:
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": cards.fingerprint(card.number),
        "funding": "credit",
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _bank_account_details(account: Card) -> Document:
    return {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "fingerprint": cards.fingerprint(account.number),
        "last4": account.number[-4:],
        "routing_number": "110000000",
    }


ROUTES = (
    Route("POST", "/v1/payment_methods", create, CREATE, admits_publishable_key=True),
    Route("GET", "/v1/payment_methods/{payment_method}", retrieve),
    Route("POST", "/v1/payment_methods/{payment_method}", update, UPDATE),
    Route("POST", "/v1/payment_methods/{payment_method}/attach", attach, {"customer": required(text)}),
    Route("POST", "/v1/payment_methods/{payment_method}/detach", detach),
    Route("GET", "/v1/customers/{customer}/payment_methods/{payment_method}", retrieve_of_customer),
    listing("/v1/payment_methods", "payment_method", {"customer": optional(text), **TYPE_FILTER}),
    listing("/v1/customers/{customer}/payment_methods", "payment_method", TYPE_FILTER, within=("customer",)),
)
