"""What a teacher offers, at an hourly price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from linguapay_core.domain.identifiers import GigId, PersonId
from linguapay_core.domain.money import Money

LONGEST_TITLE: Final = 120


@dataclass(frozen=True, slots=True)
class Gig:
    """An offer of lessons. A retired one can't be booked; what was booked stays booked."""

    id: GigId
    version: int
    teacher_id: PersonId
    title: str
    hourly_price: Money
    active: bool
    offered_at: datetime
