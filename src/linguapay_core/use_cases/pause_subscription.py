"""The host platform wants to be told nothing for a while."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import subscription_rules
from linguapay_core.domain.identifiers import SubscriptionId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.subscription import Subscription
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import in_charge
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class PauseSubscription:
    """This subscription."""

    subscription_id: str
    person_id: str
    role: Role = Role.ADMIN


@until_fresh
def pause_subscription(command: PauseSubscription, *, transactions: Transactions, clock: Clock) -> Subscription:
    """Tell it nothing for now: what is queued waits, and what happens meanwhile isn't queued.

    A second time changes nothing. Raises ``Refused`` in a state in which that can't be.
    """
    by = in_charge(command.person_id, command.role)
    subscription_id = SubscriptionId.parse(command.subscription_id)
    with transactions.begin() as transaction:
        decision = subscription_rules.pause(transaction.subscription(subscription_id), by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
