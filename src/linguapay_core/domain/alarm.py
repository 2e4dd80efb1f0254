"""Something that a person should look at. One alarm stands per rule and object, however often it is raised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule that was broken, or a thing left to a person. ``detail`` says what was seen, without personal data."""

    id: str
    version: int
    rule: str
    subject: str
    detail: str
    raised_at: datetime
    cleared_at: datetime | None = None
