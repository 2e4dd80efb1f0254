"""Approving a refund request as it was shown, the same amount, borne by the same, or nothing; and processing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linguapay_core.domain.errors import Refused
from linguapay_core.domain.machine import spoken
from linguapay_core.domain.money import Money
from linguapay_core.domain.refund_request import RefundRequest, RequestState

if TYPE_CHECKING:
    from linguapay_core.application import LinguaPay


def shown_amount(request: RefundRequest) -> Money:
    """What would go back: what an admin before approved, or what was asked for."""
    return request.approved or request.amount


def approve(
    linguapay: LinguaPay,
    request: RefundRequest,
    admin_id: str,
    *,
    amount: Money | None = None,
    platform_bears: bool = False,
    notes: str = "",
) -> RefundRequest:
    """Approve what was shown, or the ``amount`` that was named, beside the approval that stands if it is of the same.

    Raises ``Refused`` where something else was approved meanwhile, and says by whom.
    """
    wanted = shown_amount(request) if amount is None else amount
    bears = platform_bears or (bool(request.approvals) and request.platform_bears)
    return linguapay.approve_refund_request(
        request.id, admin_id, amount_minor=wanted.amount_minor, platform_bears=bears, notes=notes
    )


def process(linguapay: LinguaPay, request: RefundRequest, admin_id: str) -> RefundRequest:
    """Send the money of an approved request back. Raises ``Refused`` also where that ends in its being blocked."""
    now = linguapay.process_refund_request(request.id, admin_id)
    if now.state is RequestState.BLOCKED:
        raise Refused(
            "refund_request_blocked", f"It is blocked: {now.blocked_reason}.", way_out="Approve or reject it."
        )
    return now


def approved(before: RefundRequest, now: RefundRequest) -> str:
    """What came of approving it, in a word or two; of one that was approved already, by whom and when."""
    if now != before:
        return approval_of(now)
    by = f", by {now.moved_by} on {now.moved_at:%Y-%m-%d at %H:%M} UTC" if now.moved_at else ""
    return f"{approval_of(now)} already{by}"


def approval_of(request: RefundRequest) -> str:
    """How far its approval is, in a word or two."""
    if request.state is RequestState.SUBMITTED and request.approvals:
        return f"approved by {len(request.approvals)} of {request.approvals_needed} admins"
    return spoken(request.state)
