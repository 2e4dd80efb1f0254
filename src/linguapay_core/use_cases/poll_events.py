"""The worker lists Stripe's events, for when webhooks don't come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from linguapay_core.domain import bookmark as bookmarks
from linguapay_core.domain import webhook_event_rules
from linguapay_core.domain.seen import SeenEvent
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.persistence import until_fresh

BOOKMARK: Final = "stripe_events"
OVERLAP: Final = timedelta(minutes=5)
"""How far before the bookmark reading begins anew: events may be listed late."""

LISTED: Final = timedelta(days=30)
"""How far back Stripe lists events."""


@dataclass(frozen=True, slots=True)
class PollEvents:
    """Since the last time."""


def poll_events(command: PollEvents, *, transactions: Transactions, gateway: Gateway, clock: Clock) -> int:  # noqa: ARG001
    """Note down events that no webhook has brought. Returns how many were listed.

    Raises ``GatewayUnreachable`` where Stripe can't be read now.
    """
    now = clock.now()
    with transactions.begin() as transaction:
        mark = transaction.bookmark(BOOKMARK, start=now - LISTED)
    listed: list[SeenEvent] = []
    since = mark.at - OVERLAP
    page = definite(gateway.events(since=since))
    listed += page.items
    while page.next_cursor:
        page = definite(gateway.events(since=since, cursor=page.next_cursor))
        listed += page.items
    for seen in reversed(listed):
        _note(seen, transactions, clock)
    _move_bookmark(now, transactions)
    return len(listed)


@until_fresh
def _note(seen: SeenEvent, transactions: Transactions, clock: Clock) -> None:
    with transactions.begin() as transaction:
        transaction.keep(webhook_event_rules.note(seen, at=clock.now()))


@until_fresh
def _move_bookmark(to: datetime, transactions: Transactions) -> None:
    with transactions.begin() as transaction:
        transaction.keep(bookmarks.move(transaction.bookmark(BOOKMARK, start=to - LISTED), to=to))
