"""The clock's work: deadlines of bookings and refund requests, and teachers who are to be paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from linguapay_core.domain import booking_rules, refund_request_rules, settlement
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import Decision
from linguapay_core.domain.identifiers import BookingId, RefundRequestId, TransferId
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.transfer import Transfer, TransferState
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transaction, Transactions
from linguapay_core.use_cases.steps.loading import case_of
from linguapay_core.use_cases.steps.persistence import until_fresh


@dataclass(frozen=True, slots=True)
class PassDeadlines:
    """At most so many of each kind."""

    limit: int = 50


@dataclass(frozen=True, slots=True)
class _Time:
    """What deciding by the clock needs."""

    clock: Clock
    identifiers: Identifiers


_Decide = Callable[[Transaction, str, _Time], Decision[object]]


def pass_deadlines(
    command: PassDeadlines, *, transactions: Transactions, clock: Clock, identifiers: Identifiers
) -> int:
    """Decide what is due, each in a transaction of its own. Returns how many decisions were made."""
    time = _Time(clock, identifiers)
    with transactions.begin() as transaction:
        due = _due(transaction, at=clock.now(), limit=command.limit)
    return sum(_decide(decide, record_id, time, transactions) for decide, record_id in due)


def _due(transaction: Transaction, *, at: datetime, limit: int) -> list[tuple[_Decide, str]]:
    """What is due, with how each kind of record is decided when its time has come."""
    return [
        *((_booking_due, one.id) for one in transaction.due(Booking, at=at, limit=limit)),
        *((_request_due, one.id) for one in transaction.due(RefundRequest, at=at, limit=limit)),
        *(
            (_transfer_due, one.id)
            for state in (TransferState.SCHEDULED, TransferState.ON_HOLD)
            for one in transaction.due(Transfer, at=at, limit=limit, state=state)
        ),
    ]


@until_fresh
def _decide(decide: _Decide, record_id: str, time: _Time, transactions: Transactions) -> bool:
    with transactions.begin() as transaction:
        decision = decide(transaction, record_id, time)
        transaction.keep(decision)
    return bool(decision)


def _booking_due(transaction: Transaction, booking_id: str, time: _Time) -> Decision[object]:
    at = time.clock.now()
    booking = transaction.booking(BookingId(booking_id))
    if booking.due_at is None or at < booking.due_at:
        return Decision(booking)
    if booking.state is BookingState.REQUESTED:
        return booking_rules.pass_answer_by(booking, at=at)
    if booking.state is BookingState.CONFIRMED:
        return booking_rules.pass_pay_by(booking, at=at)
    payment = transaction.holding_payment(booking.id)
    assert payment is not None, "a booking that is being paid, or is paid, has a payment"
    case = case_of(transaction, payment, time.identifiers)
    if booking.state is BookingState.PAYING:
        return settlement.pay_by_passed(case, at=at)
    return settlement.grace_passed(case, at=at)


def _request_due(transaction: Transaction, request_id: str, time: _Time) -> Decision[object]:
    request = transaction.refund_request(RefundRequestId(request_id))
    at = time.clock.now()
    return refund_request_rules.expire(request, at=at) if request.due_at and at >= request.due_at else Decision(request)


def _transfer_due(transaction: Transaction, transfer_id: str, time: _Time) -> Decision[object]:
    at = time.clock.now()
    transfer = transaction.transfer(TransferId(transfer_id))
    waiting = transfer.state in (TransferState.SCHEDULED, TransferState.ON_HOLD)
    if not waiting or transfer.due_at is None or at < transfer.due_at:
        return Decision(transfer)
    payment = transaction.payment(transfer.payment_id)
    case = case_of(transaction, payment, time.identifiers)
    account = transaction.account(transfer.teacher_id)
    held = settlement.why_held(case.booking, transaction.requests_of(payment.id), account, payment)
    return settlement.transfer_due(case, transfer, held, transaction.receivables(transfer.teacher_id), at=at)
