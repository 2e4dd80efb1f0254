"""A refund request: a student's wish, reviewed by admins. Nothing here moves money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.identifiers import BookingId, PaymentId, PersonId, RefundId, RefundRequestId, TextId
from linguapay_core.domain.machine import Machine, Role
from linguapay_core.domain.money import Money


class RequestState(StrEnum):
    """Where a refund request stands."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    EXECUTING = "executing"
    DONE = "done"
    BLOCKED = "blocked"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class RequestTrigger(StrEnum):
    """What may happen to a refund request."""

    EDIT = "edit"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    PROCESS = "process"
    FINISH = "finish"
    BLOCK = "block"
    EXPIRE = "expire"
    RESUME = "resume"


S, T = RequestState, RequestTrigger
_ADMIN: Final = frozenset({Role.ADMIN})
_STUDENT: Final = frozenset({Role.STUDENT})
_SYSTEM: Final = frozenset({Role.SYSTEM})

REFUND_REQUEST: Final = Machine(
    name="refund request",
    start=S.SUBMITTED,
    table={
        S.SUBMITTED: {
            T.EDIT: S.SUBMITTED,
            T.APPROVE: S.APPROVED,
            T.REJECT: S.REJECTED,
            T.WITHDRAW: S.WITHDRAWN,
            T.EXPIRE: S.EXPIRED,
            T.RESUME: S.EXECUTING,
        },
        S.APPROVED: {
            T.EDIT: S.SUBMITTED,
            T.PROCESS: S.EXECUTING,
            T.WITHDRAW: S.WITHDRAWN,
            T.BLOCK: S.BLOCKED,
            T.EXPIRE: S.EXPIRED,
            T.RESUME: S.EXECUTING,
        },
        S.EXECUTING: {T.FINISH: S.DONE, T.BLOCK: S.BLOCKED},
        S.DONE: {T.BLOCK: S.BLOCKED},
        S.BLOCKED: {
            T.APPROVE: S.APPROVED,
            T.REJECT: S.REJECTED,
            T.WITHDRAW: S.WITHDRAWN,
            T.EXPIRE: S.EXPIRED,
            T.RESUME: S.EXECUTING,
        },
        S.REJECTED: {},
        S.WITHDRAWN: {},
        S.EXPIRED: {},
    },
    who={
        T.EDIT: _STUDENT,
        T.APPROVE: _ADMIN,
        T.REJECT: _ADMIN,
        T.WITHDRAW: _STUDENT,
        T.PROCESS: _ADMIN,
        T.FINISH: _SYSTEM,
        T.BLOCK: _SYSTEM,
        T.EXPIRE: frozenset({Role.CLOCK}),
        T.RESUME: _SYSTEM,
    },
)

OPEN: Final = frozenset({S.SUBMITTED, S.APPROVED, S.EXECUTING, S.BLOCKED})
"""The states in which a request holds the teacher's transfer back."""

BLOCKED_WAITS: Final = timedelta(days=7)
"""How long a blocked request waits for an admin, at least, before it expires and holds no transfer any more."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One admin's yes, to exactly this amount."""

    admin_id: PersonId
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A wish for ``amount`` back, for the reason that ``reason_id`` names. ``platform_bears`` spares the teacher.

    ``moved_by`` and ``moved_at`` say who brought it into its state, and when, if that was a person.
    """

    id: RefundRequestId
    version: int
    payment_id: PaymentId
    booking_id: BookingId
    student_id: PersonId
    amount: Money
    reason_id: TextId
    state: RequestState
    submitted_at: datetime
    expires_at: datetime
    approvals: tuple[Approval, ...] = ()
    approvals_needed: int = 1
    platform_bears: bool = False
    refund_id: RefundId | None = None
    blocked_reason: str = ""
    moved_by: PersonId | None = None
    moved_at: datetime | None = None

    @property
    def approved(self) -> Money | None:
        """The amount that was approved, if any was."""
        return self.approvals[-1].amount if self.approvals else None

    @property
    def due_at(self) -> datetime | None:
        """When it expires, if nobody decides before."""
        return self.expires_at if self.state in (S.SUBMITTED, S.APPROVED, S.BLOCKED) else None


def why_not(request: RefundRequest, trigger: RequestTrigger, *, by: Actor) -> Refused | None:
    """Why somebody can't do this now, or ``None`` if they can. Who was there first is told with the time."""
    if not REFUND_REQUEST.allows(request.state, trigger):
        refusal = REFUND_REQUEST.refusal(request.state, trigger)
        if request.moved_at is None:
            return refusal
        told = f"{refusal.reason} {request.moved_by} made it so on {request.moved_at:%Y-%m-%d at %H:%M} UTC."
        return Refused(refusal.rule, told, way_out=refusal.way_out)
    if by.role not in REFUND_REQUEST.who[trigger]:
        return REFUND_REQUEST.wrong_role(trigger, by.role)
    if trigger in (T.APPROVE, T.PROCESS) and by.person == request.student_id:
        return Refused("own_request", "Who asks for a refund can't approve it.", way_out="Ask another admin.")
    return None
