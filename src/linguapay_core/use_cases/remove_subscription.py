"""The host platform doesn't want to be told any more."""

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
class RemoveSubscription:
    """This subscription."""

    subscription_id: str
    person_id: str
    role: Role = Role.ADMIN


@until_fresh
def remove_subscription(command: RemoveSubscription, *, transactions: Transactions, clock: Clock) -> Subscription:
    """Never tell it anything again, and forget its secrets; what was told stays in the log.

    A second time changes nothing.
    """
    by = in_charge(command.person_id, command.role)
    subscription_id = SubscriptionId.parse(command.subscription_id)
    with transactions.begin() as transaction:
        subscription = transaction.subscription(subscription_id)
        secrets = transaction.signing_secrets(subscription_id)
        decision = subscription_rules.remove(subscription, secrets, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
