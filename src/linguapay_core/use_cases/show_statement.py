"""Somebody wants a teacher's statement of a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from linguapay_core.domain.booking import Booking
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import PaymentId, PersonId, TransferId
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.period import check_over, month
from linguapay_core.domain.statement import (
    CurrencyStatement,
    Lesson,
    Statement,
    described,
    in_currencies,
    number_of,
)
from linguapay_core.domain.transfer import Transfer
from linguapay_core.ports.clock import Clock
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.use_cases.steps.closings import close_due, closing


@dataclass(frozen=True, slots=True)
class ShowStatement:
    """Of a teacher's month, written as ``2026-03``."""

    teacher_id: str
    month: str


def show_statement(
    command: ShowStatement, *, transactions: Transactions, reports: Reports, clock: Clock, zone: tzinfo
) -> Statement:
    """What the teacher had to receive and to pay back, what moved it, and what was left when the month was closed.

    Raises ``Invalid`` for what names no teacher or no month, and ``Refused`` for a month that isn't over or that lies
    before the first entry of this teacher's.
    """
    teacher_id = PersonId.parse(command.teacher_id, field="teacher_id")
    period = month(command.month, zone)
    check_over(period, at=clock.now())
    close_due(transactions, clock, zone)
    opened, closed = closing(period.day_before, reports), closing(period.last_day, reports)
    kept = reports.entries_of_teacher(teacher_id, closed.place)
    if not kept:
        raise Refused(
            "nothing_to_state",
            f"Up to the end of {command.month} the books have nothing of {teacher_id}.",
            way_out="Statements begin with the month of a teacher's first lesson that was settled.",
        )
    number = number_of(period, reports.closed_on(kept[0].place))
    with transactions.begin() as transaction:
        teacher = transaction.person(teacher_id)
    currencies = tuple(_described(one, reports) for one in in_currencies(teacher_id, kept, opened, closed))
    return Statement(number, teacher, period, closed.closed_at, currencies)


def _described(statement: CurrencyStatement, reports: Reports) -> CurrencyStatement:
    payments = dict.fromkeys(line.payment_id for line in statement.lines)
    transfers = dict.fromkeys(line.subject for line in statement.lines if line.subject.startswith(TransferId.prefix))
    return described(
        statement,
        {payment_id: _lesson(payment_id, reports) for payment_id in payments},
        {transfer_id: reports.one(Transfer, transfer_id).stripe_id for transfer_id in transfers},
    )


def _lesson(payment_id: PaymentId, reports: Reports) -> Lesson:
    booking = reports.one(Booking, reports.one(Payment, payment_id).booking_id)
    return Lesson(payment_id, reports.one(Gig, booking.gig_id).title, booking.starts_at)
