"""The worker counts the figures of what happened, so that nobody has to count when they are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from linguapay_core.ports.projections import Folded, Projections


@dataclass(frozen=True, slots=True)
class FoldFigures:
    """So many events and so many entries at most, in one transaction."""

    batch: int = 5000


def fold_figures(command: FoldFigures, *, projections: Projections, zone: tzinfo) -> Folded:
    """Count the next events and entries into the days of the marketplace's zone.

    Where all is counted, what was given up is swept away. Any number of workers may do this at once.
    """
    return projections.fold(zone, limit=command.batch)
