"""Steps that failed rest for a while, which grows with each failure in a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from linguapay_core.ports.clock import Clock

SHORTEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(minutes=1)


class Rests:
    """Which steps rest, and until when."""

    def __init__(self, clock: Clock) -> None:
        """Take the time from this clock. At first nothing rests."""
        self._clock = clock
        self._until: dict[str, datetime] = {}
        self._failures: dict[str, int] = {}

    def rest(self, step: str) -> None:
        """The step failed: let it rest for a second, and twice as long after each further failure, up to a minute."""
        failures = self._failures.get(step, 0)
        self._failures[step] = failures + 1
        self._until[step] = self._clock.now() + min(SHORTEST * 2 ** min(failures, 10), LONGEST)

    def wake(self, steps: Iterable[str]) -> None:
        """These steps succeeded: their failures are forgotten."""
        for step in steps:
            self._failures.pop(step, None)
            self._until.pop(step, None)

    def resting(self) -> Collection[str]:
        """The steps that rest now."""
        now = self._clock.now()
        return {step for step, until in self._until.items() if now < until}
