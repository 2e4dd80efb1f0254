"""An admin takes quarantined money for the payment that was asked for."""

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
class AcceptQuarantinedPayment:
    """This payment, by this admin, with notes that say why."""

    payment_id: str
    admin_id: str
    notes: str


@until_fresh
def accept_quarantined_payment(
    command: AcceptQuarantinedPayment,
    *,
    transactions: Transactions,
    reports: Reports,
    clock: Clock,
    identifiers: Identifiers,
) -> Payment:
    """Let it pay the booking if that still waits to be paid; else refund it in full. A second time changes nothing.

    Raises ``Refused`` where amount, currency or mode differ, or the money isn't in the books yet.
    """
    return end_quarantine(
        quarantine.accept,
        command.payment_id,
        command.admin_id,
        command.notes,
        transactions=transactions,
        reports=reports,
        clock=clock,
        identifiers=identifiers,
    )
