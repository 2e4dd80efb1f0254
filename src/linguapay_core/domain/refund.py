"""A refund: money on its way back to a student, at Stripe a Refund.

Money is set aside before Stripe is asked. Whether the call was sent is told by its effect and not repeated here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain.identifiers import BookingId, PaymentId, RefundId, RefundRequestId
from linguapay_core.domain.ledger import Account, Kind
from linguapay_core.domain.machine import Machine, Role
from linguapay_core.domain.money import Money, Parts


class RefundState(StrEnum):
    """Where a refund stands."""

    RESERVED = "reserved"
    UNKNOWN = "unknown"
    PARKED = "parked"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REJECTED = "rejected"


class RefundTrigger(StrEnum):
    """What may happen to a refund."""

    PEND = "pend"
    SUCCEED = "succeed"
    FAIL = "fail"
    REJECT = "reject"
    LOSE = "lose"
    PARK = "park"
    RETRY = "retry"


class RefundRule(StrEnum):
    """Why money goes back. Beside these, a refund's rule may name another refund that it sends once more."""

    CANCELLED_BY_STUDENT = "cancelled_by_student"
    CANCELLED_BY_TEACHER = "cancelled_by_teacher"
    TEACHER_ABSENT = "teacher_absent"
    CONTEST_DECIDED = "contest_decided"
    CANCELLED_WHILE_PAYING = "cancelled_while_paying"
    LATE_SUCCESS = "late_success"
    QUARANTINE_REFUNDED = "quarantine_refunded"
    REQUEST_APPROVED = "request_approved"
    CREDIT_REFUNDED_AGAIN = "credit_refunded_again"
    MADE_AT_STRIPE = "made_at_stripe"


CANCELLED_BY: Final = {Role.STUDENT: RefundRule.CANCELLED_BY_STUDENT, Role.TEACHER: RefundRule.CANCELLED_BY_TEACHER}
"""The rule, by who cancels."""

PAYS_NO_LESSON: Final = frozenset(
    {RefundRule.LATE_SUCCESS, RefundRule.CANCELLED_WHILE_PAYING, RefundRule.QUARANTINE_REFUNDED}
)
"""The rules by which a payment that buys no lesson goes back: nothing is left to be settled."""

SETTLES_ESCROW: Final = frozenset({*CANCELLED_BY.values(), RefundRule.TEACHER_ABSENT, RefundRule.CONTEST_DECIDED})
"""The rules with whose refunds the escrow is settled."""

GIVES_ALL_BACK: Final = PAYS_NO_LESSON | {RefundRule.CANCELLED_BY_TEACHER, RefundRule.TEACHER_ABSENT}
"""The rules that give back all that is left."""

OF_AN_AMOUNT: Final = frozenset({RefundRule.CONTEST_DECIDED, RefundRule.REQUEST_APPROVED, RefundRule.MADE_AT_STRIPE})
"""The rules that give back an amount on which people decided."""


S, T = RefundState, RefundTrigger
_STRIPE: Final = frozenset({Role.STRIPE})
_NEWS: Final = {T.PEND: S.PENDING, T.SUCCEED: S.SUCCEEDED, T.FAIL: S.FAILED}

REFUND: Final = Machine(
    name="refund",
    start=S.RESERVED,
    table={
        S.RESERVED: {**_NEWS, T.REJECT: S.REJECTED, T.LOSE: S.UNKNOWN, T.PARK: S.PARKED},
        S.UNKNOWN: {**_NEWS, T.REJECT: S.REJECTED, T.RETRY: S.RESERVED, T.PARK: S.PARKED},
        S.PARKED: {**_NEWS, T.REJECT: S.REJECTED, T.RETRY: S.RESERVED},
        S.PENDING: {T.SUCCEED: S.SUCCEEDED, T.FAIL: S.FAILED},
        S.SUCCEEDED: {T.FAIL: S.FAILED},
        S.FAILED: {},
        S.REJECTED: {**_NEWS},
    },
    who={
        T.PEND: _STRIPE,
        T.SUCCEED: _STRIPE,
        T.FAIL: _STRIPE,
        T.REJECT: frozenset({Role.STRIPE, Role.ADMIN}),
        T.LOSE: frozenset({Role.SYSTEM}),
        T.PARK: frozenset({Role.SYSTEM}),
        T.RETRY: frozenset({Role.SYSTEM, Role.ADMIN}),
    },
)

CAME_TO_NOTHING: Final = frozenset({S.REJECTED, S.FAILED})
"""The states of a refund that the student hasn't got."""

LOOK: Final = timedelta(minutes=10)
"""How long after the last look Stripe is asked again about a refund that isn't finished or has no cash yet."""


@dataclass(frozen=True, slots=True)
class Taken:
    """So much of a refund was taken from this account; it goes back there if the refund comes to nothing."""

    account: Account
    amount: Money
    of_fee: bool


@dataclass(frozen=True, slots=True)
class Refund:
    """Money going back. ``rule`` is one of ``RefundRule``, or names the refund that it sends once more.

    ``taken`` says where its money stood; once that has been put back, it is empty. ``cash_id`` is the balance
    transaction that took it from the Stripe balance, ``returned_id`` the one that gave it back after it failed.
    """

    id: RefundId
    version: int
    payment_id: PaymentId
    booking_id: BookingId
    parts: Parts
    taken: tuple[Taken, ...]
    rule: str
    state: RefundState
    reserved_at: datetime
    request_id: RefundRequestId | None = None
    stripe_id: str = ""
    cash_id: str = ""
    returned_id: str = ""
    failure_reason: str = ""
    look_at: datetime | None = None

    @property
    def amount(self) -> Money:
        """Both parts together."""
        return self.parts.total

    @property
    def of_credit(self) -> bool:
        """Whether it sends again what an earlier refund, which failed, left as credit."""
        return any(one.account.kind is Kind.STUDENT_CREDIT for one in self.taken)

    @property
    def is_out(self) -> bool:
        """Whether its money is set aside or gone, and hasn't been put back; also after a failure, until it is back."""
        return bool(self.taken) and not self.returned_id

    @property
    def due_at(self) -> datetime | None:
        """When the clock has something to do: look at Stripe."""
        return self.look_at


def next_look(refund: Refund, *, at: datetime) -> datetime | None:
    """When to ask Stripe about it again, if no webhook comes before."""
    awaits_cash = refund.state is S.SUCCEEDED and not refund.cash_id
    awaits_return = refund.state is S.FAILED and bool(refund.cash_id) and not refund.returned_id
    return at + LOOK if refund.state is S.PENDING or awaits_cash or awaits_return else None
