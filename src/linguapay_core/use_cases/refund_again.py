"""An admin sends back once more what a refused or failed refund left over."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import settlement
from linguapay_core.domain.identifiers import RefundId
from linguapay_core.domain.refund import Refund
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin, case_of
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class RefundAgain:
    """What this refund was to send back, by this admin."""

    refund_id: str
    admin_id: str


@until_fresh
def refund_again(command: RefundAgain, *, transactions: Transactions, clock: Clock, identifiers: Identifiers) -> Refund:
    """Set what is left of it in escrow aside for a new refund, which the worker sends.

    Raises ``Refused`` unless it came to nothing and left something in an escrow that has been settled, and a second
    time.
    """
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        refund = transaction.refund(RefundId.parse(command.refund_id))
        case = case_of(transaction, transaction.payment(refund.payment_id), identifiers)
        decision = settlement.refund_again(
            case, refund, transaction.refunds_of(refund.payment_id), by=by, at=clock.now()
        )
        transaction.keep(decision)
    return decision.record
