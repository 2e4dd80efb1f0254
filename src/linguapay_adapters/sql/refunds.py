"""Refund requests and refunds as rows."""

from __future__ import annotations

import json
from typing import Final

from linguapay_adapters.sql.columns import (
    amounts,
    check,
    index,
    instant,
    listed,
    named_once,
    one_of,
    reference,
    rfc3339,
    table_of,
    when,
    whole,
    word,
    yes_no,
)
from linguapay_adapters.sql.shape import AnyRow, Shape
from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId, RefundId, RefundRequestId, TextId
from linguapay_core.domain.ledger import Account
from linguapay_core.domain.money import Currency, Money, Parts
from linguapay_core.domain.refund import Refund, RefundState, Taken
from linguapay_core.domain.refund_request import OPEN, Approval, RefundRequest, RequestState

REQUEST_IS_OPEN: Final = f"state IN {listed(OPEN)}"
REQUEST_WAITS: Final = "due_at IS NOT NULL"

refund_requests: Final = table_of(
    "refund_requests",
    RefundRequestId,
    reference("payment_id", PaymentId, "payments"),
    reference("booking_id", BookingId, "bookings"),
    word("student_id", PersonId),
    *amounts("amount_minor"),
    reference("reason_id", TextId, "free_text"),
    word("state", RequestState),
    when("submitted_at"),
    when("expires_at"),
    word("approvals"),
    whole("approvals_needed"),
    yes_no("platform_bears"),
    word("refund_id", RefundId, null=True),
    word("blocked_reason"),
    word("moved_by", PersonId, null=True),
    when("moved_at", null=True),
    when("due_at", null=True),
    one_of("state", RequestState),
    check("asks_for_something", "amount_minor > 0"),
    check("someone_approves", "approvals_needed >= 1"),
)
index(refund_requests, "of_payment", "payment_id")
index(refund_requests, "due", "due_at", only="due_at IS NOT NULL")
index(refund_requests, "waiting", "expires_at", "id", only=REQUEST_WAITS)
index(refund_requests, "listed", "submitted_at", "id")
index(refund_requests, "expiring", "expires_at", "id")
index(refund_requests, "in_state", "state", "submitted_at", "id")
index(refund_requests, "open", "submitted_at", only=REQUEST_IS_OPEN)
index(refund_requests, "of_booking", "booking_id")
index(refund_requests, "of_student", "student_id", "submitted_at", "id")

refunds: Final = table_of(
    "refunds",
    RefundId,
    reference("payment_id", PaymentId, "payments"),
    reference("booking_id", BookingId, "bookings"),
    *amounts("price_part_minor", "fee_part_minor"),
    word("taken"),
    word("rule"),
    word("state", RefundState),
    when("reserved_at"),
    reference("request_id", RefundRequestId, "refund_requests", null=True),
    word("stripe_id"),
    word("cash_id"),
    word("returned_id"),
    word("failure_reason"),
    when("due_at", null=True),
    one_of("state", RefundState),
    check("of_something", "price_part_minor + fee_part_minor > 0"),
    check("for_a_rule", "rule <> ''"),
)
index(refunds, "of_payment", "payment_id")
index(refunds, "due", "due_at", only="due_at IS NOT NULL")
index(refunds, "listed", "reserved_at", "id")
index(refunds, "in_state", "state", "reserved_at", "id")
index(refunds, "of_booking", "booking_id")
index(refunds, "of_request", "request_id", only="request_id IS NOT NULL")
named_once(refunds, "stripe_id", "cash_id", "returned_id")


def _request_row(request: RefundRequest) -> dict[str, object]:
    return {
        "payment_id": request.payment_id,
        "booking_id": request.booking_id,
        "student_id": request.student_id,
        "currency": request.amount.currency,
        "amount_minor": request.amount.amount_minor,
        "reason_id": request.reason_id,
        "state": request.state,
        "submitted_at": request.submitted_at,
        "expires_at": request.expires_at,
        "approvals": json.dumps(
            [[one.admin_id, one.amount.amount_minor, rfc3339(one.at)] for one in request.approvals]
        ),
        "approvals_needed": request.approvals_needed,
        "platform_bears": request.platform_bears,
        "refund_id": request.refund_id,
        "blocked_reason": request.blocked_reason,
        "moved_by": request.moved_by,
        "moved_at": request.moved_at,
        "due_at": request.due_at,
    }


def _request(row: AnyRow) -> RefundRequest:
    return RefundRequest(
        id=row.id,
        version=row.version,
        payment_id=row.payment_id,
        booking_id=row.booking_id,
        student_id=row.student_id,
        amount=Money(row.amount_minor, row.currency),
        reason_id=row.reason_id,
        state=row.state,
        submitted_at=row.submitted_at,
        expires_at=row.expires_at,
        approvals=_approvals(row.approvals, row.currency),
        approvals_needed=row.approvals_needed,
        platform_bears=row.platform_bears,
        refund_id=row.refund_id,
        blocked_reason=row.blocked_reason,
        moved_by=row.moved_by,
        moved_at=row.moved_at,
    )


def _approvals(written: str, currency: Currency) -> tuple[Approval, ...]:
    return tuple(
        Approval(PersonId(admin_id), Money(amount_minor, currency), instant(at))
        for admin_id, amount_minor, at in json.loads(written)
    )


def _refund_row(refund: Refund) -> dict[str, object]:
    return {
        "payment_id": refund.payment_id,
        "booking_id": refund.booking_id,
        "currency": refund.amount.currency,
        "price_part_minor": refund.parts.price.amount_minor,
        "fee_part_minor": refund.parts.fee.amount_minor,
        "taken": json.dumps([[str(one.account), one.amount.amount_minor, one.of_fee] for one in refund.taken]),
        "rule": refund.rule,
        "state": refund.state,
        "reserved_at": refund.reserved_at,
        "request_id": refund.request_id,
        "stripe_id": refund.stripe_id,
        "cash_id": refund.cash_id,
        "returned_id": refund.returned_id,
        "failure_reason": refund.failure_reason,
        "due_at": refund.look_at,
    }


def _refund(row: AnyRow) -> Refund:
    return Refund(
        id=row.id,
        version=row.version,
        payment_id=row.payment_id,
        booking_id=row.booking_id,
        parts=Parts(Money(row.price_part_minor, row.currency), Money(row.fee_part_minor, row.currency)),
        taken=_taken(row.taken, row.currency),
        rule=row.rule,
        state=row.state,
        reserved_at=row.reserved_at,
        request_id=row.request_id,
        stripe_id=row.stripe_id,
        cash_id=row.cash_id,
        returned_id=row.returned_id,
        failure_reason=row.failure_reason,
        look_at=row.due_at,
    )


def _taken(written: str, currency: Currency) -> tuple[Taken, ...]:
    return tuple(
        Taken(Account.parse(account), Money(amount_minor, currency), of_fee)
        for account, amount_minor, of_fee in json.loads(written)
    )


REFUND_REQUESTS: Final = Shape(RefundRequest, "refund request", refund_requests, _request_row, _request)
REFUNDS: Final = Shape(Refund, "refund", refunds, _refund_row, _refund)
