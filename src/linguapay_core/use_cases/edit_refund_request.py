"""A student changes the amount of a refund request."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import refund_request_rules
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.machine import Role
from linguapay_core.domain.policies import Policies
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import amount_of, own_request
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class EditRefundRequest:
    """Ask for this amount instead."""

    refund_request_id: str
    student_id: str
    amount_minor: int


@until_fresh
def edit_refund_request(
    command: EditRefundRequest, *, transactions: Transactions, clock: Clock, policies: Policies
) -> RefundRequest:
    """Change the amount; it is reviewed anew. Raises ``Refused`` once it is being executed."""
    with transactions.begin() as transaction:
        request = own_request(transaction, command.refund_request_id, command.student_id)
        payment = transaction.payment(request.payment_id)
        decision = refund_request_rules.edit(
            request,
            amount_of(command.amount_minor, payment.currency.code, field="amount"),
            payment=payment,
            policy=policies.refunds,
            by=Actor(Role.STUDENT, request.student_id),
            at=clock.now(),
        )
        transaction.keep(decision)
    return decision.record
