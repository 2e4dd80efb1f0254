"""What a person may have of all that is known about them: flat tables, for JSON and for CSV alike.

Each row is the person's own. The other side of a lesson is an identifier; of a student's card only its brand is known,
and the teacher isn't told. ``LEFT_OUT`` says what isn't given, and why.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from linguapay_cli.shapes import instant, money
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.person_file import PersonFile
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.spreadsheet import harmless
from linguapay_core.domain.story import Story
from linguapay_core.domain.transfer import Transfer

Row: TypeAlias = Mapping[str, object]
Tables: TypeAlias = Mapping[str, Sequence[Row]]

LEFT_OUT: Final = (
    "Left out, because the rights of others would be harmed: names and addresses of the other side of each lesson, "
    "what the other side wrote, which admin decided, and admins' notes about a lesson, which speak of both sides."
)


def person(told: PersonFile) -> Row:
    """Who somebody is to us and to Stripe. Cards that were saved are with Stripe alone."""
    erasure = told.erasure
    return {
        "id": told.id,
        "name": told.person.name or None,
        "email": told.person.email or None,
        "zone": told.person.zone,
        "customer_id_at_stripe": told.customer and told.customer.customer_id,
        "account_id_at_stripe": told.account and told.account.account_id,
        "erasure_asked_at": erasure and instant(erasure.asked_at),
        "erased_at": erasure and instant(erasure.erased_at),
    }


def copy(told: PersonFile) -> Row:
    """All that the person may have, as one JSON document."""
    return {"person": person(told), **tables(told), "left_out": LEFT_OUT}


def tables(told: PersonFile) -> Tables:
    """The same without the person, table by table."""
    stories = [(told.role_in(story.booking), story) for story in told.stories]
    as_student = [story for role, story in stories if role is Role.STUDENT]
    as_teacher = [story for role, story in stories if role is Role.TEACHER]
    return {
        "gigs": [
            {
                "id": gig.id,
                "title": gig.title,
                "hourly_price": money(gig.hourly_price),
                "active": gig.active,
                "offered_at": instant(gig.offered_at),
            }
            for gig in told.gigs
        ],
        "lessons": [_lesson(story, role) for role, story in stories],
        "payments": [_payment(one, role) for role, story in stories for one in story.payments],
        "refund_requests": [_request(one) for story in as_student for one in story.requests],
        "refunds": [_refund(one) for _, story in stories for one in story.refunds],
        "transfers": [_transfer(one) for story in as_teacher for one in story.transfers],
        "written": [
            {"about": one.subject, "by": "you" if one.by_person else "an admin", "text": one.text}
            for one in told.written
        ],
        "credits": _owed(told.credits),
        "owed_back": _owed(told.receivables),
        "balances": [{"account": str(account), "holds": money(held)} for (account, _), held in told.balances.items()],
    }


def _lesson(story: Story, role: Role) -> Row:
    booking = story.booking
    return {
        "id": booking.id,
        "as": str(role),
        "with": _other_side(booking, role),
        "gig_id": booking.gig_id,
        "title": story.gig.title,
        "state": str(booking.state),
        "requested_at": instant(booking.requested_at),
        "starts_at": instant(booking.starts_at),
        "ends_at": instant(booking.ends_at),
        "price": money(booking.quote.price),
        "fee": money(booking.quote.fee),
        "total": money(booking.quote.total),
    }


def _other_side(booking: Booking, role: Role) -> str:
    return booking.teacher_id if role is Role.STUDENT else booking.student_id


def _payment(payment: Payment, role: Role) -> Row:
    own = role is Role.STUDENT
    return {
        "id": payment.id,
        "booking_id": payment.booking_id,
        "state": str(payment.state),
        "started_at": instant(payment.started_at),
        "succeeded_at": instant(payment.succeeded_at),
        "amount": money(payment.parts.total),
        "refunded": money(payment.counters.refunded.total),
        "set_aside": money(payment.counters.reserved.total),
        "card_brand": payment.card_brand or None if own else None,
        "decline_code": payment.decline_code or None if own else None,
        "intent_id_at_stripe": payment.intent_id or None if own else None,
    }


def _request(request: RefundRequest) -> Row:
    return {
        "id": request.id,
        "payment_id": request.payment_id,
        "state": str(request.state),
        "submitted_at": instant(request.submitted_at),
        "amount": money(request.amount),
        "approved": money(request.approved) if request.approved else None,
    }


def _refund(refund: Refund) -> Row:
    return {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "state": str(refund.state),
        "reserved_at": instant(refund.reserved_at),
        "amount": money(refund.amount),
        "rule": refund.rule,
    }


def _transfer(transfer: Transfer) -> Row:
    return {
        "id": transfer.id,
        "booking_id": transfer.booking_id,
        "state": str(transfer.state),
        "hold": transfer.hold and str(transfer.hold),
        "pay_at": instant(transfer.pay_at),
        "amount": money(transfer.amount),
        "transfer_id_at_stripe": transfer.stripe_id or None,
    }


def _owed(told: Sequence[tuple[Payment, Money]]) -> list[Row]:
    return [{"payment_id": payment.id, "amount": money(owed)} for payment, owed in told]


def sheets(told: PersonFile) -> Iterator[tuple[str, str]]:
    """The name and the text of each table as CSV (RFC 4180), with cells that no spreadsheet takes for a formula."""
    for name, rows in {"person": [person(told)], **tables(told)}.items():
        yield f"{name}.csv", _sheet([dict(_cells(row)) for row in rows])


def _sheet(rows: Sequence[Mapping[str, str]]) -> str:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, fieldnames=list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _cells(row: Row) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield f"{name}_minor", str(value["amount_minor"])
            yield f"{name}_currency", str(value["currency"])
        else:
            yield name, "" if value is None else harmless(str(value))
