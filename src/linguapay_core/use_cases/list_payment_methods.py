"""A student's saved cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linguapay_core.domain.seen import SeenMethod
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.methods import known_customer


@dataclass(frozen=True, slots=True)
class ListPaymentMethods:
    """Of this student."""

    student_id: str


def list_payment_methods(
    command: ListPaymentMethods, *, transactions: Transactions, gateway: Gateway
) -> Sequence[SeenMethod]:
    """The saved cards, the newest first, the default marked; none for a student who never paid."""
    customer_id = known_customer(command.student_id, transactions)
    return definite(gateway.methods_of(customer_id)) if customer_id else ()
