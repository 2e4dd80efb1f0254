"""The host platform tries whether our messages arrive."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import delivery_rules
from linguapay_core.domain.delivery import Delivery
from linguapay_core.domain.identifiers import MessageId, SubscriptionId
from linguapay_core.domain.machine import Role
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import in_charge
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class SendTestMessage:
    """To this subscription."""

    subscription_id: str
    person_id: str
    role: Role = Role.ADMIN


@until_fresh
def send_test_message(
    command: SendTestMessage, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Delivery:
    """Queue a message of the type ``test``, whatever events are wanted. Raises ``Refused`` unless it is active."""
    by = in_charge(command.person_id, command.role)
    subscription_id = SubscriptionId.parse(command.subscription_id)
    with transactions.begin() as transaction:
        subscription = transaction.subscription(subscription_id)
        message_id = identifiers.new(MessageId)
        decision = delivery_rules.try_way(subscription, message_id, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
