"""The time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Nothing in the core reads it elsewhere."""

    def now(self) -> datetime:
        """The present instant: aware, in UTC."""
        ...
