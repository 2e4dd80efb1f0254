"""A student chooses the card that is offered first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from linguapay_core.domain.seen import SeenMethod
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.methods import own_method


@dataclass(frozen=True, slots=True)
class MakeDefaultPaymentMethod:
    """Make this saved card of this student's the default."""

    student_id: str
    payment_method_id: str


def make_default_payment_method(
    command: MakeDefaultPaymentMethod, *, transactions: Transactions, gateway: Gateway
) -> SeenMethod:
    """Make a saved card the default. Raises ``NotFound`` for one that isn't the student's."""
    method = own_method(command.payment_method_id, command.student_id, transactions=transactions, gateway=gateway)
    definite(gateway.set_default_method(method.customer_id, method_id=method.id))
    return replace(method, is_default=True)
