"""However many workers read our events, and however late these are committed, each becomes one message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine, insert, select

from linguapay_adapters.sql import books
from linguapay_adapters.sql.subscriptions import DELIVERIES
from linguapay_adapters.sql.transactions import SqlTransactions
from linguapay_adapters.system.clock import MovableClock
from linguapay_core.domain.delivery import Message, Reply
from linguapay_core.domain.identifiers import SubscriptionId
from linguapay_core.domain.secret import Secret
from linguapay_core.domain.subscription import SigningSecrets
from linguapay_core.testing.builders import NOON, a_subscription, an_event
from linguapay_core.testing.keeping import keep
from linguapay_core.use_cases.deliver_messages import DeliverMessages, deliver_messages
from linguapay_core.use_cases.fan_out_events import FanOutEvents, fan_out_events

WORKERS = 6
EVENTS = 60
SUBSCRIPTIONS = 3


class Counted:
    """A messenger that counts how often each message was posted."""

    reaches_this_machine = False

    def __init__(self) -> None:
        self.names: list[str] = []

    def post(self, messages: Sequence[Message], *, timeout: timedelta) -> Sequence[Reply]:
        """Take them all."""
        assert timeout
        self.names += [dict(message.headers)["webhook-id"] for message in messages]
        return [Reply(200, 1) for _ in messages]


def subscribed(transactions: SqlTransactions) -> None:
    """Some subscriptions to everything."""
    for number in range(1, SUBSCRIPTIONS + 1):
        name = SubscriptionId.of(number)
        keep(transactions, a_subscription(id=name), SigningSecrets(name, 0, Secret("whsec_c2VjcmV0")))


def told(engine: Engine) -> list[str]:
    """The subject of every message, once for each subscription."""
    with engine.connect() as connection:
        found = [DELIVERIES.record(row) for row in connection.execute(select(DELIVERIES.table))]
    return [one.body.partition('"subject":"')[2].partition('"')[0] for one in found]


def test_many_workers_tell_each_event_to_each_subscriber_once(engine: Engine) -> None:
    transactions, clock, messenger = SqlTransactions(engine), MovableClock(NOON), Counted()
    subscribed(transactions)

    def work(worker: int) -> None:
        for number in range(worker, EVENTS, WORKERS):
            keep(transactions, an_event(subject=f"bkg_{number}"))
            fan_out_events(FanOutEvents(batch=5), transactions=transactions, clock=clock)
            deliver_messages(DeliverMessages(limit=4), transactions=transactions, messenger=messenger, clock=clock)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    fan_out_events(FanOutEvents(), transactions=transactions, clock=clock)
    assert Counter(told(engine)) == {f"bkg_{number}": SUBSCRIPTIONS for number in range(EVENTS)}
    while deliver_messages(DeliverMessages(), transactions=transactions, messenger=messenger, clock=clock):
        pass
    assert set(Counter(messenger.names).values()) == {1}
    assert len(messenger.names) == EVENTS * SUBSCRIPTIONS


def test_an_event_that_is_committed_late_is_told_all_the_same(postgresql_engine: Engine) -> None:
    transactions, clock = SqlTransactions(postgresql_engine), MovableClock(NOON)
    subscribed(transactions)
    fan_out_events(FanOutEvents(), transactions=transactions, clock=clock)
    with postgresql_engine.connect() as slow:
        slow.execute(insert(books.events), [books.event_row(an_event(subject="bkg_late"))])
        keep(transactions, an_event(subject="bkg_quick"))
        fan_out_events(FanOutEvents(), transactions=transactions, clock=clock)
        slow.commit()
    fan_out_events(FanOutEvents(), transactions=transactions, clock=clock)
    assert Counter(told(postgresql_engine)) == {"bkg_late": SUBSCRIPTIONS, "bkg_quick": SUBSCRIPTIONS}


def test_two_workers_never_have_messages_of_one_subscription(postgresql_engine: Engine) -> None:
    """While one transaction takes a subscription's turn, another passes it by."""
    transactions, clock = SqlTransactions(postgresql_engine), MovableClock(NOON)
    subscribed(transactions)
    keep(transactions, an_event(), an_event())
    fan_out_events(FanOutEvents(), transactions=transactions, clock=clock)
    messenger = Counted()

    def work() -> int:
        return deliver_messages(DeliverMessages(limit=2), transactions=transactions, messenger=messenger, clock=clock)

    with ThreadPoolExecutor(WORKERS) as pool:
        taken = [future.result() for future in [pool.submit(work) for _ in range(WORKERS)]]
    assert len(messenger.names) == len(set(messenger.names)) == sum(taken)
