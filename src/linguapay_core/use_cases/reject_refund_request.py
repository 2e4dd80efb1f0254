"""An admin rejects a refund request."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import people_rules, refund_request_rules
from linguapay_core.domain.identifiers import PersonId, RefundRequestId, TextId
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class RejectRefundRequest:
    """With notes that say why."""

    refund_request_id: str
    admin_id: str
    notes: str


@until_fresh
def reject_refund_request(
    command: RejectRefundRequest, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> RefundRequest:
    """Say no, and why. Raises ``Refused`` once it is decided otherwise."""
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        request = transaction.refund_request(RefundRequestId.parse(command.refund_request_id))
        text_id = identifiers.new(TextId)
        decision = refund_request_rules.reject(request, text_id, by=by, at=clock.now())
        if decision:
            decision += people_rules.write_down(
                text_id, subject=request.id, author=PersonId(by.person), text=command.notes, field="notes"
            )
        transaction.keep(decision)
    return decision.record
