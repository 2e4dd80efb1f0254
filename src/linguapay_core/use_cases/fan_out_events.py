"""The worker turns our events into messages, one for each subscriber that wants to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from linguapay_core.domain.decision import Decision, changed
from linguapay_core.domain.delivery_rules import fan_out
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.persistence import until_fresh

READER: Final = "subscriptions"
"""The name of this reader of the feed."""

BATCHES: Final = 20
"""How many batches are read in a row before the worker turns to something else."""


@dataclass(frozen=True, slots=True)
class FanOutEvents:
    """So many events in one transaction."""

    batch: int = 200


def fan_out_events(command: FanOutEvents, *, transactions: Transactions, clock: Clock) -> int:
    """Queue what is to be told of new events, each once for each subscription, however many workers do so.

    Returns the number of messages that were queued.
    """
    queued = 0
    for _ in range(BATCHES):
        read, made = _fan_out(command.batch, transactions, clock)
        queued += made
        if read < command.batch:
            break
    return queued


@until_fresh
def _fan_out(batch: int, transactions: Transactions, clock: Clock) -> tuple[int, int]:
    """How many events were read, and how many messages made: both in one transaction with the mark that moved.

    Two that read the same both move the same mark, so one of them is stale. Subscriptions are loaded after the events,
    so that whoever subscribed before an event is told of it.
    """
    with transactions.begin() as transaction:
        told, mark = transaction.news(transaction.feed_mark(READER), limit=batch)
        if not told:
            return 0, 0
        deliveries = fan_out(told, transaction.subscriptions(), at=clock.now())
        transaction.keep(changed(mark) + Decision(None, deliveries))
    return len(told), len(deliveries)
