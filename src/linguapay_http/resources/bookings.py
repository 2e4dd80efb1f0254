"""Bookings, from the request to the end of the lesson."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field

from linguapay_core.domain.booking import Booking, BookingState
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.finding import listed, shown
from linguapay_http.models import Amount, Instant, Minor, Name, Page, PagedByAmount, Text, View, Wish
from linguapay_http.resources.gigs import QuoteView

TAG: Final = "Bookings"


class BookingWish(Wish):
    """A lesson to ask for."""

    gig_id: Annotated[Name, Field(examples=["gig_01jnk0v6e0000000000000000a"])]
    starts_at: Instant
    minutes: Annotated[int, Field(ge=1, le=1440, examples=[60])]


class ProblemWish(Wish):
    """What went wrong with a lesson."""

    problem: Annotated[Text, Field(examples=["The connection broke off after ten minutes."])]


class ContestWish(Wish):
    """How a contest ends: so much goes back, and the lesson counts as given, or as cancelled."""

    refund_minor: Minor
    notes: Annotated[Text, Field(examples=["Both agree on half."])]
    cancelled: bool = False


class RescheduleWish(Wish):
    """Another time."""

    starts_at: Instant


class ProposalView(View):
    """Another time that one side asks for."""

    starts_at: Instant
    by: str


class BookingView(View):
    """A booking. ``absent`` is the side that the other says wasn't there; deadlines are empty where they are over."""

    named: ClassVar[str] = "booking_id"
    id: str
    state: BookingState
    gig_id: str
    student_id: str
    teacher_id: str
    starts_at: Instant
    ends_at: Instant
    total: Amount
    requested_at: Instant
    answer_by: Instant
    pay_by: Instant | None
    closed_at: Instant | None
    absent: str | None
    proposal: ProposalView | None

    @classmethod
    def of(cls, booking: Booking) -> Self:
        """Show a booking."""
        proposal = booking.proposal
        return cls(
            id=booking.id,
            state=booking.state,
            gig_id=booking.gig_id,
            student_id=booking.student_id,
            teacher_id=booking.teacher_id,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            total=Amount.of(booking.quote.total),
            requested_at=booking.requested_at,
            answer_by=booking.answer_by,
            pay_by=booking.pay_by,
            closed_at=booking.closed_at,
            absent=booking.absent,
            proposal=proposal and ProposalView(starts_at=proposal.starts_at, by=proposal.by),
        )


class BookingPage(Page):
    """A page of bookings."""

    items: list[BookingView]


class BookingSearch(PagedByAmount):
    """Which bookings."""

    state: BookingState | None = None
    gig_id: Name | None = None
    student_id: Name | None = None
    teacher_id: Name | None = None


class CancellationView(View):
    """What goes back to the student if the caller cancels now: price and fee, and both together."""

    price: Amount
    fee: Amount
    total: Amount


def list_bookings(desk: Desk, caller: Caller, search: BookingSearch) -> BookingPage:
    """List bookings: one's own as student or teacher, or all for an admin."""
    found = listed(desk, Booking, search, caller)
    return BookingPage(items=[BookingView.of(booking) for booking in found.items], next_cursor=found.next_cursor)


def request_booking(desk: Desk, caller: Caller, wish: BookingWish) -> BookingView:
    """Ask a teacher for a lesson. The quote is frozen: what was shown is what will be charged."""
    booking = desk.linguapay.request_booking(caller.person, wish.gig_id, wish.starts_at, wish.minutes)
    return BookingView.of(booking)


def show_booking(desk: Desk, caller: Caller, booking_id: str) -> BookingView:
    """Show one booking."""
    return BookingView.of(shown(desk, Booking, booking_id, caller))


def confirm_booking(desk: Desk, caller: Caller, booking_id: str) -> BookingView:
    """The teacher takes the lesson on; the student may pay."""
    return BookingView.of(desk.linguapay.confirm_booking(booking_id, caller.person))


def decline_booking(desk: Desk, caller: Caller, booking_id: str) -> BookingView:
    """The teacher doesn't take the lesson on."""
    return BookingView.of(desk.linguapay.decline_booking(booking_id, caller.person))


def withdraw_booking(desk: Desk, caller: Caller, booking_id: str) -> BookingView:
    """The student takes the request back before it is answered."""
    return BookingView.of(desk.linguapay.withdraw_booking(booking_id, caller.person))


