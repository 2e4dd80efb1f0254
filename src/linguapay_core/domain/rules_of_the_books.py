"""The rules that must always hold of the books, by name and in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self


class Rule(StrEnum):
    """A rule of the books: its name, with the number of what it guards, and what ``must_hold``."""

    must_hold: str

    def __new__(cls, name: str, must_hold: str) -> Self:
        """Make a row of the table."""
        rule = str.__new__(cls, name)
        rule._value_ = name
        rule.must_hold = must_hold
        return rule

    RIGHT_SIDES = "1 right sides", "No balance stands on its wrong side, after every entry."
    CAPTURED_ADDS_UP = (
        "2 captured adds up",
        "All that was captured is somewhere: held, earned, kept, on its way, sent, or given back.",
    )
    ASKED_WITHIN_CAPTURED = (
        "3 asked within captured",
        "What is refunded, reserved, credited and disputed is within the captured parts; an alarm excuses an excess.",
    )
    ESCROW_IS_REFUNDABLE = (
        "3 escrow is refundable",
        "What stands in escrow may still go back to the student, and nobody else can claim it.",
    )
    COUNTERS_EQUAL_RECORDS = (
        "3 counters equal records",
        "The counters that guard a payment say what its refunds and transfers say.",
    )
    TEACHER_ADDS_UP = (
        "4 teacher adds up",
        "What a teacher earned, less what the teacher bore, is payable, on its way or sent.",
    )
    NETTING_ADDS_UP = "4 netting adds up", "What is netted between a teacher's lessons adds up to nothing."
    CASH_EQUALS_STRIPES = (
        "5 cash equals Stripe's",
        "Each balance transaction of Stripe's matches exactly one entry with the same net, and each cash entry one.",
    )
    CLEARING_IS_EXPLAINED = (
        "6 clearing is explained",
        "What stands in a clearing account is exactly what is on its way, and not for longer than its limit.",
    )
    ONE_PAYMENT_PER_BOOKING = (
        "7 one payment per booking",
        "At most one payment of a booking is captured and not refunded.",
    )
    STATE_EQUALS_BOOKS = (
        "8 state equals books",
        "A record is in a state if and only if the books have the entry of it; what cash was seen is booked.",
    )
    EARNED_IN_TIME = (
        "9 earned in time",
        "No earning before the lesson is closed, and no transfer before the protection period is over.",
    )
    ESCROW_IS_SETTLED = (
        "9 escrow is settled",
        "Once the escrow was settled, nothing stands there but what refunds left that came to nothing.",
    )
    REFUNDS_NAME_THEIR_REASON = (
        "9 refunds name their reason",
        "Every refund names the request whose approvals suffice, or the rule that stands in place of one.",
    )
    PROJECTIONS_EQUAL_A_RECOUNT = (
        "10 projections equal a recount",
        "What was counted ahead for the dashboard equals a recount from the first event and entry.",
    )
    NOTHING_FORGOTTEN = (
        "11 nothing forgotten",
        "Nothing is owed for longer than its limit, and what is parked has an alarm.",
    )
    NOTHING_STUCK = (
        "11 nothing stuck",
        "No payment, refund or transfer stays in a passing state for longer than its limit.",
    )


STRIPES: Final = Rule.CASH_EQUALS_STRIPES
"""The rule that can't be checked without asking Stripe."""


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that must hold and doesn't: the rule, the object, and what was found."""

    rule: Rule
    subject: str
    found: str
