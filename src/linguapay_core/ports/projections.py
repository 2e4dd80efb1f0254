"""What is counted ahead, so that the dashboard is as quick after ten million payments as after ten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Folded:
    """What one turn came to: events and entries that were counted, or rows of what was given up that were swept away.

    False where there was nothing to do. ``full`` where the limit was reached, so that more is waiting.
    """

    counted: int = 0
    swept: int = 0
    full: bool = False

    def __bool__(self) -> bool:
        """Tell whether anything was done."""
        return bool(self.counted or self.swept)


class Projections(Protocol):
    """Counts the figures of a zone's days from events and entries, once. ``Reports.figures`` adds what is newer.

    A store that counts everything at each reading keeps none, and has nothing to do here.
    """

    def fold(self, zone: tzinfo, *, limit: int, waits: bool = False) -> Folded:
        """Count the next events and entries, up to so many of each.

        Any number may do this at once: one of them keeps what it counted, and the others find nothing to do, unless
        they wait for their turn. What a newer version counts is left to it; what was counted for another zone's days,
        or by older rules, is given up, and counting begins anew. Raises ``Busy`` where that turn doesn't come.
        """
        ...

    def begin_anew(self) -> None:
        """Give up what was counted, so that all of it is counted again. Readings stay right meanwhile."""
        ...
