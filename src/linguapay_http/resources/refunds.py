"""Refunds: money on its way back to students, for whichever reason."""

from __future__ import annotations

from typing import ClassVar, Final, Self

from linguapay_core.domain.refund import Refund, RefundState
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.finding import listed, shown
from linguapay_http.models import Amount, Instant, Name, Page, PagedByAmount, View

TAG: Final = "Refunds"


class RefundView(View):
    """A refund. ``rule`` says why it goes back, ``failure_reason`` why it came to nothing, in Stripe's word for it."""

    named: ClassVar[str] = "refund_id"
    id: str
    state: RefundState
    payment_id: str
    booking_id: str
    refund_request_id: str | None
    rule: str
    amount: Amount
    failure_reason: str | None
    reserved_at: Instant

    @classmethod
    def of(cls, refund: Refund) -> Self:
        """Show a refund."""
        return cls(
            id=refund.id,
            state=refund.state,
            payment_id=refund.payment_id,
            booking_id=refund.booking_id,
            refund_request_id=refund.request_id,
            rule=refund.rule,
            amount=Amount.of(refund.amount),
            failure_reason=refund.failure_reason or None,
            reserved_at=refund.reserved_at,
        )


class RefundPage(Page):
    """A page of refunds."""

    items: list[RefundView]


class RefundSearch(PagedByAmount):
    """Which refunds. ``from`` and ``to`` are about when their money was set aside."""

    state: RefundState | None = None
    payment_id: Name | None = None
    booking_id: Name | None = None


def list_refunds(desk: Desk, _caller: Caller, search: RefundSearch) -> RefundPage:
    """List refunds, the latest first."""
    found = listed(desk, Refund, search)
    return RefundPage(items=[RefundView.of(refund) for refund in found.items], next_cursor=found.next_cursor)


def show_refund(desk: Desk, caller: Caller, refund_id: str) -> RefundView:
    """Show one refund."""
    return RefundView.of(shown(desk, Refund, refund_id, caller))


def refund_again(desk: Desk, caller: Caller, refund_id: str) -> RefundView:
    """Send back once more what a refund that came to nothing left over. The answer is the new one."""
    return RefundView.of(desk.linguapay.refund_again(refund_id, caller.person))


ALL: Final = "/api/refunds/"
ONE: Final = "/api/refunds/{refund_id}/"

DOORS: Final = (
    Door("GET", ALL, list_refunds, RefundPage, TAG),
    Door("GET", ONE, show_refund, RefundView, TAG),
    Door("POST", f"{ONE}again/", refund_again, RefundView, TAG, again=show_refund),
)
