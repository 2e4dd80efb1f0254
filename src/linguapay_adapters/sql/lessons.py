"""Gigs, bookings and calendars as rows."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final

from linguapay_adapters.sql.columns import (
    amounts,
    check,
    index,
    listed,
    one_of,
    reference,
    table_of,
    when,
    whole,
    word,
    yes_no,
)
from linguapay_adapters.sql.shape import AnyRow, Shape
from linguapay_core.domain.booking import OCCUPYING, Booking, BookingState, Proposal
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.identifiers import BookingId, GigId, PersonId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Money
from linguapay_core.domain.people import Calendar
from linguapay_core.domain.policies import CancellationTerms, Deadlines, Tier
from linguapay_core.domain.quote import Quote

MICROSECOND: Final = timedelta(microseconds=1)

gigs: Final = table_of(
    "gigs",
    GigId,
    word("teacher_id", PersonId),
    word("title"),
    *amounts("hourly_price_minor"),
    yes_no("active"),
    when("offered_at"),
)

index(gigs, "listed", "offered_at", "id")
index(gigs, "of_teacher", "teacher_id", "offered_at", "id")

calendars: Final = table_of("calendars", PersonId)

bookings: Final = table_of(
    "bookings",
    BookingId,
    reference("gig_id", GigId, "gigs"),
    word("student_id", PersonId),
    word("teacher_id", PersonId),
    when("starts_at"),
    when("ends_at"),
    whole("minutes"),
    *amounts("hourly_price_minor", "price_minor", "fee_minor", "total_minor"),
    word("terms"),
    word("deadlines"),
    word("state", BookingState),
    when("requested_at"),
    when("answer_by"),
    when("pay_by", null=True),
    when("closed_at", null=True),
    word("absent", Role, null=True),
    when("proposed_starts_at", null=True),
    word("proposed_by", Role, null=True),
    when("due_at", null=True),
    one_of("state", BookingState),
    one_of("absent", Role),
    one_of("proposed_by", Role),
    check("two_people", "student_id <> teacher_id"),
    check("takes_time", "minutes > 0 AND ends_at > starts_at"),
    check("total_covers", "price_minor <= total_minor AND fee_minor <= total_minor"),
    check("proposal_whole", "(proposed_starts_at IS NULL) = (proposed_by IS NULL)"),
)

OCCUPIES: Final = f"state IN {listed(OCCUPYING)}"

index(bookings, "of_calendar", "teacher_id", "ends_at", only=OCCUPIES)
index(bookings, "due", "due_at", only="due_at IS NOT NULL")
index(bookings, "listed", "requested_at", "id")
index(bookings, "starting", "starts_at", "id")
index(bookings, "in_state", "state", "requested_at", "id")
index(bookings, "of_gig", "gig_id", "requested_at", "id")
index(bookings, "of_student", "student_id", "requested_at", "id")
index(bookings, "of_teacher", "teacher_id", "requested_at", "id")


def _gig_row(gig: Gig) -> dict[str, object]:
    return {
        "teacher_id": gig.teacher_id,
        "title": gig.title,
        "currency": gig.hourly_price.currency,
        "hourly_price_minor": gig.hourly_price.amount_minor,
        "active": gig.active,
        "offered_at": gig.offered_at,
    }


def _gig(row: AnyRow) -> Gig:
    return Gig(
        id=row.id,
        version=row.version,
        teacher_id=row.teacher_id,
        title=row.title,
        hourly_price=Money(row.hourly_price_minor, row.currency),
        active=row.active,
        offered_at=row.offered_at,
    )


def _booking_row(booking: Booking) -> dict[str, object]:
    quote, proposal = booking.quote, booking.proposal
    return {
        "gig_id": booking.gig_id,
        "student_id": booking.student_id,
        "teacher_id": booking.teacher_id,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "minutes": quote.minutes,
        "currency": quote.total.currency,
        "hourly_price_minor": quote.hourly_price.amount_minor,
        "price_minor": quote.price.amount_minor,
        "fee_minor": quote.fee.amount_minor,
        "total_minor": quote.total.amount_minor,
        "terms": json.dumps([[tier.hours_before, tier.refund_bps] for tier in quote.terms.tiers]),
        "deadlines": _written(booking.deadlines),
        "state": booking.state,
        "requested_at": booking.requested_at,
        "answer_by": booking.answer_by,
        "pay_by": booking.pay_by,
        "closed_at": booking.closed_at,
        "absent": booking.absent,
        "proposed_starts_at": proposal and proposal.starts_at,
        "proposed_by": proposal and proposal.by,
        "due_at": booking.due_at,
    }


def _booking(row: AnyRow) -> Booking:
    return Booking(
        id=row.id,
        version=row.version,
        gig_id=row.gig_id,
        student_id=row.student_id,
        teacher_id=row.teacher_id,
        starts_at=row.starts_at,
        quote=_quote(row),
        deadlines=_deadlines(row.deadlines),
        state=row.state,
        requested_at=row.requested_at,
        answer_by=row.answer_by,
        pay_by=row.pay_by,
        closed_at=row.closed_at,
        absent=row.absent,
        proposal=None if row.proposed_by is None else Proposal(row.proposed_starts_at, row.proposed_by),
    )


def _quote(row: AnyRow) -> Quote:
    return Quote(
        hourly_price=Money(row.hourly_price_minor, row.currency),
        minutes=row.minutes,
        price=Money(row.price_minor, row.currency),
        fee=Money(row.fee_minor, row.currency),
        total=Money(row.total_minor, row.currency),
        terms=CancellationTerms(tuple(Tier(*tier) for tier in json.loads(row.terms))),
    )


def _written(deadlines: Deadlines) -> str:
    lengths = {
        "answer_microseconds": deadlines.answer,
        "pay_microseconds": deadlines.pay,
        "pay_before_start_microseconds": deadlines.pay_before_start,
        "grace_microseconds": deadlines.grace,
        "protection_microseconds": deadlines.protection,
    }
    return json.dumps({name: length // MICROSECOND for name, length in lengths.items()})


def _deadlines(written: str) -> Deadlines:
    lengths = {name: count * MICROSECOND for name, count in json.loads(written).items()}
    return Deadlines(**{name.removesuffix("_microseconds"): length for name, length in lengths.items()})


GIGS: Final = Shape(Gig, "gig", gigs, _gig_row, _gig)
CALENDARS: Final = Shape(Calendar, "calendar", calendars, lambda _: {}, lambda row: Calendar(row.id, row.version))
BOOKINGS: Final = Shape(Booking, "booking", bookings, _booking_row, _booking)
