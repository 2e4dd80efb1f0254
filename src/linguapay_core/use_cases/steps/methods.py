"""Saved cards live at Stripe, with the customer: nothing of them is kept here. These are the steps that they share."""

from __future__ import annotations

from linguapay_core.domain.answer import Rejected
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.seen import SeenMethod
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.definite import definite


def known_customer(student_id: str, transactions: Transactions) -> str:
    """The student's customer at Stripe; empty if there is none yet."""
    student = PersonId.parse(student_id, field="student_id")
    with transactions.begin() as transaction:
        customer = transaction.customer(student)
    return customer.customer_id if customer else ""


def own_method(method_id: str, student_id: str, *, transactions: Transactions, gateway: Gateway) -> SeenMethod:
    """A saved card of this student's. Another's looks as if it weren't there: ``NotFound``."""
    customer_id = known_customer(student_id, transactions)
    answer = gateway.method(method_id)
    if isinstance(answer, Rejected):
        raise NotFound("payment method", method_id)
    method = definite(answer)
    if not customer_id or method.customer_id != customer_id:
        raise NotFound("payment method", method_id)
    return method
