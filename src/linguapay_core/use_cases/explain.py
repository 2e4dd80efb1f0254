"""Somebody wants to know the story of an object."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import explanation
from linguapay_core.domain.explanation import Explanation
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports


@dataclass(frozen=True, slots=True)
class Explain:
    """Of a booking, payment, refund request, refund or transfer."""

    identifier: str


def explain(command: Explain, *, reports: Reports, clock: Clock) -> Explanation:
    """The story of the booking to which an object belongs. Raises ``NotFound``."""
    story = reports.story(reports.booking_of(command.identifier))
    return explanation.explain(story, at=clock.now())
