"""The line in front of Stripe: so many are served at once, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from linguapay_core.domain.errors import Busy

LONGEST: Final = 1000
"""How many may wait."""
PATIENCE_SECONDS: Final = 30
"""How long one may wait; who asks in vain is told so while there still is somebody to hear it."""


class Line:
    """So many places, given in the order in which they were asked for."""

    def __init__(self, places: int) -> None:
        """All places are free."""
        self._places = asyncio.Semaphore(places)
        self._waiting = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place. Raises ``Busy`` where too many wait, or it takes too long."""
        if self._waiting >= LONGEST:
            raise Busy("Too many wait for Stripe.", retry_after_seconds=PATIENCE_SECONDS)
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._places.acquire()
        except TimeoutError as error:
            raise Busy("Stripe answers too slowly for all who ask.", retry_after_seconds=PATIENCE_SECONDS) from error
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()
