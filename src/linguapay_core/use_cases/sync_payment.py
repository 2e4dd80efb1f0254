"""An admin wants to know how a payment stands at Stripe, now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from linguapay_core.domain.errors import Refused
from linguapay_core.domain.identifiers import PaymentId
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.payment import Payment
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transaction, Transactions
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.looking import has_intent, look


@dataclass(frozen=True, slots=True)
class SyncPayment:
    """This payment, with its refunds and transfers."""

    payment_id: str


def sync_payment(
    command: SyncPayment, *, transactions: Transactions, gateway: Gateway, clock: Clock, identifiers: Identifiers
) -> Payment:
    """Ask Stripe about the payment and all that came of it there, and write down what it says.

    Raises ``InFlight`` while the intent is still being made, ``GatewayUnreachable`` where Stripe gave no answer, and
    ``Refused`` where it knows something of it no more.
    """
    payment_id = PaymentId.parse(command.payment_id)
    with transactions.begin() as transaction:
        payment = transaction.payment(payment_id)
        questions = tuple(_questions(transaction, payment)) if has_intent(payment) else ()
    for kind, object_id in questions:
        answer = look(kind, object_id, transactions=transactions, gateway=gateway, clock=clock, identifiers=identifiers)
        if definite(answer) is None:
            way_out = "See whether it was made in this account and mode: its identifier is asked for there."
            raise Refused("unknown_at_stripe", f"Stripe knows no {object_id}.", way_out=way_out)
    with transactions.begin() as transaction:
        return transaction.payment(payment_id)


def _questions(transaction: Transaction, payment: Payment) -> Iterator[tuple[ObjectKind, str]]:
    """What of it is at Stripe."""
    yield ObjectKind.INTENT, payment.intent_id
    for refund in transaction.refunds_of(payment.id):
        if refund.stripe_id:
            yield ObjectKind.REFUND, refund.stripe_id
    for transfer in transaction.transfers_of(payment.id):
        if transfer.stripe_id:
            yield ObjectKind.TRANSFER, transfer.stripe_id
