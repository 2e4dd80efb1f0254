"""A student saves a card that the browser has given to Stripe."""

from __future__ import annotations

from dataclasses import dataclass, replace

from linguapay_core.domain.answer import Answered, Rejected
from linguapay_core.domain.erasure_rules import check_remembered
from linguapay_core.domain.errors import NotFound
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.seen import SeenMethod
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.attempts import harmless_key
from linguapay_core.use_cases.steps.customers import customer_of
from linguapay_core.use_cases.steps.definite import definite


@dataclass(frozen=True, slots=True)
class SavePaymentMethod:
    """Save this payment method of Stripe's for this student."""

    student_id: str
    payment_method_id: str


def save_payment_method(
    command: SavePaymentMethod, *, transactions: Transactions, gateway: Gateway, clock: Clock
) -> SeenMethod:
    """Attach a card; the first one becomes the default. Saving it again changes nothing.

    Raises ``Refused`` for a card that its bank doesn't let be saved and for a student who asked to be forgotten, and
    ``NotFound`` for another's.
    """
    with transactions.begin() as transaction:
        check_remembered(transaction.erasure(PersonId.parse(command.student_id, field="student_id")), "This student")
    customer_id = customer_of(command.student_id, transactions=transactions, gateway=gateway, clock=clock)
    key = harmless_key("attach_method", f"{command.payment_method_id}:{customer_id}", at=clock.now())
    answer = gateway.attach_method(command.payment_method_id, key=key, customer_id=customer_id)
    if isinstance(answer, Rejected) and _not_theirs(command.payment_method_id, customer_id, gateway):
        raise NotFound("payment method", command.payment_method_id)
    method = definite(answer)
    saved = definite(gateway.methods_of(customer_id))
    if any(one.is_default for one in saved):
        return next((one for one in saved if one.id == method.id), method)
    definite(gateway.set_default_method(customer_id, method_id=method.id))
    return replace(method, is_default=True)


def _not_theirs(method_id: str, customer_id: str, gateway: Gateway) -> bool:
    """Whether a card is another customer's, or nobody's that Stripe knows: both look the same."""
    seen = gateway.method(method_id)
    if isinstance(seen, Answered):
        return seen.value.customer_id not in ("", customer_id)
    return isinstance(seen, Rejected)
