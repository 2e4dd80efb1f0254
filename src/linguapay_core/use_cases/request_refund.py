"""A student asks for money back."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain import erasure_rules, people_rules, refund_request, refund_request_rules
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.identifiers import RefundRequestId, TextId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.policies import Policies
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.loading import amount_of, own_payment
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class RequestRefund:
    """``amount_minor`` of this payment, in its currency or the one that is named, for this reason."""

    payment_id: str
    student_id: str
    amount_minor: int
    reason: str
    currency: str = ""


@until_fresh
def request_refund(
    command: RequestRefund, *, transactions: Transactions, clock: Clock, identifiers: Identifiers, policies: Policies
) -> RefundRequest:
    """Ask for the whole or a part of what is left. Raises ``Refused`` for more, or while another request is open."""
    with transactions.begin() as transaction:
        payment = own_payment(transaction, command.payment_id, command.student_id)
        if any(one.state in refund_request.OPEN for one in transaction.requests_of(payment.id)):
            raise Refused(
                "request_open", "A refund request about this payment is open.", way_out="Withdraw or change that one."
            )
        text_id = identifiers.new(TextId)
        decision = refund_request_rules.submit(
            identifiers.new(RefundRequestId),
            payment=payment,
            amount=amount_of(command.amount_minor, command.currency or payment.currency.code, field="amount"),
            reason_id=text_id,
            lesson_ends_at=transaction.booking(payment.booking_id).ends_at,
            policy=policies.refunds,
            by=Actor(Role.STUDENT, payment.student_id),
            at=clock.now(),
        )
        reason = people_rules.write_down(
            text_id, subject=decision.record.id, author=payment.student_id, text=command.reason, field="reason"
        )
        look_again = erasure_rules.revive(transaction.erasure(payment.student_id), at=clock.now())
        transaction.keep(decision + reason + look_again)
    return decision.record
