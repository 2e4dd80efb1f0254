"""Every type of records that is kept, in the one order in which they are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from linguapay_adapters.sql.closings import CLOSINGS, RECEIPTS
from linguapay_adapters.sql.errands import ALARMS, BOOKMARKS, EFFECTS, WEBHOOK_EVENTS
from linguapay_adapters.sql.lessons import BOOKINGS, CALENDARS, GIGS
from linguapay_adapters.sql.payments import PAYMENTS
from linguapay_adapters.sql.people import ACCOUNTS, CUSTOMERS, ERASURES, PEOPLE, TEXTS
from linguapay_adapters.sql.refunds import REFUND_REQUESTS, REFUNDS
from linguapay_adapters.sql.shape import Shape
from linguapay_adapters.sql.subscriptions import DELIVERIES, FEED_MARKS, SIGNING_SECRETS, SUBSCRIPTIONS
from linguapay_adapters.sql.transfers import TRANSFERS
from linguapay_core.domain.decision import Record

SHAPES: Final[Mapping[type[object], Shape[Any]]] = {
    shape.kind: shape
    for shape in (
        BOOKINGS,
        PAYMENTS,
        REFUND_REQUESTS,
        REFUNDS,
        TRANSFERS,
        CALENDARS,
        ACCOUNTS,
        GIGS,
        CUSTOMERS,
        PEOPLE,
        ERASURES,
        TEXTS,
        BOOKMARKS,
        EFFECTS,
        ALARMS,
        WEBHOOK_EVENTS,
        FEED_MARKS,
        SUBSCRIPTIONS,
        SIGNING_SECRETS,
        DELIVERIES,
        CLOSINGS,
        RECEIPTS,
    )
}
"""Whoever writes several records takes their locks in this order, and so never waits in a circle."""

NOTED_ONCE: Final = (EFFECTS, WEBHOOK_EVENTS)
"""A new record under a name that exists is let be: it was promised or noted already."""

_RANK: Final = {kind: rank for rank, kind in enumerate(SHAPES)}


def place(record: Record) -> tuple[int, str]:
    """Where a record stands in the order of writing: by type, then by name."""
    return _RANK[type(record)], record.id
