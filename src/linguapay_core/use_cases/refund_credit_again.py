"""An admin sends a student's credit back once more."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import refund_rules
from linguapay_core.domain.identifiers import PaymentId, RefundId
from linguapay_core.domain.refund import Refund
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class RefundCreditAgain:
    """What a failed refund of this payment left as credit."""

    payment_id: str
    admin_id: str


@until_fresh
def refund_credit_again(
    command: RefundCreditAgain, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Refund:
    """Set the credit aside for a new refund, which the worker sends. Raises ``Refused`` where there is no credit."""
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        payment = transaction.payment(PaymentId.parse(command.payment_id))
        decision = refund_rules.refund_credit_again(identifiers.new(RefundId), payment, by=by, at=clock.now())
        transaction.keep(decision)
    return decision.record
