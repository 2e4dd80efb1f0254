"""How the records of each type are shown: their fields for programs, and their columns for people.

The fields are a contract of ``--json`` and ``--csv``: one may be added, none is renamed or changes its meaning. A field
is written as its name, or as ``name=path`` where it lies deeper in the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from linguapay_core.domain.alarm import Alarm
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.decision import Record
from linguapay_core.domain.delivery import Delivery
from linguapay_core.domain.effect import Effect
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.people import Customer, TeacherAccount
from linguapay_core.domain.refund import Refund
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.subscription import Subscription
from linguapay_core.domain.transfer import Transfer
from linguapay_core.domain.webhook_event import WebhookEvent


@dataclass(frozen=True, slots=True)
class Look:
    """How one type of records is called in the plural, and what is shown of each.

    ``columns`` are the headings of a list for people, and the field that stands under each.
    """

    called: str
    fields: str
    columns: Mapping[str, str]

    @property
    def paths(self) -> Mapping[str, str]:
        """Where each field lies in a record, by its name."""
        return {name: path or name for name, _, path in (field.partition("=") for field in self.fields.split())}

    def of(self, record: Record) -> Mapping[str, Any]:
        """The values of a record's fields, by their names."""
        return {name: reduce(getattr, path.split("."), record) for name, path in self.paths.items()}


LOOKS: Final[Mapping[type[Any], Look]] = {
    Gig: Look(
        "gigs",
        "id teacher_id title hourly_price active offered_at",
        {"Gig": "id", "Title": "title", "Teacher": "teacher_id", "An hour": "hourly_price", "Active": "active"},
    ),
    Booking: Look(
        "bookings",
        "id state gig_id student_id teacher_id starts_at ends_at amount=quote.total price=quote.price fee=quote.fee"
        " teacher_earns=quote.teacher_earns requested_at due_at closed_at",
        {"Booking": "id", "State": "state", "Student": "student_id", "Starts": "starts_at", "Total": "amount"},
    ),
    Payment: Look(
        "payments",
        "id state booking_id student_id teacher_id amount=parts.total price_part=parts.price fee_part=parts.fee"
        " refunded=counters.refunded.total credit=counters.credit.total left=counters.left.total"
        " transferred=counters.transferred card_brand decline_code intent_id charge_id live started_at succeeded_at",
        {"Payment": "id", "State": "state", "Student": "student_id", "Started": "started_at", "Amount": "amount"},
    ),
    RefundRequest: Look(
        "refund requests",
        "id state payment_id booking_id student_id amount approved approvals_needed platform_bears refund_id"
        " blocked_reason submitted_at expires_at=due_at",
        {"Request": "id", "State": "state", "Student": "student_id", "Submitted": "submitted_at", "Amount": "amount"},
    ),
    Refund: Look(
        "refunds",
        "id state payment_id booking_id request_id rule amount=parts.total price_part=parts.price fee_part=parts.fee"
        " stripe_id failure_reason reserved_at",
        {"Refund": "id", "State": "state", "Rule": "rule", "Reserved": "reserved_at", "Amount": "amount"},
    ),
    Transfer: Look(
        "transfers",
        "id state payment_id booking_id teacher_id amount=sends hold scheduled_at pay_at stripe_id",
        {
            "Transfer": "id",
            "State": "state",
            "Hold": "hold",
            "Teacher": "teacher_id",
            "Pay at": "pay_at",
            "Amount": "amount",
        },
    ),
    Customer: Look("customers", "id customer_id", {"Customer": "id", "At Stripe": "customer_id"}),
    TeacherAccount: Look(
        "accounts",
        "id account_id can_receive",
        {"Teacher": "id", "At Stripe": "account_id", "Can receive": "can_receive"},
    ),
    Effect: Look(
        "effects",
        "id kind state subject payment_id target attempt tries due_at first_asked_at asked_at reason",
        {"Effect": "id", "State": "state", "Tries": "tries", "Due": "due_at"},
    ),
    WebhookEvent: Look(
        "webhook events",
        "id kind state object_kind object_id account_id created_at received_at due_at tries reason",
        {"Event": "id", "Kind": "kind", "State": "state", "Received": "received_at"},
    ),
    Alarm: Look(
        "alarms",
        "id rule subject detail raised_at cleared_at",
        {"Alarm": "rule", "About": "subject", "Raised": "raised_at", "What": "detail"},
    ),
    Subscription: Look(
        "subscriptions",
        "id state url event_types description created_at failing_since failures resting_until",
        {"Subscription": "id", "State": "state", "To": "url", "Failures": "failures"},
    ),
    Delivery: Look(
        "messages",
        "id state subscription_id event_type made_at due_at tries",
        {"Message": "id", "State": "state", "About": "event_type", "Made": "made_at", "Tries": "tries"},
    ),
}
"""How the records of each type are shown."""

AMOUNTS: Final = frozenset(
    {
        *("hourly_price", "amount", "price", "fee", "price_part", "fee_part", "teacher_earns"),
        *("refunded", "set_aside", "credit", "left", "transferred", "approved", "total", "holds"),
    }
)
"""The fields that are amounts, which a spreadsheet has in three columns."""


def look_of(kind: type[Record]) -> Look:
    """The row of a type of records."""
    return LOOKS[kind]
