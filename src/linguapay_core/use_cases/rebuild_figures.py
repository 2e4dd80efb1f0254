"""An operator wants the figures counted anew, from the first event on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from linguapay_core.ports.projections import Projections
from linguapay_core.use_cases.steps.progress import Progress, unheard


@dataclass(frozen=True, slots=True)
class RebuildFigures:
    """So many events and entries at most in each transaction; ``progress`` is told how many were counted so far."""

    batch: int = 5000
    progress: Progress = unheard


def rebuild_figures(command: RebuildFigures, *, projections: Projections, zone: tzinfo) -> int:
    """Give up what was counted and count all of it again; tell how many events and entries that were.

    A worker may count some of them meanwhile: it ends when all are counted, and tells of its own. Readings are right
    meanwhile, and slower. Who is interrupted has lost nothing: the worker goes on.
    """
    projections.begin_anew()
    counted = 0
    while folded := projections.fold(zone, limit=command.batch, waits=True):
        counted += folded.counted
        command.progress(counted)
    return counted
