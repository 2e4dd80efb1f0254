"""What people do at Stripe's own pages, and what Stripe does by itself: the deeds behind `/sandbox/…`."""

from linguapay_adapters.stripe_sandbox import attempts, intents, money_movements
from linguapay_adapters.stripe_sandbox.errors import no_such, refusal
from linguapay_adapters.stripe_sandbox.resources import accounts, payouts, setup_intents
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World


def complete_action(world: World, identifier: str, *, succeeds: bool) -> Document:
    """Pass 3-D Secure for an intent, or fail it."""
    intent = world.store.get(world.account, identifier)
    if intent is None or intent["object"] not in ("payment_intent", "setup_intent"):
        raise no_such("intent", identifier, param="intent")
    if intent["status"] != intents.REQUIRES_ACTION:
        raise refusal(f"{identifier} requires no action: it has a status of {intent['status']}.")
    method = world.get("payment_method", intent["payment_method"])
    if intent["object"] == "payment_intent":
        (attempts.pay if succeeds else attempts.fail_authentication)(world, intent, method)
    else:
        (setup_intents.succeed if succeeds else setup_intents.fail_authentication)(world, intent, method)
    return intent


def complete_onboarding(world: World, account: str) -> Document:
    """Answer all that Stripe asks the owner of a connected account."""
    return accounts.complete_onboarding(world, accounts.connected(world, account))


def disable_transfers(world: World, account: str) -> Document:
    """Restrict a connected account, so that it can't receive transfers."""
    return accounts.disable_transfers(world, accounts.connected(world, account))


def fail_payout(world: World, payout: str) -> Document:
    """Send a payout back from the bank."""
    return payouts.fail(world, world.get("payout", payout))


def adjust(world: World, amount_minor: int, currency: str, description: str) -> Document:
    """Add an amount to the balance, or take it away below zero, for no object's sake."""
    return money_movements.move(world, "adjustment", amount_minor, currency, source=None, description=description)


def charge_stripe_fee(world: World, amount_minor: int, currency: str, description: str) -> Document:
    """Take a fee of Stripe's from the balance that belongs to no charge."""
    return money_movements.move(world, "stripe_fee", -amount_minor, currency, source=None, description=description)
