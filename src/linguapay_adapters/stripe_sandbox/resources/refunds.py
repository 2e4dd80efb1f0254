"""Refunds (Stripe's pages "The Refund object" and "Refund and cancel payments").

A refund is paid out of the platform's whole balance, what is still pending included. While that doesn't cover it the
refund is pending with the reason `insufficient_funds`, and is paid as soon as the balance does: the balance is never
overdrawn by a refund. Card 7726 leaves a refund pending for three hours; card 5126 gives it back after three hours.
"""

from http import HTTPStatus

from linguapay_adapters.stripe_sandbox import cards, money_movements
from linguapay_adapters.stripe_sandbox.cards import RefundCourse
from linguapay_adapters.stripe_sandbox.currencies import spoken
from linguapay_adapters.stripe_sandbox.errors import (
    exclusive_parameters,
    missing_parameter,
    refusal,
    unexpected_state,
)
from linguapay_adapters.stripe_sandbox.lists import listing
from linguapay_adapters.stripe_sandbox.parameters import (
    Parameters,
    amount,
    merged_metadata,
    metadata,
    one_of,
    optional,
    text,
)
from linguapay_adapters.stripe_sandbox.resources import charges
from linguapay_adapters.stripe_sandbox.routing import Call, Route
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World, shown

COURSE_SECONDS = 3 * 60 * 60
CREATE: Parameters = {
    "amount": optional(amount),
    "charge": optional(text),
    "metadata": optional(metadata),
    "payment_intent": optional(text),
    "reason": optional(one_of("duplicate", "fraudulent", "requested_by_customer")),
}


def create(call: Call) -> Document:
    """Send money back, never more than the charge has left."""
    world, asked = call.world, call.asked
    charge = charges.capture(world, _charge(world, asked))
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise refusal(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded", param="charge"
        )
    wanted = asked.get("amount", left)
    if wanted > left:
        currency = charge["currency"]
        raise refusal(
            f"Refund amount ({spoken(wanted, currency)}) is greater than unrefunded amount on charge "
            f"({spoken(left, currency)})",
            param="amount",
        )
    refund: Document = {
        "id": world.new_id("re"),
        "object": "refund",
        "amount": wanted,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.now,
        "currency": charge["currency"],
        "destination_details": {"type": "card", "card": {"type": "refund", "reference_status": "pending"}},
        "metadata": merged_metadata({}, asked.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "reason": asked.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending",
        "transfer_reversal": None,
    }
    refund.update(_paid(world, refund))
    world.add(refund, event="refund.created")
    _count(world, charge, wanted, event="charge.refunded")
    return refund


def retrieve(call: Call) -> Document:
    """Show a refund."""
    return call.world.get("refund", call.path["refund"], param="id", status=HTTPStatus.NOT_FOUND)


def update(call: Call) -> Document:
    """Change a refund's metadata."""
    refund = retrieve(call)
    changed = merged_metadata(refund["metadata"], call.asked.get("metadata", {}))
    return call.world.change(refund, metadata=changed, event="refund.updated")


def pay(world: World, refund: Document) -> None:
    """Pay a refund that waits for funds, or let it wait on."""
    changes = _paid(world, refund)
    if changes["balance_transaction"] is not None:
        world.change(refund, **changes, event="refund.updated")


def succeed(world: World, refund: Document) -> None:
    """Let a pending refund reach the card."""
    refund.pop("pending_reason", None)
    world.change(refund, status="succeeded", event="refund.updated")


def fail(world: World, refund: Document) -> None:
    """Let a succeeded refund come back from the bank: the money returns, and may be refunded again."""
    movement = money_movements.move(world, "refund_failure", refund["amount"], refund["currency"], source=refund["id"])
    world.change(
        refund,
        status="failed",
        failure_balance_transaction=movement["id"],
        failure_reason="expired_or_canceled_card",
        event="refund.updated",
    )
    world.tell("refund.failed", refund)
    _count(world, world.get("charge", refund["charge"]), -refund["amount"], event="charge.updated")


def _charge(world: World, asked: Document) -> Document:
    if "charge" in asked and "payment_intent" in asked:
        raise exclusive_parameters("You may only specify one of these parameters: charge, payment_intent.", "charge")
    if "charge" in asked:
        charge = world.get("charge", asked["charge"], param="charge")
        if not charge["paid"]:
            raise refusal("This charge failed, so it can't be refunded.", param="charge")
        return charge
    if "payment_intent" not in asked:
        raise missing_parameter("payment_intent")
    intent = world.get("payment_intent", asked["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise unexpected_state(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            shown(intent),
        )
    return world.get("charge", intent["latest_charge"])


def _paid(world: World, refund: Document) -> Document:
    """Take the money from the balance, if it is there, and return what changes in the refund."""
    currency = refund["currency"]
    if money_movements.funds(world, currency).total_minor < refund["amount"]:
        world.later("pay_refund", refund, None)
        return {"status": "pending", "pending_reason": "insufficient_funds", "balance_transaction": None}
    movement = money_movements.move(world, "refund", -refund["amount"], currency, source=refund["id"])
    refund.pop("pending_reason", None)
    charge = world.get("charge", refund["charge"])
    course = cards.of(world.get("payment_method", charge["payment_method"])).refund
    if course is RefundCourse.LATER:
        world.later("succeed_refund", refund, COURSE_SECONDS)
        return {"status": "pending", "pending_reason": "processing", "balance_transaction": movement["id"]}
    if course is RefundCourse.FAILS_LATER:
        world.later("fail_refund", refund, COURSE_SECONDS)
    return {"status": "succeeded", "balance_transaction": movement["id"]}


def _count(world: World, charge: Document, amount_minor: int, *, event: str) -> None:
    refunded = charge["amount_refunded"] + amount_minor
    world.change(charge, amount_refunded=refunded, refunded=refunded == charge["amount"], event=event)


ROUTES = (
    Route("POST", "/v1/refunds", create, CREATE),
    Route("GET", "/v1/refunds/{refund}", retrieve),
    Route("POST", "/v1/refunds/{refund}", update, {"metadata": optional(metadata)}),
    listing("/v1/refunds", "refund", {"charge": optional(text), "payment_intent": optional(text)}),
)
