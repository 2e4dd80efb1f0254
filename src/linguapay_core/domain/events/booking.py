"""What becomes true of gigs and bookings."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from linguapay_core.domain.events.fact import Fact


class GigOffered(Fact):
    """A teacher offers lessons."""

    name: ClassVar[str] = "gig.offered"
    teacher_id: str
    hourly_price_minor: int
    currency: str


class GigRetired(Fact):
    """A teacher no more offers these lessons; what is booked stays booked."""

    name: ClassVar[str] = "gig.retired"


class BookingRequested(Fact):
    """A student asks for a lesson at a frozen quote. ``terms`` lists the tiers as ``hours:basis points``."""

    name: ClassVar[str] = "booking.requested"
    gig_id: str
    student_id: str
    teacher_id: str
    starts_at: datetime
    minutes: int
    price_minor: int
    fee_minor: int
    total_minor: int
    currency: str
    terms: str


class BookingConfirmed(Fact):
    """The teacher agrees; it must be paid for until then."""

    name: ClassVar[str] = "booking.confirmed"
    pay_by: datetime


class BookingDeclined(Fact):
    """The teacher doesn't agree."""

    name: ClassVar[str] = "booking.declined"


class BookingExpired(Fact):
    """A deadline passed: nobody answered, or nobody paid."""

    name: ClassVar[str] = "booking.expired"


class BookingPaymentStarted(Fact):
    """The student begins to pay."""

    name: ClassVar[str] = "booking.payment_started"
    payment_id: str


class BookingPaymentEnded(Fact):
    """That payment came to nothing; the student may start another."""

    name: ClassVar[str] = "booking.payment_ended"
    payment_id: str


class BookingPaid(Fact):
    """The money is here."""

    name: ClassVar[str] = "booking.paid"
    payment_id: str


class BookingCancelling(Fact):
    """Somebody cancelled while the student was paying; Stripe decides what came first."""

    name: ClassVar[str] = "booking.cancelling"


class BookingCancelled(Fact):
    """There will be no lesson. ``refund_minor`` of a paid price goes back, and ``fee_refund_minor`` of the fee."""

    name: ClassVar[str] = "booking.cancelled"
    refund_minor: int = 0
    fee_refund_minor: int = 0


class BookingCompleted(Fact):
    """The lesson was given."""

    name: ClassVar[str] = "booking.completed"


class NoShowClaimed(Fact):
    """One side says that the other wasn't there."""

    name: ClassVar[str] = "booking.no_show_claimed"
    absent: str


class BookingContested(Fact):
    """The two sides disagree, or a problem was reported; an admin decides."""

    name: ClassVar[str] = "booking.contested"
    text_id: str = ""


class ContestDecided(Fact):
    """An admin decided a contest. So much goes back to the student, in parts of price and fee."""

    name: ClassVar[str] = "booking.contest_decided"
    refund_minor: int
    fee_refund_minor: int
    text_id: str


class RescheduleProposed(Fact):
    """One side asks for another time."""

    name: ClassVar[str] = "booking.reschedule_proposed"
    starts_at: datetime


class RescheduleDeclined(Fact):
    """The other side keeps to the time."""

    name: ClassVar[str] = "booking.reschedule_declined"


class Rescheduled(Fact):
    """Both agree on another time; price and payment stay."""

    name: ClassVar[str] = "booking.rescheduled"
    starts_at: datetime
