"""What somebody has to do with lessons so far, counted in memory."""

from __future__ import annotations

from collections import Counter, defaultdict

from linguapay_adapters.memory.shelves import Shelves
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.events.booking import BookingContested
from linguapay_core.domain.history import History, Side
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.money import Currency, Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund_request import RefundRequest


def history(shelves: Shelves, person: PersonId, side: Side) -> History:
    """Everything of theirs, on this side of lessons."""
    bookings = [booking for booking in shelves.all(Booking) if getattr(booking, f"{side}_id") == person]
    payments = [payment for payment in shelves.all(Payment) if getattr(payment, f"{side}_id") == person]
    names = {payment.id for payment in payments}
    requests = [one for one in shelves.all(RefundRequest) if one.payment_id in names]
    contested = {event.subject for event in shelves.events if isinstance(event.fact, BookingContested)}
    return History(
        bookings=Counter(booking.state for booking in bookings),
        payments=Counter(payment.state for payment in payments),
        requests=Counter(request.state for request in requests),
        refunded=_refunded(payments),
        absent=sum(booking.absent is side for booking in bookings),
        contested=sum(booking.id in contested for booking in bookings),
    )


def _refunded(payments: list[Payment]) -> tuple[Money, ...]:
    sums: defaultdict[Currency, int] = defaultdict(int)
    for payment in payments:
        sums[payment.currency] += payment.counters.refunded.total.amount_minor
    ordered = sorted(sums.items(), key=lambda one: one[0].code)
    return tuple(Money(minor, currency) for currency, minor in ordered if minor)
