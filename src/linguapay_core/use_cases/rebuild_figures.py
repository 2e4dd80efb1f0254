"""An operator wants the figures counted anew, from the first event on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from linguapay_core.ports.projections import Projections


@dataclass(frozen=True, slots=True)
class RebuildFigures:
    """So many events and entries at most in each transaction."""

    batch: int = 5000


def rebuild_figures(command: RebuildFigures, *, projections: Projections, zone: tzinfo) -> int:
    """Give up what was counted and count all of it again; tell how many events and entries that were.

    Readings are right meanwhile, and slower. Who is interrupted has lost nothing: the worker goes on.
    """
    projections.begin_anew()
    counted = 0
    while more := projections.fold(zone, limit=command.batch):
        counted += more
    return counted
