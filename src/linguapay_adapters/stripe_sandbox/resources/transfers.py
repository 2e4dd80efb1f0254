"""Transfers to connected accounts, and their reversals (Stripe's page "Create separate charges and transfers").

A transfer out of a charge (`source_transaction`) never fails for want of funds: it waits for the charge's, and is
capped by the charge's amount before fees; so fees may bring the platform below zero, as they may at Stripe. Any other
transfer needs available funds. A reversal needs funds in the connected account, those still pending included.
"""

from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import money_movements
from linguapay_adapters.stripe_sandbox.currencies import currency, spoken
from linguapay_adapters.stripe_sandbox.errors import balance_insufficient, no_such, refusal
from linguapay_adapters.stripe_sandbox.lists import embedded, listing
from linguapay_adapters.stripe_sandbox.parameters import (
    Parameters,
    amount,
    clearable,
    merged_metadata,
    metadata,
    optional,
    required,
    text,
)
from linguapay_adapters.stripe_sandbox.resources import charges
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import PLATFORM, World, shape_of, shown

CREATE: Parameters = {
    "amount": required(amount),
    "currency": required(currency),
    "destination": required(text),
    "description": optional(text),
    "metadata": optional(metadata),
    "source_transaction": optional(text),
    "transfer_group": optional(text),
}
REVERSE: Parameters = {
    "amount": optional(amount),
    "description": optional(text),
    "metadata": optional(metadata),
}
LABELS: Parameters = {"description": optional(clearable(text)), "metadata": optional(metadata)}


def create(call: Call) -> Document:
    """Send money to a connected account that can receive it."""
    world, asked = call.world, call.asked
    destination = _receiver(world, asked["destination"])
    source = _source(world, asked)
    if source is None and money_movements.funds(world, asked["currency"]).available_minor < asked["amount"]:
        raise balance_insufficient(
            "You have insufficient available funds in your Stripe account. Try adding funds directly to your available "
            "balance by creating Charges using the 4000000000000077 test card."
        )
    identifier = world.new_id("tr")
    movement = money_movements.move(
        world,
        "transfer",
        -asked["amount"],
        asked["currency"],
        source=identifier,
        available_on=_funds_on(world, source),
        description=asked.get("description"),
    )
    transfer: Document = {
        "id": identifier,
        **shape_of("transfer"),
        "amount": asked["amount"],
        "amount_reversed": 0,
        "balance_transaction": movement["id"],
        "currency": asked["currency"],
        "description": asked.get("description"),
        "destination": destination["id"],
        "destination_payment": None,
        "metadata": merged_metadata({}, asked.get("metadata")),
        "reversals": embedded(f"/v1/transfers/{identifier}/reversals", []),
        "reversed": False,
        "source_transaction": source and source["id"],
        "source_type": "card",
        "transfer_group": asked.get("transfer_group", source and source["transfer_group"]),
    }
    transfer["destination_payment"] = _arrive(world, transfer, movement["available_on"])
    return world.add(transfer, event="transfer.created")


def retrieve(call: Call) -> Document:
    """Show a transfer."""
    return call.world.get("transfer", call.path["transfer"], param="id", status=HTTPStatus.NOT_FOUND)


def update(call: Call) -> Document:
    """Change what a transfer is labelled with."""
    transfer = retrieve(call)
    changes = dict(call.asked)
    changes["metadata"] = merged_metadata(transfer["metadata"], call.asked.get("metadata", {}))
    return call.world.change(transfer, **changes, event="transfer.updated")


def reverse(call: Call) -> Document:
    """Take a transfer back, whole or in part."""
    world, asked, transfer = call.world, call.asked, retrieve(call)
    code = transfer["currency"]
    left = transfer["amount"] - transfer["amount_reversed"]
    wanted = asked.get("amount", left)
    if left == 0:
        raise refusal(f"Transfer {transfer['id']} is already fully reversed.")
    if wanted > left:
        raise refusal(
            f"Reversal amount ({spoken(wanted, code)}) is greater than unreversed amount on transfer "
            f"({spoken(left, code)})",
            param="amount",
        )
    receiver = world.of(transfer["destination"])
    if money_movements.funds(receiver, code).total_minor < wanted:
        raise balance_insufficient("Insufficient funds in the connected account to reverse this transfer.")
    identifier = world.new_id("trr")
    movement = money_movements.move(world, "transfer_refund", wanted, code, source=identifier)
    money_movements.move(receiver, "payment_refund", -wanted, code, source=transfer["destination_payment"])
    reversal = world.add(
        {
            "id": identifier,
            "object": "transfer_reversal",
            "amount": wanted,
            "balance_transaction": movement["id"],
            "currency": code,
            "destination_payment_refund": None,
            "metadata": merged_metadata({}, asked.get("metadata")),
            "source_refund": None,
            "transfer": transfer["id"],
        }
    )
    reversed_minor = transfer["amount_reversed"] + wanted
    reversals = [shown(reversal), *transfer["reversals"]["data"]]
    world.change(
        transfer,
        amount_reversed=reversed_minor,
        reversals=embedded(transfer["reversals"]["url"], reversals),
        reversed=reversed_minor == transfer["amount"],
        event="transfer.reversed",
    )
    return reversal


