"""The host platform wants to be told elsewhere, or of other events."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from linguapay_core.domain import subscription_rules
from linguapay_core.domain.endpoint import check_url
from linguapay_core.domain.identifiers import SubscriptionId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.subscription import Subscription
from linguapay_core.domain.subscription_rules import Wish
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.messenger import Messenger
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import in_charge
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ChangeSubscription:
    """What is ``None`` stays as it is; empty ``event_types`` are all."""

    subscription_id: str
    person_id: str
    url: str | None = None
    event_types: Collection[str] | None = None
    description: str | None = None
    role: Role = Role.ADMIN


@until_fresh
def change_subscription(
    command: ChangeSubscription, *, transactions: Transactions, messenger: Messenger, clock: Clock
) -> Subscription:
    """Take over what is wished; the same wish changes nothing. Messages that wait go to the new address.

    Raises ``Invalid`` for a wish that can't be meant, and ``Refused`` for a subscription that is removed.
    """
    by = in_charge(command.person_id, command.role)
    subscription_id = SubscriptionId.parse(command.subscription_id)
    with transactions.begin() as transaction:
        now = transaction.subscription(subscription_id)
        wish = Wish(
            now.url if command.url is None else check_url(command.url, this_machine=messenger.reaches_this_machine),
            now.event_types if command.event_types is None else command.event_types,
            now.description if command.description is None else command.description,
        )
        decision = subscription_rules.change(now, wish, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
