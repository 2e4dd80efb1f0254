"""The worker asks Stripe itself about what no webhook has told: no news is never good enough for money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from linguapay_core.domain.decision import changed
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.seen import ObjectKind
from linguapay_core.domain.transfer import Transfer, TransferState
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


def look_at_stripe(
    command: LookAtStripe, *, transactions: Transactions, gateway: Gateway, clock: Clock, identifiers: Identifiers
) -> int:
    """Fetch payments, refunds and transfers that have been silent for too long. Returns how many were fetched."""
    with transactions.begin() as transaction:
        due = tuple(_due(transaction, clock, command.limit))
    for record in due:
        kind, object_id = _object(record)
        if object_id:
            look(
                kind,
                object_id,
                transactions=transactions,
                gateway=gateway,
                clock=clock,
                identifiers=identifiers,
            )
        _look_later(record, transactions, clock)
    return len(due)


def _due(transaction: Transaction, clock: Clock, limit: int) -> Iterator[Looked]:
    at = clock.now()
    yield from transaction.due(Payment, at=at, limit=limit)
    yield from transaction.due(Refund, at=at, limit=limit)
    for transfer in transaction.due(Transfer, at=at, limit=limit):
        if transfer.state is TransferState.CREATED:
            yield transfer


def _object(record: Looked) -> tuple[ObjectKind, str]:
    match record:
        case Payment():
            return ObjectKind.INTENT, record.intent_id
        case Refund():
            return ObjectKind.REFUND, record.stripe_id
        case Transfer():
            return ObjectKind.TRANSFER, record.stripe_id


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
