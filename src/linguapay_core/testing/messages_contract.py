"""Every store tells its news once and in order, and says which message is whose turn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from linguapay_core.domain.decision import Decision, changed
from linguapay_core.domain.delivery import DELIVERY, Delivery, DeliveryState, DeliveryTrigger
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.identifiers import MessageId, SubscriptionId
from linguapay_core.domain.subscription import SubscriptionState
from linguapay_core.ports.transactions import Transaction, Transactions
from linguapay_core.testing.builders import NOON, a_delivery, a_subscription, an_event
from linguapay_core.testing.keeping import keep
from linguapay_core.use_cases.steps.persistence import until_fresh

MINUTE: Final = timedelta(minutes=1)
READERS: Final = 4
EVENTS: Final = 24


def _numbered(number: int, **different: object) -> Delivery:
    return a_delivery(id=MessageId.of(number), **different)


def _turns(transactions: Transactions, *, at: datetime, limit: int = 10) -> list[MessageId]:
    with transactions.begin() as transaction:
        return [delivery.id for delivery in transaction.due(Delivery, at=at, limit=limit)]


def _read(transactions: Transactions, *, limit: int) -> list[str]:
    """Read on where this reader stopped, and say why each event happened."""
    with transactions.begin() as transaction:
        told, mark = transaction.news(transaction.feed_mark("reader"), limit=limit)
        transaction.keep(changed(mark) if told else Decision(None))
    return [one.event.why for one in told]


def check_news_are_read_once_in_order_and_in_parts(transactions: Transactions) -> None:
    """A reader goes on where its mark stands; what nothing was added to has no news."""
    assert _read(transactions, limit=2) == []
    keep(transactions, *(an_event(why=str(number)) for number in range(5)))
    assert [_read(transactions, limit=2) for _ in range(4)] == [["0", "1"], ["2", "3"], ["4"], []]
    keep(transactions, an_event(why="later"))
    assert _read(transactions, limit=2) == ["later"]


def check_news_keep_their_names(transactions: Transactions) -> None:
    """Read by whomever and however often, an event is the same, under the same identifier, and no two share one."""
    keep(transactions, *(an_event(why=str(number)) for number in range(3)))
    with transactions.begin() as transaction:
        everything, _ = transaction.news(transaction.feed_mark("one"), limit=10)
        first, mark = transaction.news(transaction.feed_mark("another"), limit=2)
        others, _ = transaction.news(mark, limit=2)
    assert tuple(everything) == (*first, *others)
    assert len({told.id for told in everything}) == len(everything)
    assert [told.event for told in everything] == [an_event(why=str(number)) for number in range(3)]


def check_readers_of_one_mark_at_once_read_each_event_once(transactions: Transactions) -> None:
    """Whoever comes second with the same mark is stale, and reads on."""
    keep(transactions, *(an_event(why=str(number)) for number in range(EVENTS)))

    def read_all(_: int) -> list[str]:
        read: list[str] = []
        while True:
            part = until_fresh(_read)(transactions, limit=1)
            if not part:
                return read
            read += part

    with ThreadPoolExecutor(READERS) as pool:
        read = [why for part in pool.map(read_all, range(READERS)) for why in part]
    assert sorted(read, key=int) == [str(number) for number in range(EVENTS)]


def check_subscriptions_are_those_that_are_not_removed(transactions: Transactions) -> None:
    """The oldest first."""
    states = dict(enumerate(SubscriptionState, 1))
    keep(transactions, *(a_subscription(id=SubscriptionId.of(n), state=state) for n, state in states.items()))
    with transactions.begin() as transaction:
        found = [subscription.state for subscription in transaction.subscriptions()]
    assert found == [state for state in states.values() if state is not SubscriptionState.REMOVED]


def check_each_subscription_has_one_message_at_a_time(transactions: Transactions) -> None:
    """The first that waits of each; those whose first waits longest come first."""
    another = SubscriptionId.of(2)
    keep(
        transactions,
        a_subscription(),
        a_subscription(id=another),
        _numbered(1, due_at=NOON + MINUTE),
        _numbered(2, due_at=NOON),
        _numbered(3, subscription_id=another, due_at=NOON - MINUTE),
        _numbered(4, subscription_id=another, due_at=NOON - MINUTE),
    )
    assert _turns(transactions, at=NOON - 2 * MINUTE) == []
    assert _turns(transactions, at=NOON) == [MessageId.of(3), MessageId.of(2)]
    assert _turns(transactions, at=NOON, limit=1) == [MessageId.of(3)]


def check_while_one_is_leased_the_others_wait(transactions: Transactions) -> None:
    """A worker that doesn't come back is replaced when its lease ends, not before."""
    until = NOON + MINUTE
    leased = _numbered(1, state=DeliveryState.LEASED, leased_until=until, due_at=until)
    keep(transactions, a_subscription(), leased, _numbered(2, due_at=NOON))
    assert _turns(transactions, at=NOON) == []
    assert _turns(transactions, at=until) == [MessageId.of(2)]


