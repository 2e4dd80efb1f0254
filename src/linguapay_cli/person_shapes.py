"""What a person may have of all that is known about them: flat tables, for JSON and for CSV alike.

Each row is the person's own. The other side of a lesson is an identifier; of a student's card only its brand is known,
and the teacher isn't told. ``LEFT_OUT`` says what isn't given, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from linguapay_cli.values import data, instant, sheet
from linguapay_core.domain.erasure_rules import Erasing, Obstacle
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.person_file import PersonFile
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.story import Story
from linguapay_core.domain.transfer import Transfer

Row: TypeAlias = Mapping[str, object]
Tables: TypeAlias = Mapping[str, Sequence[Row]]

LEFT_OUT: Final = (
    "Left out, because the rights of others would be harmed: names and addresses of the other side of each lesson, "
    "what the other side wrote, which admin decided, and admins' notes about a lesson, which speak of both sides."
)

COLUMNS: Final[Mapping[str, str]] = {
    "person": "id name email zone customer_id_at_stripe account_id_at_stripe erasure_asked_at erased_at",
    "gigs": "id title hourly_price active offered_at",
    "lessons": "id as with gig_id title state requested_at starts_at ends_at price fee total",
    "payments": "id booking_id state started_at succeeded_at amount refunded set_aside card_brand decline_code"
    " intent_id_at_stripe",
    "refund_requests": "id payment_id state submitted_at amount approved",
    "refunds": "id payment_id state reserved_at amount rule",
    "transfers": "id booking_id state hold pay_at amount transfer_id_at_stripe",
    "written": "about by text",
    "credits": "payment_id amount",
    "owed_back": "payment_id amount",
    "balances": "account holds",
}
"""The columns of each table of CSV, which has them also where it is empty."""


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
        "erasure_asked_at": erasure and erasure.asked_at,
        "erased_at": erasure and erasure.erased_at,
    }


def copy(told: PersonFile) -> Row:
    """All that the person may have, as one JSON document."""
    listed = {name: [_as_data(row) for row in rows] for name, rows in tables(told).items()}
    return {"person": _as_data(person(told)), **listed, "left_out": LEFT_OUT}


def _as_data(row: Row) -> Row:
    return {name: data(value) for name, value in row.items()}


def plan(told: PersonFile) -> Row:
    """What forgetting somebody would remove, and what it would wait for."""
    return {"id": told.id, "erases": list(told.personal()), "waits_for": obstacles(told.waits_for)}


def outcome(told: Erasing) -> Row:
    """How forgetting somebody stands."""
    return {
        "id": told.erasure.id,
        "erasure_asked_at": instant(told.erasure.asked_at),
        "erased_at": instant(told.erasure.erased_at),
        "waits_for": obstacles(told.waits_for),
    }


def obstacles(told: Sequence[Obstacle]) -> list[Row]:
    """What is open about somebody."""
    return [{"subject": one.subject, "reason": one.reason, "way_out": one.way_out} for one in told]


def tables(told: PersonFile) -> Tables:
    """The same without the person, table by table, in the values of the domain."""
    stories = [(told.role_in(story.booking), story) for story in told.stories]
    as_student = [story for role, story in stories if role is Role.STUDENT]
    as_teacher = [story for role, story in stories if role is Role.TEACHER]
    return {
        "gigs": [
            {
                "id": gig.id,
                "title": gig.title,
                "hourly_price": gig.hourly_price,
                "active": gig.active,
                "offered_at": gig.offered_at,
            }
            for gig in told.gigs
        ],
        "lessons": [_lesson(story, told) for _, story in stories],
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
        "balances": [{"account": str(account), "holds": held} for (account, _), held in told.balances.items()],
    }


def _lesson(story: Story, told: PersonFile) -> Row:
    booking = story.booking
    return {
        "id": booking.id,
        "as": str(told.role_in(booking)),
        "with": told.other_side(booking),
        "gig_id": booking.gig_id,
        "title": story.gig.title,
        "state": str(booking.state),
        "requested_at": booking.requested_at,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "price": booking.quote.price,
        "fee": booking.quote.fee,
        "total": booking.quote.total,
    }


def _payment(payment: Payment, role: Role) -> Row:
    own = role is Role.STUDENT
    return {
        "id": payment.id,
        "booking_id": payment.booking_id,
        "state": str(payment.state),
        "started_at": payment.started_at,
        "succeeded_at": payment.succeeded_at,
        "amount": payment.parts.total,
        "refunded": payment.counters.refunded.total,
        "set_aside": payment.counters.reserved.total,
        "card_brand": payment.card_brand or None if own else None,
        "decline_code": payment.decline_code or None if own else None,
        "intent_id_at_stripe": payment.intent_id or None if own else None,
    }


def _request(request: RefundRequest) -> Row:
    return {
        "id": request.id,
        "payment_id": request.payment_id,
        "state": str(request.state),
        "submitted_at": request.submitted_at,
        "amount": request.amount,
        "approved": request.approved,
    }


def _refund(refund: Refund) -> Row:
    return {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "state": str(refund.state),
        "reserved_at": refund.reserved_at,
        "amount": refund.amount,
        "rule": refund.rule,
    }


def _transfer(transfer: Transfer) -> Row:
    return {
        "id": transfer.id,
        "booking_id": transfer.booking_id,
        "state": str(transfer.state),
        "hold": transfer.hold and str(transfer.hold),
        "pay_at": transfer.pay_at,
        "amount": transfer.amount,
        "transfer_id_at_stripe": transfer.stripe_id or None,
    }


def _owed(told: Sequence[tuple[Payment, Money]]) -> list[Row]:
    return [{"payment_id": payment.id, "amount": owed} for payment, owed in told]


def sheets(told: PersonFile) -> Iterator[tuple[str, str]]:
    """The name and the text of each table as CSV (RFC 4180), with cells that no spreadsheet takes for a formula."""
    for name, rows in {"person": [person(told)], **tables(told)}.items():
        yield f"{name}.csv", sheet(COLUMNS[name].split(), rows)
