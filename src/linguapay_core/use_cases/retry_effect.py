"""An operator lets a parked call be made again."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import effect_rules
from linguapay_core.domain.effect import Effect
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class RetryEffect:
    """This effect, by this admin."""

    effect_id: str
    admin_id: str


@until_fresh
def retry_effect(command: RetryEffect, *, transactions: Transactions, clock: Clock) -> Effect:
    """Look for it once more, and ask again under a new key if nothing is found.

    Raises ``Refused`` unless it is parked.
    """
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        effect = transaction.effect(command.effect_id)
        decision = effect_rules.retry(effect, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