def retrieve_reversal(call: Call) -> Document:
    """Show a reversal."""
    reversal = call.world.get("transfer_reversal", call.path["reversal"], param="id", status=HTTPStatus.NOT_FOUND)
    if reversal["transfer"] != call.path["transfer"]:
        raise no_such("transfer_reversal", reversal["id"], param="id", status=HTTPStatus.NOT_FOUND)
    return reversal


def _receiver(world: World, identifier: str) -> Document:
    account = world.store.get(PLATFORM, identifier)
    if account is None or account["object"] != "account":
        raise no_such("destination", identifier, param="destination")
    if account["capabilities"].get("transfers") != "active":
        raise refusal(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            "crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    return account


def _source(world: World, asked: Document) -> Document | None:
    """Find the charge that a transfer draws on, with its funds known."""
    if "source_transaction" not in asked:
        return None
    charge = world.get("charge", asked["source_transaction"], param="source_transaction")
    code = charge["currency"]
    if not charge["paid"]:
        raise refusal("The source_transaction has not succeeded.", param="source_transaction")
    if code != asked["currency"]:
        raise refusal(
            f"The currency specified does not match the currency of source_transaction's balance transaction ({code}).",
            param="currency",
        )
    earlier = world.find("transfer", source_transaction=charge["id"])
    drawn = sum(transfer["amount"] - transfer["amount_reversed"] for transfer in earlier)
    if drawn + asked["amount"] > charge["amount"]:
        raise refusal(
            f"Transfers using this transaction as a source must not exceed the source amount of "
            f"{spoken(charge['amount'], code)}. (There are already existing transfers using this source, totaling "
            f"{spoken(drawn, code)}.)",
            param="amount",
        )
    return charges.capture(world, charge)


def _funds_on(world: World, source: Document | None) -> int:
    if source is None:
        return world.now
    available_on: int = world.get("balance_transaction", source["balance_transaction"])["available_on"]
    return max(world.now, available_on)


def _arrive(world: World, transfer: Document, available_on: int) -> str:
    """Bring the money into the connected account and return the id of its payment."""
    receiver = world.of(transfer["destination"])
    identifier = receiver.new_id("py")
    movement = money_movements.move(
        receiver,
        "payment",
        transfer["amount"],
        transfer["currency"],
        source=identifier,
        available_on=available_on,
    )
    payment: Document = {
        "id": identifier,
        **shape_of("charge"),
        "amount": transfer["amount"],
        "amount_captured": transfer["amount"],
        "amount_refunded": 0,
        "balance_transaction": movement["id"],
        "captured": True,
        "currency": transfer["currency"],
        "customer": None,
        "description": transfer["description"],
        "paid": True,
        "payment_intent": None,
        "payment_method": None,
        "refunded": False,
        "source_transfer": transfer["id"],
        "status": "succeeded",
        "transfer_group": transfer["transfer_group"],
    }
    return str(receiver.add(payment)["id"])


ROUTES = (
    Route("POST", "/v1/transfers", create, CREATE),
    Route("GET", "/v1/transfers/{transfer}", retrieve),
    Route("POST", "/v1/transfers/{transfer}", update, LABELS),
    Route("POST", "/v1/transfers/{transfer}/reversals", reverse, REVERSE),
    Route("GET", "/v1/transfers/{transfer}/reversals/{reversal}", retrieve_reversal),
    listing("/v1/transfers", "transfer", {"destination": optional(text), "transfer_group": optional(text)}),
    listing("/v1/transfers/{transfer}/reversals", "transfer_reversal", within=("transfer",)),
)
