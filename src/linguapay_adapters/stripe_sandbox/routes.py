"""All routes of Stripe's API that the sandbox answers."""

from linguapay_adapters.stripe_sandbox.resources import (
    accounts,
    balances,
    charges,
    customers,
    events,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    setup_intents,
    transfers,
)
from linguapay_adapters.stripe_sandbox.routing import Route

ROUTES: tuple[Route, ...] = (
    *accounts.ROUTES,
    *balances.ROUTES,
    *charges.ROUTES,
    *customers.ROUTES,
    *events.ROUTES,
    *payment_intents.ROUTES,
    *payment_methods.ROUTES,
    *payouts.ROUTES,
    *refunds.ROUTES,
    *setup_intents.ROUTES,
    *transfers.ROUTES,
)
