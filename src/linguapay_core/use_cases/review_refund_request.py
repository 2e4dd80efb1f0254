"""An admin looks closely at a refund request before deciding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linguapay_core.domain.identifiers import RefundRequestId
from linguapay_core.domain.machine import Role
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports

if TYPE_CHECKING:
    from linguapay_core.domain.review import Review


@dataclass(frozen=True, slots=True)
class ReviewRefundRequest:
    """This request."""

    refund_request_id: str


def review_refund_request(command: ReviewRefundRequest, *, reports: Reports, clock: Clock) -> Review:
    """What is asked for and why, what is left, what going ahead would do to whom, and both histories.

    Raises ``NotFound``.
    """
    from linguapay_core.domain import review  # noqa: PLC0415 - imported where it is used

    request_id = RefundRequestId.parse(command.refund_request_id)
    story = reports.story(reports.booking_of(request_id))
    request = next(one for one in story.requests if one.id == request_id)
    return review.review(
        request,
        story,
        reports.texts([request.id]),
        reports.history(story.booking.student_id, Role.STUDENT),
        reports.history(story.booking.teacher_id, Role.TEACHER),
        at=clock.now(),
    )
