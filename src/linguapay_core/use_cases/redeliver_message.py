"""The host platform wants to be told something once more."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import delivery_rules
from linguapay_core.domain.delivery import Delivery
from linguapay_core.domain.identifiers import MessageId
from linguapay_core.domain.machine import Role
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import in_charge
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class RedeliverMessage:
    """The message with this ``webhook-id``."""

    message_id: str
    person_id: str
    role: Role = Role.ADMIN


@until_fresh
def redeliver_message(command: RedeliverMessage, *, transactions: Transactions, clock: Clock) -> Delivery:
    """Send it once more under the same identifier, at once; what is under way is let be.

    Raises ``Refused`` where its subscription is removed.
    """
    by = in_charge(command.person_id, command.role)
    message_id = MessageId.parse(command.message_id)
    with transactions.begin() as transaction:
        delivery = transaction.delivery(message_id)
        subscription = transaction.subscription(delivery.subscription_id)
        decision = delivery_rules.redeliver(delivery, subscription, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
