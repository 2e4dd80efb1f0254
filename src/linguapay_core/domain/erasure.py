"""Somebody wants to be forgotten. What is personal goes when no money is open any more; until then the wish is kept.

From the wish on the person books nothing, offers nothing, and isn't described anew. What happened stays, under an
identifier that says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from linguapay_core.domain.identifiers import PersonId


@dataclass(frozen=True, slots=True)
class Erasure:
    """Somebody's wish to be forgotten, carried out at ``erased_at``.

    ``look_at`` is when to see whether it can be; once it was carried out, when to see what slipped in beside it.
    """

    id: PersonId
    version: int
    asked_at: datetime
    look_at: datetime | None
    erased_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the clock has something to do."""
        return self.look_at
