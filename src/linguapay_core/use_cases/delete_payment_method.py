"""A student forgets a saved card."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.attempts import harmless_key
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.methods import own_method


@dataclass(frozen=True, slots=True)
class DeletePaymentMethod:
    """Forget this saved card of this student's."""

    student_id: str
    payment_method_id: str


def delete_payment_method(
    command: DeletePaymentMethod, *, transactions: Transactions, gateway: Gateway, clock: Clock
) -> None:
    """Detach a card, for good. If it was the default, the newest other one becomes it.

    Raises ``NotFound`` for a card that isn't the student's.
    """
    method = own_method(command.payment_method_id, command.student_id, transactions=transactions, gateway=gateway)
    before = definite(gateway.methods_of(method.customer_id))
    key = harmless_key("detach_method", method.id, at=clock.now())
    definite(gateway.detach_method(method.id, key=key))
    others = [one for one in before if one.id != method.id]
    if not any(one.is_default for one in others):
        successor = others[0].id if others else ""
        definite(gateway.set_default_method(method.customer_id, method_id=successor))
