"""Every store counts what somebody has to do with lessons alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.events.booking import BookingContested
from linguapay_core.domain.history import SIDES, History
from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId, RefundRequestId, TextId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import CURRENCIES, USD, Currency, Money, Parts
from linguapay_core.domain.payment import Counters, Payment, PaymentState
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.ports.reports import Reports
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import (
    ANNA,
    BEN,
    CARLA,
    a_booking,
    a_gig,
    a_payment,
    a_refund_request,
    a_text,
    an_event,
    usd,
)
from linguapay_core.testing.keeping import keep

EUR: Final = CURRENCIES["EUR"]


def _a_payment(number: int, currency: Currency, refunded_minor: int, **different: object) -> Payment:
    """The payment of the booking of this number, of which so much went back."""
    money = Money(3000, currency)
    refunded = Parts(Money(refunded_minor, currency), Money(refunded_minor, currency))
    return a_payment(
        id=PaymentId.of(number),
        booking_id=BookingId.of(number),
        parts=Parts(money, money),
        counters=replace(Counters.none(currency), captured=Parts(money, money), refunded=refunded),
        intent_id=f"pi_{number}",
        **different,
    )


def _keep_three_lessons(transactions: Transactions) -> None:
    """Ben's two with Anna, and one that he gives to Carla."""
    swapped = {"student_id": CARLA, "teacher_id": BEN}
    keep(
        transactions,
        a_gig(),
        a_booking(state=BookingState.COMPLETED, absent=Role.TEACHER),
        a_booking(id=BookingId.of(2), state=BookingState.CONTESTED),
        a_booking(id=BookingId.of(3), state=BookingState.COMPLETED, absent=Role.STUDENT, **swapped),
        _a_payment(1, USD, 100, state=PaymentState.SUCCEEDED),
        _a_payment(2, EUR, 25, state=PaymentState.SUCCEEDED),
        _a_payment(3, USD, 0, **swapped),
        *(a_text(id=TextId.of(number)) for number in (1, 2, 3)),
        a_refund_request(state=RequestState.DONE),
        a_refund_request(id=RefundRequestId.of(2), reason_id=TextId.of(2), state=RequestState.REJECTED),
        a_refund_request(
            id=RefundRequestId.of(3),
            reason_id=TextId.of(3),
            payment_id=PaymentId.of(3),
            booking_id=BookingId.of(3),
            student_id=CARLA,
        ),
        *(an_event(subject=BookingId.of(2), fact=BookingContested()) for _ in range(2)),
    )


def check_a_history_counts_what_is_somebodys_on_one_side(transactions: Transactions, reports: Reports) -> None:
    """Lessons, payments and requests by their states, what went back, absences, and contests, each once."""
    _keep_three_lessons(transactions)
    learning = History(
        bookings={BookingState.COMPLETED: 1, BookingState.CONTESTED: 1},
        payments={PaymentState.SUCCEEDED: 2},
        requests={RequestState.DONE: 1, RequestState.REJECTED: 1},
        refunded=(Money(50, EUR), usd(200)),
        contested=1,
    )
    assert reports.history(BEN, Role.STUDENT) == learning
    assert reports.history(ANNA, Role.TEACHER) == replace(learning, absent=1)
    teaching = History({BookingState.COMPLETED: 1}, {PaymentState.OPEN: 1}, {RequestState.SUBMITTED: 1})
    assert reports.history(BEN, Role.TEACHER) == teaching
    assert reports.history(CARLA, Role.STUDENT) == replace(teaching, absent=1)


def check_a_stranger_has_no_history(transactions: Transactions, reports: Reports) -> None:
    """Nothing of anybody's is theirs."""
    _keep_three_lessons(transactions)
    for side in SIDES:
        assert reports.history(PersonId("zoe"), side) == History({}, {}, {})


HISTORY_CONTRACT: Final[tuple[Callable[[Transactions, Reports], None], ...]] = (
    check_a_history_counts_what_is_somebodys_on_one_side,
    check_a_stranger_has_no_history,
)
