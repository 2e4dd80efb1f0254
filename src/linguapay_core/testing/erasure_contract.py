"""Every store finds what must be settled before somebody is forgotten, and what is to be forgotten then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.erasure import Erasure
from linguapay_core.domain.erasure_rules import UNSETTLED
from linguapay_core.domain.identifiers import BookingId, GigId, PaymentId, PersonId, RefundRequestId, TextId
from linguapay_core.domain.money import USD, Parts
from linguapay_core.domain.payment import Counters, PaymentState
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import TransferState
from linguapay_core.ports.transactions import Transactions
from linguapay_core.testing.builders import (
    ANNA,
    BEN,
    CARLA,
    NOON,
    a_booking,
    a_gig,
    a_payment,
    a_refund,
    a_refund_request,
    a_text,
    a_transfer,
    usd,
)
from linguapay_core.testing.keeping import keep

ENDED: Final = {"state": PaymentState.SUCCEEDED, "holds_booking": True}


def _names(transactions: Transactions, person_id: PersonId) -> list[str]:
    with transactions.begin() as transaction:
        return [matter.id for matter in transaction.unsettled(person_id)]


def check_what_is_open_is_found_for_both_sides(transactions: Transactions) -> None:
    """A lesson's own, in the order of the table; the student's request is the student's, the transfer the teacher's."""
    booking, payment = a_booking(state=BookingState.PAYING), a_payment()
    request, refund, transfer = a_refund_request(), a_refund(), a_transfer()
    keep(transactions, a_gig(), a_text(), booking, payment, request, refund, transfer)
    assert [*UNSETTLED] == [type(one) for one in (booking, payment, request, refund, transfer)]
    assert _names(transactions, BEN) == [booking.id, payment.id, request.id, refund.id]
    assert _names(transactions, ANNA) == [booking.id, payment.id, refund.id, transfer.id]
    assert _names(transactions, CARLA) == []


def check_what_is_settled_is_not_found(transactions: Transactions) -> None:
    """Records at their end are in nobody's way."""
    keep(
        transactions,
        a_gig(),
        a_text(),
        a_booking(state=BookingState.COMPLETED),
        a_payment(**ENDED),
        a_refund_request(state=RequestState.DONE),
        a_refund(state=RefundState.SUCCEEDED),
        a_transfer(state=TransferState.CREATED),
    )
    assert _names(transactions, BEN) == _names(transactions, ANNA) == []


def check_a_payment_with_credit_is_found(transactions: Transactions) -> None:
    """However it ended, somebody is owed something."""
    counters = replace(Counters.none(USD), credit=Parts(usd(10), usd(0)))
    keep(transactions, a_gig(), a_booking(state=BookingState.CANCELLED), a_payment(counters=counters, **ENDED))
    assert _names(transactions, BEN) == [a_payment().id]


def check_texts_about_a_students_requests_are_found(transactions: Transactions) -> None:
    """Whoever wrote them; and not what was written about another's."""
    other = a_refund_request(
        id=RefundRequestId.of(2), student_id=CARLA, payment_id=PaymentId.of(2), booking_id=BookingId.of(2),
        reason_id=TextId.of(3),
    )  # fmt: skip
    note = a_text(id=TextId.of(2), author=CARLA, text="Twice in a month.")
    keep(transactions, a_gig(), a_booking(), a_payment(), a_text(), note, a_refund_request())
    keep(
        transactions,
        a_booking(id=BookingId.of(2)),
        a_payment(id=PaymentId.of(2), booking_id=BookingId.of(2), intent_id=""),
    )
    keep(transactions, a_text(id=TextId.of(3), subject=other.id), other)
    with transactions.begin() as transaction:
        assert [text.id for text in transaction.texts_about(BEN)] == [TextId.of(1), TextId.of(2)]
        assert transaction.texts_about(ANNA) == ()


def check_notes_about_a_students_payments_and_a_teachers_transfers_are_found(transactions: Transactions) -> None:
    """And none about a lesson, an alarm or another's payment."""
    other = a_payment(id=PaymentId.of(2), student_id=CARLA, booking_id=BookingId.of(2), intent_id="")
    keep(transactions, a_gig(), a_booking(), a_payment(), a_transfer(), a_booking(id=BookingId.of(2)), other)
    subjects = (a_payment().id, a_transfer().id, other.id, a_booking().id, f"payment_quarantined:{a_payment().id}")
    for number, subject in enumerate(subjects, 1):
        keep(transactions, a_text(id=TextId.of(number), subject=subject, author=CARLA))
    with transactions.begin() as transaction:
        for person_id, notes in ((BEN, [TextId.of(1)]), (ANNA, [TextId.of(2)]), (CARLA, [TextId.of(3)])):
            assert [text.id for text in transaction.notes_about(person_id)] == notes


def check_a_teachers_gigs_are_found(transactions: Transactions) -> None:
    """Retired ones too, the oldest first, and nobody else's."""
    retired, others = a_gig(id=GigId.of(2), active=False), a_gig(id=GigId.of(3), teacher_id=CARLA)
    keep(transactions, retired, a_gig(), others)
    with transactions.begin() as transaction:
        assert [gig.id for gig in transaction.gigs_of(ANNA)] == [GigId.of(1), GigId.of(2)]


def check_a_wish_to_be_forgotten_is_kept_and_found_when_it_is_due(transactions: Transactions) -> None:
    """Until it was carried out: then it isn't due any more."""
    later = NOON + timedelta(hours=1)
    keep(transactions, Erasure(BEN, 0, NOON, look_at=later), Erasure(ANNA, 0, NOON, look_at=None, erased_at=NOON))
    with transactions.begin() as transaction:
        assert transaction.erasure(CARLA) is None
        assert transaction.erasure(ANNA) == Erasure(ANNA, 1, NOON, look_at=None, erased_at=NOON)
        assert transaction.due(Erasure, at=NOON, limit=9) == ()
        assert transaction.due(Erasure, at=later, limit=9) == (Erasure(BEN, 1, NOON, look_at=later),)


ERASURE_CONTRACT: Final = (
    check_what_is_open_is_found_for_both_sides,
    check_what_is_settled_is_not_found,
    check_a_payment_with_credit_is_found,
    check_texts_about_a_students_requests_are_found,
    check_notes_about_a_students_payments_and_a_teachers_transfers_are_found,
    check_a_teachers_gigs_are_found,
    check_a_wish_to_be_forgotten_is_kept_and_found_when_it_is_due,
)
