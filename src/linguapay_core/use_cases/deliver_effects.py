"""The worker keeps promises: calls to Stripe that are owed and that nobody is making."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linguapay_core.domain.decision import Decision
from linguapay_core.domain.effect import Effect
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.delivery import Outside, Promise, deliver, take
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class DeliverEffects:
    """At most so many, one after the other."""

    limit: int = 20


def deliver_effects(
    command: DeliverEffects,
    *,
    transactions: Transactions,
    gateway: Gateway,
    clock: Clock,
    identifiers: Identifiers,
) -> int:
    """Make the calls that are due. Each is leased just before it is made, so that a slow one costs no other its lease.

    Returns the number of effects that were taken.
    """
    outside = Outside(transactions, gateway, clock, identifiers)
    for done in range(command.limit):
        taken, promise = _take_one(outside)
        if not taken:
            return done
        if promise is not None:
            deliver(promise, outside)
    return command.limit


@until_fresh
def _take_one(outside: Outside) -> tuple[Sequence[Effect], Promise | None]:
    with outside.transactions.begin() as transaction:
        due = transaction.due(Effect, at=outside.clock.now(), limit=1)
        promise: Promise | None = None
        for effect in due:
            decision: Decision[object]
            promise, decision = take(transaction, effect, outside)
            transaction.keep(decision)
    return due, promise
