"""The host platform wants another secret."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import subscription_rules
from linguapay_core.domain.identifiers import SubscriptionId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.subscription_rules import SECRET_BYTES, new_secret
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.add_subscription import Subscribed
from linguapay_core.use_cases.steps.loading import in_charge
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class RotateSubscriptionSecret:
    """The secret of this subscription."""

    subscription_id: str
    person_id: str
    role: Role = Role.ADMIN


@until_fresh
def rotate_subscription_secret(
    command: RotateSubscriptionSecret, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Subscribed:
    """Sign with a new secret, and for a day with the present one too. The answer has the new one, told this once.

    Raises ``Refused`` for a subscription that is removed.
    """
    by = in_charge(command.person_id, command.role)
    subscription_id = SubscriptionId.parse(command.subscription_id)
    secret = new_secret(identifiers.chance(SECRET_BYTES))
    with transactions.begin() as transaction:
        subscription = transaction.subscription(subscription_id)
        secrets = transaction.signing_secrets(subscription_id)
        transaction.keep(subscription_rules.rotate_secret(subscription, secrets, secret, by=by, at=clock.now()))
    return Subscribed(subscription, secret)
