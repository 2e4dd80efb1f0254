"""The worker forgets messages that nobody will ask for any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from linguapay_core.domain import delivery_rules
from linguapay_core.domain.decision import Decision
from linguapay_core.domain.delivery import KEPT
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ForgetMessages:
    """Those that were last under way longer ago than this; at most so many at once."""

    kept: timedelta = KEPT
    limit: int = 500


@until_fresh
def forget_messages(command: ForgetMessages, *, transactions: Transactions, clock: Clock) -> int:
    """Cancel what waits for subscriptions that are removed, and forget what ended long ago. Returns how many."""
    at = clock.now()
    with transactions.begin() as transaction:
        decision: Decision[object] = Decision(None)
        to_nobody = transaction.deliveries_to_nobody(at=at, limit=command.limit)
        for delivery in to_nobody:
            decision += delivery_rules.cancel(delivery, at=at)
        transaction.keep(decision)
        return len(to_nobody) + transaction.forget_deliveries(before=at - command.kept, limit=command.limit)
