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


@dataclass(frozen=True, slots=True)
class FeedMark:
    """How far the reader that ``id`` names has read our events: up to the last of ``writer`` and ``number``.

    Both are the store's, and only rise; 0 is before the first.
    """

    id: str
    version: int
    writer: int = 0
    number: int = 0


def move(bookmark: Bookmark, *, to: datetime) -> Decision[Bookmark]:
    """Read on to there; never back."""
    return Decision(bookmark) if to <= bookmark.at else changed(replace(bookmark, at=to))
