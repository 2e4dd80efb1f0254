"""The worker tells subscribers what waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linguapay_core.domain import delivery as deliveries
from linguapay_core.domain import delivery_rules
from linguapay_core.domain.decision import Decision, changed
from linguapay_core.domain.delivery import TIME_OUT, Delivery, DeliveryState, Message, Reply
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.messenger import Messenger
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class DeliverMessages:
    """To so many subscribers at most, to each of them one."""

    limit: int = 20


def deliver_messages(
    command: DeliverMessages, *, transactions: Transactions, messenger: Messenger, clock: Clock
) -> int:
    """Post the first that is due of each subscriber, side by side: one round, as long as the slowest of them takes.

    None takes longer than ``TIME_OUT``; one that is dead rests after it. Returns the number of messages that were
    taken: where that isn't nothing, there may be more.
    """
    due, leased = _lease(command.limit, transactions, clock)
    if leased:
        replies = messenger.post([message for _, message in leased], timeout=TIME_OUT)
        for (delivery, _), reply in zip(leased, replies, strict=True):
            _write_down(delivery, reply, transactions, clock)
    return due


@until_fresh
def _lease(limit: int, transactions: Transactions, clock: Clock) -> tuple[int, Sequence[tuple[Delivery, Message]]]:
    """How many are due, and what to post of these, leased to us.

    What worker after worker took and told nothing of is given up.
    """
    at = clock.now()
    with transactions.begin() as transaction:
        decision: Decision[object] = Decision(None)
        leased: list[tuple[Delivery, Message]] = []
        due = transaction.due(Delivery, at=at, limit=limit)
        for delivery in due:
            subscription = transaction.subscription(delivery.subscription_id)
            untold = delivery_rules.untold(delivery, subscription)
            if untold is not None:
                decision += untold
                continue
            ours = deliveries.lease(delivery, at=at)
            secrets = transaction.signing_secrets(delivery.subscription_id)
            leased.append((ours, deliveries.message(ours, subscription, secrets, at=at)))
            decision += changed(ours)
        transaction.keep(decision)
    return len(due), leased


@until_fresh
def _write_down(leased: Delivery, reply: Reply, transactions: Transactions, clock: Clock) -> None:
    with transactions.begin() as transaction:
        delivery = transaction.delivery(leased.id)
        subscription = transaction.subscription(delivery.subscription_id)
        ours = delivery.state is DeliveryState.LEASED and delivery.leased_until == leased.leased_until
        transaction.keep(delivery_rules.answered(delivery, subscription, reply, ours=ours, at=clock.now()))
