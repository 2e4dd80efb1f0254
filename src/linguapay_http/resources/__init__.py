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
    people,
    refund_requests,
    stripe_webhooks,
    subscriptions,
    teachers,
    transfers,
)

DOORS: Final[tuple[Door, ...]] = (
    *gigs.DOORS,
    *bookings.DOORS,
    *payments.DOORS,
    *payment_methods.DOORS,
    *refund_requests.DOORS,
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
