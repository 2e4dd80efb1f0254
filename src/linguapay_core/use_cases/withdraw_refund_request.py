"""A student takes a refund request back."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import refund_request_rules
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.machine import Role
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import own_request
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class WithdrawRefundRequest:
    """This student doesn't want it any more."""

    refund_request_id: str
    student_id: str


@until_fresh
def withdraw_refund_request(
    command: WithdrawRefundRequest, *, transactions: Transactions, clock: Clock
) -> RefundRequest:
    """Take a request back as long as no money moves. Raises ``Refused`` after that."""
    with transactions.begin() as transaction:
        request = own_request(transaction, command.refund_request_id, command.student_id)
        decision = refund_request_rules.withdraw(request, by=Actor(Role.STUDENT, request.student_id), at=clock.now())
        transaction.keep(decision)
    return decision.record
