"""Payouts of an account's own balance to its bank (Stripe's page "The Payout object")."""

from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import money_movements
from linguapay_adapters.stripe_sandbox.currencies import currency
from linguapay_adapters.stripe_sandbox.errors import balance_insufficient, refusal
from linguapay_adapters.stripe_sandbox.lists import listing
from linguapay_adapters.stripe_sandbox.parameters import (
    Parameters,
    amount,
    merged_metadata,
    metadata,
    one_of,
    optional,
    required,
    text,
)
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World, shape_of

ARRIVES_AFTER_SECONDS = 24 * 60 * 60
CREATE: Parameters = {
    "amount": required(amount),
    "currency": required(currency),
    "description": optional(text),
    "metadata": optional(metadata),
    "method": optional(one_of("standard")),
}


def create(call: Call) -> Document:
    """Send available funds to the bank."""
    world, asked = call.world, call.asked
    if money_movements.funds(world, asked["currency"]).available_minor < asked["amount"]:
        raise balance_insufficient("You have insufficient funds in your Stripe account for this payout.")
    identifier = world.new_id("po")
    movement = money_movements.move(
        world, "payout", -asked["amount"], asked["currency"], source=identifier, description=asked.get("description")
    )
    payout: Document = {
        "id": identifier,
        **shape_of("payout"),
        "amount": asked["amount"],
        "arrival_date": world.now + ARRIVES_AFTER_SECONDS,
        "automatic": False,
        "balance_transaction": movement["id"],
        "currency": asked["currency"],
        "description": asked.get("description"),
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "metadata": merged_metadata({}, asked.get("metadata")),
        "method": "standard",
        "reconciliation_status": "not_applicable",
        "source_type": "card",
        "statement_descriptor": None,
        "status": "pending",
        "type": "bank_account",
    }
    world.later("arrive", payout, ARRIVES_AFTER_SECONDS)
    return world.add(payout, event="payout.created")


def retrieve(call: Call) -> Document:
    """Show a payout."""
    return call.world.get("payout", call.path["payout"], param="id", status=HTTPStatus.NOT_FOUND)


def arrive(world: World, payout: Document) -> None:
    """Let a payout reach the bank, unless it has failed."""
    if payout["status"] == "pending":
        world.change(payout, status="paid", event="payout.paid")


def fail(world: World, payout: Document) -> Document:
    """Let the bank send a payout back."""
    if payout["status"] == "failed":
        raise refusal(f"Payout {payout['id']} has already failed.")
    movement = money_movements.move(world, "payout_failure", payout["amount"], payout["currency"], source=payout["id"])
    return world.change(
        payout,
        status="failed",
        failure_balance_transaction=movement["id"],
        failure_code="account_closed",
        failure_message="The bank account has been closed.",
        event="payout.failed",
    )


ROUTES = (
    Route("POST", "/v1/payouts", create, CREATE),
    Route("GET", "/v1/payouts/{payout}", retrieve),
    listing("/v1/payouts", "payout", {"status": optional(text)}),
)
