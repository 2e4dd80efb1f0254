"""What the clock brings about: captures, bank accounts that clear, slow refunds, payouts, available funds.

Nothing waits. Whatever has fallen due is applied, in the order of its time, before anything else is looked at.
"""

from collections.abc import Callable
from dataclasses import replace

from linguapay_adapters.stripe_sandbox import attempts, money_movements
from linguapay_adapters.stripe_sandbox.resources import charges, payouts, refunds
from linguapay_adapters.stripe_sandbox.wire import Document
from linguapay_adapters.stripe_sandbox.world import World

DEEDS: dict[str, Callable[[World, Document], object]] = {
    "arrive": payouts.arrive,
    "capture": charges.capture,
    "clear": attempts.clear,
    "fail_refund": refunds.fail,
    "make_available": money_movements.make_available,
    "pay_refund": refunds.pay,
    "succeed_refund": refunds.succeed,
}


def settle(world: World) -> None:
    """Apply all that the clock has made due, each thing at its own instant, and what waited for funds."""
    while row := world.store.run(
        "SELECT number, deed, object_id, at FROM due WHERE at <= ? ORDER BY at, number LIMIT 1", (world.now,)
    ).fetchone():
        _do(replace(world, now=row[3]), row[0], row[1], row[2])
    waiting = world.store.run("SELECT number, deed, object_id FROM due WHERE at IS NULL ORDER BY number").fetchall()
    for number, deed, identifier in waiting:
        _do(world, number, deed, identifier)


def next_due(world: World) -> int | None:
    """Return the Unix second at which the next thing falls due; what waits for funds has none."""
    row = world.store.run("SELECT MIN(at) FROM due").fetchone()
    return None if row[0] is None else int(row[0])


def _do(world: World, number: int, deed: str, identifier: str) -> None:
    world.store.run("DELETE FROM due WHERE number = ?", (number,))
    account = world.store.account_of(identifier)
    document = account and world.store.get(account, identifier)
    if not account or not document:
        raise AssertionError(f"{deed} of {identifier}, which does not exist")
    DEEDS[deed](world.of(account), document)
