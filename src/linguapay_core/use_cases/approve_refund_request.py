"""An admin approves a refund request."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import people_rules, refund_request_rules
from linguapay_core.domain.identifiers import PersonId, RefundRequestId, TextId
from linguapay_core.domain.policies import Policies
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin, amount_of
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class ApproveRefundRequest:
    """The whole amount, or ``amount_minor`` of it. ``platform_bears`` spares the teacher."""

    refund_request_id: str
    admin_id: str
    amount_minor: int | None = None
    platform_bears: bool = False
    notes: str = ""


@until_fresh
def approve_refund_request(
    command: ApproveRefundRequest,
    *,
    transactions: Transactions,
    clock: Clock,
    identifiers: Identifiers,
    policies: Policies,
) -> RefundRequest:
    """Approve a request; above the policy's threshold a second admin must do so too.

    Raises ``Refused`` for the own request, for more than was asked for, or more than is left.
    """
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        request = transaction.refund_request(RefundRequestId.parse(command.refund_request_id))
        payment = transaction.payment(request.payment_id)
        text_id = identifiers.new(TextId) if command.notes else ""
        approved = (
            None
            if command.amount_minor is None
            else amount_of(command.amount_minor, payment.currency.code, field="amount")
        )
        decision = refund_request_rules.approve(
            request,
            approved,
            payment=payment,
            policy=policies.refunds,
            platform_bears=command.platform_bears,
            text_id=text_id,
            by=by,
            at=clock.now(),
        )
        if decision and text_id:
            decision += people_rules.write_down(
                TextId(text_id), subject=request.id, author=PersonId(by.person), text=command.notes, field="notes"
            )
        transaction.keep(decision)
    return decision.record
