"""A student wants to know how a payment stands: Stripe is asked, and the client never believed."""

from __future__ import annotations

from dataclasses import dataclass

from linguapay_core.domain.errors import Refused
from linguapay_core.domain.machine import spoken
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.create_payment_intent import Checkout, checkout
from linguapay_core.use_cases.steps.definite import definite
from linguapay_core.use_cases.steps.loading import own_payment
from linguapay_core.use_cases.steps.looking import has_intent
from linguapay_core.use_cases.steps.news import intent_news


@dataclass(frozen=True, slots=True)
class ConfirmPayment:
    """This student's browser says that something happened to this payment."""

    payment_id: str
    student_id: str


def confirm_payment(
    command: ConfirmPayment, *, transactions: Transactions, gateway: Gateway, clock: Clock, identifiers: Identifiers
) -> Checkout:
    """Ask Stripe, write down what it says, and answer how the payment stands.

    Raises ``NotFound`` for another's payment, ``InFlight`` while the intent is still being made, ``Refused`` where it
    never will be, and ``GatewayUnreachable`` where Stripe gave no answer.
    """
    with transactions.begin() as transaction:
        payment = own_payment(transaction, command.payment_id, command.student_id)
    if not has_intent(payment):
        reason = f"This payment is {spoken(payment.state)}, and nothing of it is at Stripe."
        raise Refused(f"payment_{payment.state}", reason, way_out="Start another, if the booking waits to be paid.")
    intent = definite(gateway.intent(payment.intent_id))
    payment = intent_news(intent, transactions=transactions, clock=clock, identifiers=identifiers) or payment
    with transactions.begin() as transaction:
        booking = transaction.booking(payment.booking_id)
    return checkout(payment, booking, intent)
