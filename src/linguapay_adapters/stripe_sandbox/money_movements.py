"""Balances: one balance transaction per movement of money (Stripe's page "Balance transaction types").

Every charge settles in its own currency. A charge costs 2.9 % + 0.30; refunds give no fee back.
"""

from dataclasses import dataclass

from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World

DAY_SECONDS = 24 * 60 * 60
AVAILABLE_AFTER_SECONDS = 2 * DAY_SECONDS
REPORTING_CATEGORIES = {
    "adjustment": "other_adjustment",
    "charge": "charge",
    "payment": "charge",
    "payment_refund": "refund",
    "payout": "payout",
    "payout_failure": "payout_reversal",
    "refund": "refund",
    "refund_failure": "refund_failure",
    "stripe_fee": "fee",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
}


@dataclass(frozen=True, slots=True)
class Funds:
    """What an account has in one currency, in minor units: to spend now, and still on its way."""

    available_minor: int = 0
    pending_minor: int = 0

    @property
    def total_minor(self) -> int:
        """All of it."""
        return self.available_minor + self.pending_minor


def charge_fee_minor(amount_minor: int) -> int:
    """Stripe's fee for a charge: 2.9 %, half up, + 0.30, in minor units."""
    return (amount_minor * 29 + 500) // 1000 + 30


def move(
    world: World,
    kind: str,
    amount_minor: int,
    currency: str,
    *,
    source: str | None,
    fee_minor: int = 0,
    available_on: int | None = None,
    description: str | None = None,
) -> Document:
    """Move money into the account (or out of it, below zero) and return the balance transaction of it."""
    on = world.now if available_on is None else available_on
    net = amount_minor - fee_minor
    fee_detail = {
        "amount": fee_minor,
        "application": None,
        "currency": currency,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    movement: Document = {
        "id": world.new_id("txn"),
        "object": "balance_transaction",
        "amount": amount_minor,
        "available_on": on,
        "balance_type": "payments",
        "created": world.now,
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee_minor,
        "fee_details": [fee_detail] if fee_minor else [],
        "net": net,
        "reporting_category": REPORTING_CATEGORIES[kind],
        "source": source,
        "status": "available" if on <= world.now else "pending",
        "type": kind,
    }
    world.store.run(
        "INSERT INTO movements (id, account, currency, available_on, net_minor) VALUES (?, ?, ?, ?, ?)",
        (movement["id"], world.account, currency, on, net),
    )
    if on > world.now:
        world.later("make_available", movement, on - world.now)
    return world.add(movement)


def funds(world: World, currency: str) -> Funds:
    """Return what the account has in a currency."""
    return all_funds(world).get(currency, Funds())


def all_funds(world: World) -> dict[str, Funds]:
    """Return what the account has, by currency."""
    rows = world.store.run(
        "SELECT currency, SUM(CASE WHEN available_on <= ?1 THEN net_minor ELSE 0 END), "
        "SUM(CASE WHEN available_on > ?1 THEN net_minor ELSE 0 END) "
        "FROM movements WHERE account = ?2 GROUP BY currency ORDER BY currency",
        (world.now, world.account),
    )
    return {currency: Funds(available, pending) for currency, available, pending in rows}


def make_available(world: World, movement: Document) -> None:
    """Show a movement whose day has come as available."""
    world.change(movement, status="available")
