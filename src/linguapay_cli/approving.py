"""Approving a refund request as it was shown: the same amount, borne by the same, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    Raises ``Refused`` where another admin approved something else meanwhile, and says who that was.
    """
    wanted = shown_amount(request) if amount is None else amount
    bears = platform_bears or (bool(request.approvals) and request.platform_bears)
    return linguapay.approve_refund_request(
        request.id, admin_id, amount_minor=wanted.amount_minor, platform_bears=bears, notes=notes
    )


def approval_of(request: RefundRequest) -> str:
    """How far its approval is, in a word or two."""
    if request.state is RequestState.SUBMITTED and request.approvals:
        return f"approved by {len(request.approvals)} of {request.approvals_needed} admins"
    return spoken(request.state)
