"""The SDK's client, as we use it: one version, no retries of its own, bounded waits, nothing told about us."""

from __future__ import annotations

import logging
from http.cookiejar import DefaultCookiePolicy
from typing import Final

import requests
import stripe
from requests.adapters import HTTPAdapter

API_VERSION: Final = "2026-10-28.endive"
"""The version whose shapes ``translation`` knows (Stripe: API versioning)."""

CONNECT_TIMEOUT_SECONDS: Final = 5
READ_TIMEOUT_SECONDS: Final = 30
CONNECTIONS: Final = 100
"""Kept open at most: as many as Stripe admits requests a second (Stripe: Rate limits)."""


def connect(
    secret_key: str, *, base_address: str = "", http_client: stripe.HTTPClient | None = None
) -> stripe.StripeClient:
    """Make the client. ``base_address`` names a sandbox's server; ``http_client`` replaces the way there altogether.

    The outbox is the only retrier, so the SDK's own retries are off.
    """
    _keep_quiet()
    address = base_address.rstrip("/")
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        max_network_retries=0,
        base_addresses={"api": address, "connect": address, "files": address} if address else None,
        http_client=http_client or over_the_network(),
    )


def over_the_network() -> stripe.RequestsClient:
    """Make the way to Stripe: bounded waits, and connections that all threads share.

    It follows no redirect: an address that a redirect names would be asked again, or asked something else. It keeps no
    cookies, so that the threads share nothing that changes.
    """
    session = requests.Session()
    session.max_redirects = 0
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))
    return stripe.RequestsClient(timeout=(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS), session=session)


def _keep_quiet() -> None:
    """Stop the SDK from keeping notes in the home folder, and from logging bodies, in which client secrets stand."""
    stripe.enable_telemetry = False
    logging.getLogger("stripe").setLevel(logging.WARNING)
