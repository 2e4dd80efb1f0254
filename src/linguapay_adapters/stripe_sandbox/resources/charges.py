"""Charges (Stripe's page "The Charge object")."""

from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import cards, money_movements
from linguapay_adapters.stripe_sandbox.cards import Decline
from linguapay_adapters.stripe_sandbox.lists import listing
from linguapay_adapters.stripe_sandbox.parameters import (
    Parameters,
    clearable,
    merged_metadata,
    metadata,
    optional,
    text,
)
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World, shape_of

CAPTURED_AFTER_SECONDS = 2
UPDATE: Parameters = {
    "description": optional(clearable(text)),
    "metadata": optional(metadata),
    "transfer_group": optional(text),
}


def make(
    world: World, intent: Document, method: Document, decline: Decline | None, *, is_pending: bool = False
) -> Document:
    """Charge a card for an intent: the bank says yes, or no with a reason, or (pending) nothing yet.

    The balance transaction follows with the capture, `CAPTURED_AFTER_SECONDS` later, unless the intent captures
    synchronously (Stripe's page "Asynchronous capture").
    """
    is_paid = decline is None and not is_pending
    status = "pending" if is_pending else "succeeded" if is_paid else "failed"
    charge = world.add(
        {
            "id": world.new_id("ch"),
            **shape_of("charge"),
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if is_paid else 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": method["billing_details"],
            "calculated_statement_descriptor": "SANDBOX",
            "captured": is_paid,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": decline and decline.code,
            "failure_message": decline and decline.message,
            "fraud_details": {},
            "metadata": intent["metadata"],
            "on_behalf_of": None,
            "outcome": _outcome(decline),
            "paid": is_paid,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {"type": method["type"], method["type"]: method[method["type"]]},
            "receipt_email": intent["receipt_email"],
            "receipt_number": None,
            "receipt_url": None,
            "refunded": False,
            "review": None,
            "shipping": None,
            "source_transfer": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
            "status": status,
            "transfer_data": None,
            "transfer_group": intent["transfer_group"],
        },
        event=f"charge.{status}",
    )
    if is_paid and intent["capture_method"] == "automatic_async":
        world.later("capture", charge, CAPTURED_AFTER_SECONDS)
    elif is_paid:
        capture(world, charge)
    return charge


def capture(world: World, charge: Document) -> Document:
    """Bring a charge's money into the balance. Capturing again changes nothing."""
    if charge["balance_transaction"] is not None:
        return charge
    method = world.get("payment_method", charge["payment_method"])
    wait = 0 if cards.of(method).is_available_at_once else money_movements.AVAILABLE_AFTER_SECONDS
    movement = money_movements.move(
        world,
        "charge",
        charge["amount"],
        charge["currency"],
        source=charge["id"],
        fee_minor=money_movements.charge_fee_minor(charge["amount"]),
        available_on=world.now + wait,
        description=charge["description"],
    )
    return world.change(charge, balance_transaction=movement["id"], event="charge.updated")


def clear(world: World, charge: Document, decline: Decline | None) -> Document:
    """Let the bank answer about a pending charge after all."""
    if decline is not None:
        return world.change(
            charge,
            status="failed",
            failure_code=decline.code,
            failure_message=decline.message,
            outcome=_outcome(decline),
            event="charge.failed",
        )
    world.change(
        charge,
        status="succeeded",
        paid=True,
        captured=True,
        amount_captured=charge["amount"],
        event="charge.succeeded",
    )
    return capture(world, charge)


def retrieve(call: Call) -> Document:
    """Show a charge."""
    return call.world.get("charge", call.path["charge"], status=HTTPStatus.NOT_FOUND)


def update(call: Call) -> Document:
    """Change what a charge is labelled with."""
    charge = retrieve(call)
    changes = dict(call.asked)
    changes["metadata"] = merged_metadata(charge["metadata"], call.asked.get("metadata", {}))
    return call.world.change(charge, **changes, event="charge.updated")


def _outcome(decline: Decline | None) -> Document:
    return {
        "network_status": "approved_by_network" if decline is None else "declined_by_network",
        "reason": decline and decline.decline_code,
        "risk_level": "normal",
        "seller_message": "Payment complete." if decline is None else "The bank declined the payment.",
        "type": "authorized" if decline is None else "issuer_declined",
    }


ROUTES = (
    Route("GET", "/v1/charges/{charge}", retrieve),
    Route("POST", "/v1/charges/{charge}", update, UPDATE),
    listing(
        "/v1/charges",
        "charge",
        {"payment_intent": optional(text), "customer": optional(text), "transfer_group": optional(text)},
    ),
)
