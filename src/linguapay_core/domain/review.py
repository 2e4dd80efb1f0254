"""What an admin weighs before deciding about a refund request. Nothing here decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain import postings, settlement
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.history import History
from linguapay_core.domain.ledger import Balances
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Parts, smaller
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.people import FreeText
from linguapay_core.domain.refund import Taken
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.domain.story import Story

SOON: Final = timedelta(days=1)
"""A request that expires within this time is urgent."""


class Urgency(StrEnum):
    """Why a request shouldn't wait."""

    BLOCKED = "blocked"
    EXPIRES_SOON = "expires_soon"


@dataclass(frozen=True, slots=True)
class Glance:
    """A request at a glance: its payment and lesson, and why it shouldn't wait.

    ``by_terms`` is what the student would have got back by cancelling when the request was submitted, as far as it is
    left.
    """

    request: RefundRequest
    payment: Payment
    booking: Booking
    by_terms: Parts
    urgency: Urgency | None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a refund of these ``parts`` takes from whom. ``platform_bears`` spares the teacher."""

    platform_bears: bool
    parts: Parts
    taken: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """All that there is to know about a request: the lesson's story, what people wrote, and who the two sides are.

    ``consequences`` are of letting it go ahead: if the teacher bears it, and if the platform does. A request that can't
    go ahead any more has none.
    """

    glance: Glance
    story: Story
    texts: tuple[FreeText, ...]
    consequences: tuple[Consequence, ...]
    student: History
    teacher: History


def glance(request: RefundRequest, payment: Payment, booking: Booking, *, at: datetime) -> Glance:
    """Look at a request as it stands now."""
    by_terms = settlement.cancellation_parts(booking, payment, by=Role.STUDENT, at=request.submitted_at)
    return Glance(request, payment, booking, by_terms, urgency(request, at=at))


def urgency(request: RefundRequest, *, at: datetime) -> Urgency | None:
    """Why a request shouldn't wait, if it shouldn't."""
    if request.state is RequestState.BLOCKED:
        return Urgency.BLOCKED
    return Urgency.EXPIRES_SOON if request.due_at is not None and request.due_at - at <= SOON else None


def review(
    request: RefundRequest, story: Story, texts: Sequence[FreeText], student: History, teacher: History, *, at: datetime
) -> Review:
    """Put together what is known about a request."""
    payment = story.payment(request.payment_id)
    seen = glance(request, payment, story.booking, at=at)
    found = consequences(request, payment, story.books_of(payment))
    return Review(seen, story, tuple(texts), found, student, teacher)


def consequences(request: RefundRequest, payment: Payment, books: Balances) -> tuple[Consequence, ...]:
    """What letting a request go ahead would do: of the approved amount, or else of what is asked for.

    Of more than is left of the payment, it is of what is left.
    """
    left = payment.counters.left
    parts = left.divide(smaller(request.approved or request.amount, left.total))
    if request.due_at is None or not parts:
        return ()
    return tuple(
        Consequence(bears, parts, postings.ladder(payment, parts, books, platform_bears=bears))
        for bears in (False, True)
    )
