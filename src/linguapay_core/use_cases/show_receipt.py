"""Somebody wants a student's receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from linguapay_core.domain.errors import InFlight
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.receipt import Receipt, check_paid, receipt
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.number_receipts import NumberReceipts, number_receipts


@dataclass(frozen=True, slots=True)
class ShowReceipt:
    """Of this payment."""

    payment_id: str


def show_receipt(
    command: ShowReceipt, *, transactions: Transactions, reports: Reports, clock: Clock, zone: tzinfo
) -> Receipt:
    """What was bought, what was paid for it and how, and what came back since, under the receipt's number.

    A payment that has just succeeded gets its number now. Raises ``NotFound``, ``Refused`` where nothing was paid, and
    ``InFlight`` while what was kept before it is still being committed.
    """
    payment_id = PaymentId.parse(command.payment_id)
    story = reports.story(reports.booking_of(payment_id))
    payment = story.payment(payment_id)
    check_paid(payment)
    if reports.receipt(payment_id) is None:
        number_receipts(NumberReceipts(), transactions=transactions, clock=clock)
    numbered = reports.receipt(payment_id)
    if numbered is None:
        raise InFlight(f"The receipt of {payment_id} is about to get its number.")
    with transactions.begin() as transaction:
        student, teacher = (transaction.person(one) for one in (payment.student_id, payment.teacher_id))
    return receipt(numbered, story, student=student, teacher=teacher, zone=zone)
