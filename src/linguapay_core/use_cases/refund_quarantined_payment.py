"""An admin sends quarantined money back."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import quarantine
from linguapay_core.domain.payment import Payment
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.persistence import until_fresh
from linguapay_core.use_cases.steps.quarantined import end_quarantine


@dataclass(frozen=True, slots=True)
class RefundQuarantinedPayment:
    """This payment, by this admin, with notes that say why."""

    payment_id: str
    admin_id: str
    notes: str


@until_fresh
def refund_quarantined_payment(
    command: RefundQuarantinedPayment,
    *,
    transactions: Transactions,
    reports: Reports,
    clock: Clock,
    identifiers: Identifiers,
) -> Payment:
    """Set all that came aside for a refund, which the worker sends. A second time changes nothing.

    Raises ``Refused`` where it came in another currency, or isn't in the books yet.
    """
    return end_quarantine(
        quarantine.refund,
        command.payment_id,
        command.admin_id,
        command.notes,
        transactions=transactions,
        reports=reports,
        clock=clock,
        identifiers=identifiers,
    )
