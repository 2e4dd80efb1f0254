"""How often somebody may ask: per person, and per address for whoever has no name yet.

The counts are each process's own: with n processes behind a balancer, up to n times as much gets through.
"""

from __future__ import annotations

from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from linguapay_adapters.settings import Settings
from linguapay_core.domain.errors import TooMany

PERSON: Final = "person"
ADDRESS: Final = "address"


class Limits:
    """Counts requests."""

    def __init__(self, settings: Settings) -> None:
        """Take the limits from the settings; 0 is without limit."""
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._per_person = settings.http_requests_per_minute
        self._per_address = settings.http_requests_per_minute_and_address

    def count_principal(self, person: str) -> None:
        """Count a request of somebody. Raises ``TooMany``."""
        self._count(self._per_person, PERSON, person)

    def count_address(self, address: str) -> None:
        """Count a request from somewhere. Raises ``TooMany``."""
        self._count(self._per_address, ADDRESS, address)

    def _count(self, most: int, kind: str, whose: str) -> None:
        if most and not self._limiter.hit(RateLimitItemPerMinute(most), kind, whose):
            raise TooMany(f"More than {most} requests a minute from one {kind}.")
