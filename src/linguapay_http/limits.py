"""How often somebody may ask: per person, and per address for whoever brings tokens that aren't believed.

The counts are each process's own: with n processes behind a balancer, up to n times as much gets through.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from linguapay_adapters.settings import Settings
from linguapay_core.domain.errors import TooMany

PERSON: Final = "person"
ADDRESS: Final = "address"
IPV6: Final = 6


class Limits:
    """Counts requests."""

    def __init__(self, settings: Settings) -> None:
        """Take the limits from the settings; 0 is without limit."""
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._per_person = settings.http_requests_per_minute
        self._per_address = settings.http_requests_per_minute_and_address

    def count(self, principal: str) -> None:
        """Count a request of somebody. Raises ``TooMany``."""
        self._check(self._limiter.hit, self._per_person, PERSON, principal)

    def count_stranger(self, address: str) -> None:
        """Count a request from somewhere whose token wasn't believed."""
        if self._per_address:
            self._limiter.hit(RateLimitItemPerMinute(self._per_address), ADDRESS, network_of(address))

    def check_address(self, address: str) -> None:
        """See that not too many tokens that weren't believed came from there. Raises ``TooMany``."""
        self._check(self._limiter.test, self._per_address, ADDRESS, network_of(address))

    def _check(self, ask: Callable[..., bool], most: int, kind: str, whose: str) -> None:
        if most and not ask(RateLimitItemPerMinute(most), kind, whose):
            raise TooMany(f"More than {most} requests a minute from one {kind}.")


def network_of(address: str) -> str:
    """Who has an address: of IPv6 a whole /64 is one subscriber's (RFC 6177)."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, 64), strict=False)) if known.version == IPV6 else address
