"""What is counted ahead, so that the dashboard is as quick after ten million payments as after ten."""

from __future__ import annotations

from datetime import tzinfo
from typing import Protocol


class Projections(Protocol):
    """Counts the figures of a zone's days from events and entries, once. ``Reports.figures`` adds what is newer.

    A store that counts everything at each reading keeps none, and has nothing to do here.
    """

    def fold(self, zone: tzinfo, *, limit: int) -> int:
        """Count the next events and entries, up to so many of each, and tell how many that were.

        Any number may do this at once: one of them counts, and the others find nothing to do. What was counted for
        another zone's days, or by other rules, is given up, and counting begins anew.
        """
        ...

    def begin_anew(self) -> None:
        """Give up what was counted, so that all of it is counted again. Readings stay right meanwhile."""
        ...
