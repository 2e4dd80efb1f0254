"""The worker asks Stripe itself about what no webhook has told: no news is never good enough for money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from linguapay_core.domain.decision import changed
from linguapay_core.domain.errors import LinguaPayError
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.transfer import Hold, Transfer, TransferState
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.gateway import Gateway
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transaction, Transactions
from linguapay_core.use_cases.steps.looking import look
from linguapay_core.use_cases.steps.persistence import until_fresh

LOOK_AGAIN: Final = timedelta(minutes=10)
"""When a look brought nothing, the next one comes this much later."""


@dataclass(frozen=True, slots=True)
class LookAtStripe:
    """At most so many of each kind."""

    limit: int = 20


Looked = Payment | Refund | Transfer


@dataclass(frozen=True, slots=True)
class _Question:
    """An object to fetch, and the record whose next look is put off by that; none where the clock's work does so."""

    kind: ObjectKind
    object_id: str
    about: Looked | None = None


def look_at_stripe(
    command: LookAtStripe, *, transactions: Transactions, gateway: Gateway, clock: Clock, identifiers: Identifiers
) -> int:
    """Fetch payments, refunds and transfers that have been silent for too long, and accounts that hold transfers.

    Returns how many were fetched. One that makes trouble stops no other; its trouble is raised in the end.
    """
    with transactions.begin() as transaction:
        questions = tuple(_questions(transaction, clock, command.limit))
    troubles: list[LinguaPayError] = []
    for question in questions:
        try:
            look(
                question.kind,
                question.object_id,
                transactions=transactions,
                gateway=gateway,
                clock=clock,
                identifiers=identifiers,
            )
        except LinguaPayError as trouble:
            troubles.append(trouble)
        if question.about is not None:
            _look_later(question.about, transactions, clock)
    if troubles:
        raise troubles[0]
    return len(questions)


def _questions(transaction: Transaction, clock: Clock, limit: int) -> Iterator[_Question]:
    at = clock.now()
    for payment in transaction.due(Payment, at=at, limit=limit):
        yield _Question(ObjectKind.INTENT, payment.intent_id, payment)
    for refund in transaction.due(Refund, at=at, limit=limit):
        yield _Question(ObjectKind.REFUND, refund.stripe_id, refund)
    for transfer in transaction.due(Transfer, at=at, limit=limit, state=TransferState.CREATED):
        yield _Question(ObjectKind.TRANSFER, transfer.stripe_id, transfer)
    for held in transaction.due(Transfer, at=at, limit=limit, hold=Hold.ACCOUNT_NOT_READY):
        if account := transaction.account(held.teacher_id):
            yield _Question(ObjectKind.ACCOUNT, account.account_id)


@until_fresh
def _look_later(looked: Looked, transactions: Transactions, clock: Clock) -> None:
    """Put the next look off, unless the news has already said when it is."""
    with transactions.begin() as transaction:
        now = _reloaded(transaction, looked)
        if now.look_at is not None and now.look_at <= clock.now():
            transaction.keep(changed(replace(now, look_at=clock.now() + LOOK_AGAIN)))


def _reloaded(transaction: Transaction, looked: Looked) -> Looked:
    match looked:
        case Payment():
            return transaction.payment(looked.id)
        case Refund():
            return transaction.refund(looked.id)
        case Transfer():
            return transaction.transfer(looked.id)
