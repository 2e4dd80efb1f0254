"""A student as Stripe's customer: found, or made on the first occasion. A second customer would be harmless."""

from __future__ import annotations

from linguapay_core.domain import people_rules
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.attempts import harmless_key
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.persistence import until_fresh


def customer_of(student_id: str, *, transactions: Transactions, gateway: Gateway, clock: Clock) -> str:
    """The identifier of a student's customer at Stripe.

    Raises ``GatewayUnreachable`` if Stripe must be asked and is silent.
    """
    student = PersonId.parse(student_id, field="student_id")
    with transactions.begin() as transaction:
        known = transaction.customer(student)
    if known is not None:
        return known.customer_id
    key = harmless_key("create_customer", student, at=clock.now())
    made = definite(gateway.create_customer(key=key, student_id=student))
    return _remember(student, made, transactions=transactions, clock=clock)


@until_fresh
def _remember(student: PersonId, customer_id: str, *, transactions: Transactions, clock: Clock) -> str:
    """Keep the customer, unless somebody else kept one meanwhile: then that one counts."""
    with transactions.begin() as transaction:
        known = transaction.customer(student)
        if known is not None:
            return known.customer_id
        transaction.keep(people_rules.customer_known(student, customer_id, at=clock.now()))
    return customer_id
