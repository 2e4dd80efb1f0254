"""An admin wants to know which refund requests wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linguapay_core.domain.booking import Booking
from linguapay_core.domain.page import Page
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.query import USUAL_PAGE, ask
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports

if TYPE_CHECKING:
    from linguapay_core.domain.review import Glance


@dataclass(frozen=True, slots=True)
class ListRefundQueue:
    """A page of them. ``cursor`` is the last page's ``next_cursor``."""

    cursor: str = ""
    limit: int = USUAL_PAGE


def list_refund_queue(command: ListRefundQueue, *, reports: Reports, clock: Clock) -> Page[Glance]:
    """The requests that somebody has to decide about, those that expire first at the head, and then the oldest."""
    query = ask(RefundRequest, {"waiting": True}, sort="expires_at", cursor=command.cursor, limit=command.limit)
    page = reports.page(query)
    return Page(tuple(_glance(request, reports, clock) for request in page.items), page.next_cursor)


def _glance(request: RefundRequest, reports: Reports, clock: Clock) -> Glance:
    from linguapay_core.domain.review import glance  # noqa: PLC0415 - imported where it is used

    payment, booking = reports.one(Payment, request.payment_id), reports.one(Booking, request.booking_id)
    return glance(request, payment, booking, at=clock.now())
