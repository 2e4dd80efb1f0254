"""The time: the machine's, or one that stands still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant: aware, in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock for demos and tests. It stands still until somebody moves it, and it never goes back."""

    def __init__(self, start: datetime) -> None:
        """Stand at an aware instant."""
        assert start.tzinfo is not None, start
        self._now = start.astimezone(UTC)
        self._lock = Lock()

    def now(self) -> datetime:
        """The instant at which it stands: aware, in UTC."""
        with self._lock:
            return self._now

    def move_to(self, at: datetime) -> None:
        """Stand at this aware instant, which isn't before the present one."""
        assert at.tzinfo is not None, at
        with self._lock:
            assert at >= self._now, f"a clock doesn't go back from {self._now} to {at}"
            self._now = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Go on by this much, which isn't negative."""
        with self._lock:
            assert by >= timedelta(0), by
            self._now += by
