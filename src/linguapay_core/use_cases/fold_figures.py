"""The worker counts the figures of what happened, so that nobody has to count when they are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from linguapay_core.ports.projections import Projections


@dataclass(frozen=True, slots=True)
class FoldFigures:
    """So many events and so many entries at most, in one transaction."""

    batch: int = 5000


def fold_figures(command: FoldFigures, *, projections: Projections, zone: tzinfo) -> int:
    """Count the next events and entries into the days of the marketplace's zone; tell how many rows that were.

    Where all is counted, what was given up is swept away, and told in the same number.
    Any number of workers may do this at once.
    """
    folded = projections.fold(zone, limit=command.batch)
    return folded.counted + folded.swept
