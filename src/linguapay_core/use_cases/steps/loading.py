"""Loading what a person may see. What isn't theirs looks as if it weren't there."""

from __future__ import annotations

from linguapay_core.domain.booking import Booking
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Invalid, NotAllowed, NotFound
from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId, RefundId, RefundRequestId, TransferId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Money, currency_named
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.settlement import Case
from linguapay_core.domain.story import Story
from linguapay_core.domain.subscription import IN_CHARGE
from linguapay_core.ports.identifiers import Identifiers
from linguapay_core.ports.transactions import Transaction


def own_booking(transaction: Transaction, booking_id: str, person_id: str, *, field: str) -> tuple[Booking, Actor]:
    """A booking of which somebody is the student or the teacher, and who that makes them. Else ``NotFound``."""
    person = PersonId.parse(person_id, field=field)
    booking = transaction.booking(BookingId.parse(booking_id))
    role = booking.role_of(person)
    if role is None:
        raise NotFound("booking", booking_id)
    return booking, Actor(role, person)


def own_payment(transaction: Transaction, payment_id: str, student_id: str) -> Payment:
    """A payment that this student makes. Else ``NotFound``."""
    student = PersonId.parse(student_id, field="student_id")
    payment = transaction.payment(PaymentId.parse(payment_id))
    if payment.student_id != student:
        raise NotFound("payment", payment_id)
    return payment


def own_request(transaction: Transaction, request_id: str, student_id: str) -> RefundRequest:
    """A refund request that this student made. Else ``NotFound``."""
    student = PersonId.parse(student_id, field="student_id")
    request = transaction.refund_request(RefundRequestId.parse(request_id))
    if request.student_id != student:
        raise NotFound("refund request", request_id)
    return request


def admin(admin_id: str) -> Actor:
    """An admin who acts."""
    return Actor(Role.ADMIN, PersonId.parse(admin_id, field="admin_id"))


def in_charge(person_id: str, role: Role, *, field: str = "person_id") -> Actor:
    """An admin who acts, or the host platform's back end. Raises ``NotAllowed`` for any other role."""
    if role not in IN_CHARGE:
        raise NotAllowed(f"This is for admins and the host platform, and not for a {role}.")
    return Actor(role, PersonId.parse(person_id, field=field))


def case_of(transaction: Transaction, payment: Payment, identifiers: Identifiers) -> Case:
    """A payment with everything that decisions about its money need."""
    return Case(
        booking=transaction.booking(payment.booking_id),
        payment=payment,
        books=transaction.balances(payment),
        transfers=tuple(transaction.transfers_of(payment.id)),
        refund_id=identifiers.new(RefundId),
        transfer_id=identifiers.new(TransferId),
    )


def case_in(story: Story, payment: Payment, identifiers: Identifiers) -> Case:
    """The same as a payment's story tells it."""
    return Case(
        booking=story.booking,
        payment=payment,
        books=story.books_of(payment),
        transfers=story.transfers_of(payment),
        refund_id=identifiers.new(RefundId),
        transfer_id=identifiers.new(TransferId),
    )


def amount_of(amount_minor: int, currency: str, *, field: str) -> Money:
    """An amount that somebody sent.

    Raises ``Invalid`` for what is no whole number of minor units of a known currency.
    """
    if isinstance(amount_minor, bool) or not isinstance(amount_minor, int):
        raise Invalid(f"{field}_minor", "an amount is a whole number of minor units, as 2625 for 26.25 USD.")
    return Money(amount_minor, currency_named(currency))
