"""Somebody wants to know the story of an object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.identifiers import BookingId, Identifier, PaymentId, RefundId, RefundRequestId, TransferId
from linguapay_core.domain.machine import either
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports

if TYPE_CHECKING:
    from linguapay_core.domain.explanation import Explanation


@dataclass(frozen=True, slots=True)
class Explain:
    """Of a booking, payment, refund request, refund or transfer."""

    identifier: str


EXPLAINED: Final[tuple[type[Identifier], ...]] = (BookingId, PaymentId, RefundRequestId, RefundId, TransferId)
"""What has a story, which is its booking's."""


def explain(command: Explain, *, reports: Reports, clock: Clock) -> Explanation:
    """The story of the booking to which an object belongs.

    Raises ``Invalid`` for what names no such object, and ``NotFound`` where there is none of that name.
    """
    from linguapay_core.domain import explanation  # noqa: PLC0415 - imported where it is used

    story = reports.story(reports.booking_of(_parsed(command.identifier)))
    return explanation.explain(story, at=clock.now())


def _parsed(text: str) -> Identifier:
    for kind in EXPLAINED:
        if text.startswith(f"{kind.prefix}_"):
            return kind.parse(text, field="identifier")
    kinds = either([f"{kind.kind} ({kind.prefix}_…)" for kind in EXPLAINED])
    raise Invalid("identifier", f"{text[:64]!r} is not the identifier of a {kinds}.")