def check_only_an_active_subscription_that_does_not_rest_is_told(transactions: Transactions) -> None:
    """What waits for any other goes on waiting."""
    states = dict(enumerate(SubscriptionState, 1))
    resting, rested = SubscriptionId.of(10), SubscriptionId.of(11)
    keep(
        transactions,
        *(a_subscription(id=SubscriptionId.of(number), state=state) for number, state in states.items()),
        a_subscription(id=resting, resting_until=NOON + MINUTE),
        a_subscription(id=rested, resting_until=NOON),
        *(_numbered(number, subscription_id=SubscriptionId.of(number)) for number in (*states, 10, 11)),
    )
    active = [MessageId.of(number) for number, state in states.items() if state is SubscriptionState.ACTIVE]
    assert _turns(transactions, at=NOON) == [*active, MessageId.of(11)]
    assert _turns(transactions, at=NOON + MINUTE) == [*active, MessageId.of(10), MessageId.of(11)]


def check_only_a_message_with_work_left_has_a_turn(transactions: Transactions) -> None:
    """What was delivered or is parked isn't due, however old, and is in nobody's way."""
    states = dict(enumerate(DeliveryState, 1))
    keep(
        transactions,
        *(a_subscription(id=SubscriptionId.of(number)) for number in states),
        *(_numbered(n, subscription_id=SubscriptionId.of(n), state=state) for n, state in states.items()),
    )
    working = [MessageId.of(n) for n, state in states.items() if DELIVERY.allows(state, DeliveryTrigger.LEASE)]
    assert _turns(transactions, at=NOON) == working


def check_what_waits_for_nobody_is_what_a_removed_subscription_left(transactions: Transactions) -> None:
    """In every state that waits, the most overdue first; what a worker has leased is waited for."""
    removed, until = SubscriptionId.of(2), NOON + MINUTE
    states = dict(enumerate(DeliveryState, 1))
    keep(
        transactions,
        a_subscription(),
        a_subscription(id=removed, state=SubscriptionState.REMOVED),
        _numbered(50),
        *(
            _numbered(
                number,
                subscription_id=removed,
                state=state,
                due_at=NOON - number * MINUTE,
                leased_until=until if state is DeliveryState.LEASED else None,
            )
            for number, state in states.items()
        ),
    )
    waiting = [number for number, state in states.items() if DELIVERY.allows(state, DeliveryTrigger.LEASE)]
    unleased = [number for number in waiting if states[number] is not DeliveryState.LEASED]
    for at, numbers in ((NOON, unleased), (until, waiting)):
        found = [MessageId.of(number) for number in reversed(numbers)]
        with transactions.begin() as transaction:
            assert [one.id for one in transaction.deliveries_to_nobody(at=at, limit=10)] == found
            assert [one.id for one in transaction.deliveries_to_nobody(at=at, limit=1)] == found[:1]


def check_what_ended_long_ago_is_forgotten_the_oldest_first(transactions: Transactions) -> None:
    """What was last under way then or later stays, and whatever waits."""
    states = dict(enumerate(DeliveryState, 1))
    ended = [number for number, state in states.items() if not DELIVERY.allows(state, DeliveryTrigger.LEASE)]
    old = {number: _numbered(number, state=state, due_at=NOON - number * MINUTE) for number, state in states.items()}
    young = [_numbered(number + 50, state=states[number], due_at=NOON) for number in ended]
    keep(transactions, a_subscription(), *old.values(), *young)

    def there() -> set[str]:
        everything = [*old.values(), *young]
        with transactions.begin() as transaction:
            return {one.id for one in everything if _is_there(transaction, one.id)}

    left = there()
    assert len(left) == len(old) + len(young)
    for number in reversed(ended):
        with transactions.begin() as transaction:
            assert transaction.forget_deliveries(before=NOON, limit=1) == 1
        left -= {MessageId.of(number)}
        assert there() == left
    with transactions.begin() as transaction:
        assert transaction.forget_deliveries(before=NOON, limit=10) == 0
    assert there() == left


def check_a_transaction_that_fails_forgets_nothing(transactions: Transactions) -> None:
    """What it forgot is there as it was."""
    keep(transactions, a_subscription(), _numbered(1, state=DeliveryState.DELIVERED))
    with suppress(KeyError), transactions.begin() as transaction:
        before = transaction.delivery(MessageId.of(1))
        assert transaction.forget_deliveries(before=NOON + MINUTE, limit=10) == 1
        assert not _is_there(transaction, MessageId.of(1))
        raise KeyError
    with transactions.begin() as transaction:
        assert transaction.delivery(MessageId.of(1)) == before


def _is_there(transaction: Transaction, message_id: MessageId) -> bool:
    try:
        transaction.delivery(message_id)
    except NotFound:
        return False
    return True


MESSAGES_CONTRACT: Final = (
    check_news_are_read_once_in_order_and_in_parts,
    check_news_keep_their_names,
    check_readers_of_one_mark_at_once_read_each_event_once,
    check_subscriptions_are_those_that_are_not_removed,
    check_each_subscription_has_one_message_at_a_time,
    check_while_one_is_leased_the_others_wait,
    check_only_an_active_subscription_that_does_not_rest_is_told,
    check_only_a_message_with_work_left_has_a_turn,
    check_what_waits_for_nobody_is_what_a_removed_subscription_left,
    check_what_ended_long_ago_is_forgotten_the_oldest_first,
    check_a_transaction_that_fails_forgets_nothing,
)
