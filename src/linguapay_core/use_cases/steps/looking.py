"""Fetching an object from Stripe and writing down what it has become: a webhook's hint, a poll and a person's question.

No transaction is open while Stripe is asked.
"""

from __future__ import annotations

from linguapay_core.domain.answer import Answer, Answered, Postponed, Rejected, Unknown
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.people import TeacherAccount
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.seen import ObjectKind
from linguapay_core.domain.transfer import Transfer
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.news import account_news, intent_news, refund_news, transfer_news

Looked = Payment | Refund | Transfer | TeacherAccount | None
"""What a look found: the record as it is now, or nothing of ours."""


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
            intent = gateway.intent(object_id)
            if isinstance(intent, Answered):
                return Answered(
                    intent_news(intent.value, transactions=transactions, clock=clock, identifiers=identifiers)
                )
            return _nothing(intent)
        case ObjectKind.REFUND:
            refund = gateway.refund(object_id)
            if isinstance(refund, Answered):
                return Answered(
                    refund_news(refund.value, transactions=transactions, clock=clock, identifiers=identifiers)
                )
            return _nothing(refund)
        case ObjectKind.TRANSFER:
            transfer = gateway.transfer(object_id)
            if isinstance(transfer, Answered):
                return Answered(
                    transfer_news(transfer.value, transactions=transactions, clock=clock, identifiers=identifiers)
                )
            return _nothing(transfer)
        case ObjectKind.ACCOUNT:
            account = gateway.account(object_id)
            if isinstance(account, Answered):
                return Answered(account_news(account.value, transactions=transactions, clock=clock))
            return _nothing(account)
        case ObjectKind.OTHER:
            return Answered(None)


def _nothing(answer: Rejected | Postponed | Unknown) -> Answer[Looked]:
    """An object that Stripe doesn't know is nothing of ours; anything else is to be asked again."""
    return Answered(None) if isinstance(answer, Rejected) else answer
