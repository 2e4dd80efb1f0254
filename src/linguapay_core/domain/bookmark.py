"""How far something that is read again and again has been read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from linguapay_core.domain.decision import Decision, changed


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Everything before ``at`` of the thing that ``id`` names has been read."""

    id: str
    version: int
    at: datetime


def move(bookmark: Bookmark, *, to: datetime) -> Decision[Bookmark]:
    """Read on to there; never back."""
    return Decision(bookmark) if to <= bookmark.at else changed(replace(bookmark, at=to))