def cancel_booking(desk: Desk, caller: Caller, booking_id: str) -> BookingView:
    """Cancel before the start. What was paid goes back by the terms, or in full if the teacher cancels."""
    return BookingView.of(desk.linguapay.cancel_booking(booking_id, caller.person))


def complete_booking(desk: Desk, caller: Caller, booking_id: str) -> BookingView:
    """The lesson was given."""
    return BookingView.of(desk.linguapay.complete_booking(booking_id, caller.person))


def claim_no_show(desk: Desk, caller: Caller, booking_id: str) -> BookingView:
    """Say that the other side wasn't there."""
    return BookingView.of(desk.linguapay.claim_no_show(booking_id, caller.person))


def deny_no_show(desk: Desk, caller: Caller, booking_id: str) -> BookingView:
    """Say that one was there after all; an admin decides."""
    return BookingView.of(desk.linguapay.deny_no_show(booking_id, caller.person))


def report_problem(desk: Desk, caller: Caller, booking_id: str, wish: ProblemWish) -> BookingView:
    """Say what went wrong; an admin decides."""
    return BookingView.of(desk.linguapay.report_problem(booking_id, caller.person, wish.problem))


def decide_contest(desk: Desk, caller: Caller, booking_id: str, wish: ContestWish) -> BookingView:
    """Decide a contested lesson: how much goes back, and whether the lesson counts as given."""
    booking = desk.linguapay.decide_contest(
        booking_id, caller.person, wish.refund_minor, wish.notes, cancelled=wish.cancelled
    )
    return BookingView.of(booking)


def propose_reschedule(desk: Desk, caller: Caller, booking_id: str, wish: RescheduleWish) -> BookingView:
    """Ask for another time."""
    return BookingView.of(desk.linguapay.propose_reschedule(booking_id, caller.person, wish.starts_at))


def accept_reschedule(desk: Desk, caller: Caller, booking_id: str) -> BookingView:
    """Take the other time that was asked for."""
    return BookingView.of(desk.linguapay.accept_reschedule(booking_id, caller.person))


def decline_reschedule(desk: Desk, caller: Caller, booking_id: str) -> BookingView:
    """Stay with the time that was agreed on."""
    return BookingView.of(desk.linguapay.decline_reschedule(booking_id, caller.person))


def show_quote(desk: Desk, caller: Caller, booking_id: str) -> QuoteView:
    """The quote that was frozen into the booking: what is charged, and the terms of cancelling."""
    return QuoteView.of(shown(desk, Booking, booking_id, caller).quote)


def quote_cancellation(desk: Desk, caller: Caller, booking_id: str) -> CancellationView:
    """What would go back if the caller cancelled now."""
    parts = desk.linguapay.quote_cancellation(booking_id, caller.person)
    return CancellationView(price=Amount.of(parts.price), fee=Amount.of(parts.fee), total=Amount.of(parts.total))


def _action(action: str, enter: Callable[..., BookingView]) -> Door:
    """Something done to a booking. Done twice it is done once, and the booking is answered either way."""
    return Door("POST", f"{ONE}{action}/", enter, BookingView, TAG, again=show_booking)


ALL: Final = "/api/bookings/"
ONE: Final = "/api/bookings/{booking_id}/"

DOORS: Final = (
    Door("GET", ALL, list_bookings, BookingPage, TAG),
    Door("POST", ALL, request_booking, BookingView, TAG, status=201, again=show_booking),
    Door("GET", ONE, show_booking, BookingView, TAG),
    Door("GET", f"{ONE}quote/", show_quote, QuoteView, TAG),
    Door("GET", f"{ONE}cancellation-quote/", quote_cancellation, CancellationView, TAG),
    _action("confirm", confirm_booking),
    _action("decline", decline_booking),
    _action("withdraw", withdraw_booking),
    _action("cancel", cancel_booking),
    _action("complete", complete_booking),
    _action("no-show", claim_no_show),
    _action("deny", deny_no_show),
    _action("report-problem", report_problem),
    _action("decide", decide_contest),
    _action("reschedule", propose_reschedule),
    _action("reschedule/accept", accept_reschedule),
    _action("reschedule/decline", decline_reschedule),
)
