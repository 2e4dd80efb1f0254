"""The doors, one file for each resource."""

from __future__ import annotations

from typing import Final

from linguapay_http.doors import Door
from linguapay_http.resources import (
    bookings,
    credits_owed,
    customers,
    dashboard,
    deliveries,
    events,
    gigs,
    health,
    payment_methods,
    payments,
    payments_mended,
    people,
    refund_requests,
    refunds,
    stripe_webhooks,
    subscriptions,
    teachers,
    transfers,
)

DOORS: Final[tuple[Door, ...]] = (
    *gigs.DOORS,
    *bookings.DOORS,
    *payments.DOORS,
    *payments_mended.DOORS,
    *payment_methods.DOORS,
    *refund_requests.DOORS,
    *refunds.DOORS,
    *credits_owed.DOORS,
    *transfers.DOORS,
    *teachers.DOORS,
    *customers.DOORS,
    *people.DOORS,
    *dashboard.DOORS,
    *events.DOORS,
    *subscriptions.DOORS,
    *deliveries.DOORS,
    *stripe_webhooks.DOORS,
    *health.DOORS,
)
"""Every route of the API."""
