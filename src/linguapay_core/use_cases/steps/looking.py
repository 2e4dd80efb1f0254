"""Fetching an object from Stripe and writing down what it has become: a webhook's hint, a poll and a person's question.

No transaction is open while Stripe is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from linguapay_core.domain.answer import Answer, Answered, Rejected
from linguapay_core.domain.errors import InFlight
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.people import TeacherAccount
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.transfer import Transfer
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.news import account_news, intent_news, refund_news, transfer_news

SeenT = TypeVar("SeenT")

Looked = Payment | Refund | Transfer | TeacherAccount | None
"""What a look found: the record as it is now, or nothing of ours."""


MAKING: Final = frozenset(
    {PaymentState.NEW, PaymentState.CREATING, PaymentState.CREATING_UNKNOWN, PaymentState.CANCELLING}
)
"""The states in which an intent may still be made for a payment that has none."""


def has_intent(payment: Payment) -> bool:
    """Whether Stripe has an intent for a payment, or never will. Raises ``InFlight`` while it may still be made."""
    if not payment.intent_id and payment.state in MAKING:
        raise InFlight("Stripe has no intent for this payment yet.")
    return bool(payment.intent_id)


def look(
    kind: ObjectKind,
    object_id: str,
    *,
    transactions: Transactions,
    gateway: Gateway,
    clock: Clock,
    identifiers: Identifiers,
) -> Answer[Looked]:
    """Fetch one object and take over what it says. What Stripe doesn't know, or isn't followed, is nothing of ours."""
    match kind:
        case ObjectKind.INTENT:
            write = partial(intent_news, transactions=transactions, clock=clock, identifiers=identifiers)
            return _written(gateway.intent(object_id), write)
        case ObjectKind.REFUND:
            note = partial(refund_news, transactions=transactions, clock=clock, identifiers=identifiers)
            return _written(gateway.refund(object_id), note)
        case ObjectKind.TRANSFER:
            book = partial(transfer_news, transactions=transactions, clock=clock, identifiers=identifiers)
            return _written(gateway.transfer(object_id), book)
        case ObjectKind.ACCOUNT:
            return _written(gateway.account(object_id), partial(account_news, transactions=transactions, clock=clock))
        case ObjectKind.OTHER:
            return Answered(None)


def _written(answer: Answer[SeenT], write: Callable[[SeenT], Looked]) -> Answer[Looked]:
    """Write down what was answered. An object that Stripe doesn't know is nothing of ours; else it is asked again."""
    match answer:
        case Answered(seen):
            return Answered(write(seen))
        case Rejected():
            return Answered(None)
        case _:
            return answer
