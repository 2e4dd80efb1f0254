"""An admin gives up what a teacher owes and won't pay."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import people_rules, postings, receivable_rules
from linguapay_core.domain.identifiers import PaymentId, PersonId, TextId
from linguapay_core.domain.payment import Payment
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import admin, amount_of
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class WriteOffReceivable:
    """So much of what is owed for this payment, with notes that say why.

    ``reference`` is the admin's: by it the same write-off is known when it is sent a second time.
    """

    payment_id: str
    admin_id: str
    amount_minor: int
    reference: str
    notes: str


@until_fresh
def write_off_receivable(
    command: WriteOffReceivable, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> Payment:
    """Let the platform bear it. The same reference a second time changes nothing.

    Raises ``Refused`` for more than the teacher owes for this payment, ``Invalid`` for a reference that isn't one.
    """
    by = admin(command.admin_id)
    with transactions.begin() as transaction:
        payment = transaction.payment(PaymentId.parse(command.payment_id))
        if transaction.has_entry(postings.written_off_key(payment, command.reference)):
            return payment
        text_id = identifiers.new(TextId)
        decision = receivable_rules.write_off(
            payment,
            transaction.balances(payment),
            amount_of(command.amount_minor, payment.currency.code, field="amount"),
            command.reference,
            text_id,
            by=by,
            at=clock.now(),
        )
        decision += people_rules.write_down(
            text_id, subject=payment.id, author=PersonId(by.person), text=command.notes, field="notes"
        )
        transaction.keep(decision)
    return decision.record
