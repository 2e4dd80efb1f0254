"""An admin has paid a student's credit by bank."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import postings, refund_rules
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.payment import Payment
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin, amount_of
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class NoteCreditPaidByBank:
    """So much of it, under the bank's ``reference``, by which a second note of the same payment is known."""

    payment_id: str
    admin_id: str
    amount_minor: int
    reference: str


@until_fresh
def note_credit_paid_by_bank(command: NoteCreditPaidByBank, *, transactions: Transactions, clock: Clock) -> Payment:
    """Write down that credit was paid out. Noting the same reference again changes nothing.

    Raises ``Refused`` for more than the credit, ``Invalid`` for a reference that isn't one.
    """
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        payment = transaction.payment(PaymentId.parse(command.payment_id))
        if transaction.has_entry(postings.credit_paid_key(payment, command.reference)):
            return payment
        decision = refund_rules.credit_paid_by_bank(
            payment,
            amount_of(command.amount_minor, payment.currency.code, field="amount"),
            command.reference,
            by=by,
            at=clock.now(),
        )
        transaction.keep(decision)
    return decision.record
