"""The host platform wants to be told of our events."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from linguapay_core.domain import subscription_rules
from linguapay_core.domain.endpoint import check_url
from linguapay_core.domain.identifiers import SubscriptionId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.subscription import Subscription
from linguapay_core.domain.subscription_rules import SECRET_BYTES, Wish, new_secret
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.messenger import Messenger
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import in_charge
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class AddSubscription:
    """Tell ``url`` of these events by their permanent names, or of all."""

    url: str
    person_id: str
    event_types: Collection[str] = ()
    description: str = ""
    role: Role = Role.ADMIN


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription, and the secret with which its messages are signed: nobody is told that again."""

    subscription: Subscription
    secret: Secret


@until_fresh
def add_subscription(
    command: AddSubscription,
    *,
    transactions: Transactions,
    messenger: Messenger,
    clock: Clock,
    identifiers: Identifiers,
) -> Subscribed:
    """Tell a new subscriber of what happens from now on.

    Raises ``Invalid`` for an address to which no message may go or an event that isn't known, and ``Refused`` where
    there are too many.
    """
    by = in_charge(command.person_id, command.role)
    url = check_url(command.url, this_machine=messenger.reaches_this_machine)
    secret = new_secret(identifiers.chance(SECRET_BYTES))
    with transactions.begin() as transaction:
        decision = subscription_rules.add(
            identifiers.new(SubscriptionId),
            Wish(url, command.event_types, command.description),
            secret,
            there_are=len(transaction.subscriptions()),
            by=by,
            at=clock.now(),
        )
        transaction.keep(decision)
    return Subscribed(decision.record, secret)
