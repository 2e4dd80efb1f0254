"""A booking: one student, one teacher, one gig, one time. Nothing here knows how it is paid for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.identifiers import BookingId, GigId, PersonId
from linguapay_core.domain.machine import Machine, Role
from linguapay_core.domain.policies import Deadlines
from linguapay_core.domain.quote import Quote


class BookingState(StrEnum):
    """Where a booking stands."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    PAYING = "paying"
    CANCELLING = "cancelling"
    PAID = "paid"
    CONTESTED = "contested"
    COMPLETED = "completed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class BookingTrigger(StrEnum):
    """What may happen to a booking."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    PASS_ANSWER_BY = "pass_answer_by"  # noqa: S105 - a deadline passes; nothing is secret
    START_PAYMENT = "start_payment"
    PASS_PAY_BY = "pass_pay_by"  # noqa: S105 - a deadline passes; nothing is secret
    CANCEL = "cancel"
    PAYMENT_SUCCEEDED = "payment_succeeded"
    PAYMENT_ENDED = "payment_ended"
    PAYMENT_ENDED_LATE = "payment_ended_late"
    COMPLETE = "complete"
    PASS_GRACE = "pass_grace"  # noqa: S105 - a deadline passes; nothing is secret
    CLAIM_NO_SHOW = "claim_no_show"
    UPHOLD_NO_SHOW = "uphold_no_show"
    DENY_NO_SHOW = "deny_no_show"
    REPORT_PROBLEM = "report_problem"
    DECIDE_COMPLETED = "decide_completed"
    DECIDE_CANCELLED = "decide_cancelled"
    PROPOSE_RESCHEDULE = "propose_reschedule"
    ACCEPT_RESCHEDULE = "accept_reschedule"
    DECLINE_RESCHEDULE = "decline_reschedule"


S, T = BookingState, BookingTrigger
_STUDENT: Final = frozenset({Role.STUDENT})
_TEACHER: Final = frozenset({Role.TEACHER})
_EITHER: Final = frozenset({Role.STUDENT, Role.TEACHER})
_ADMIN: Final = frozenset({Role.ADMIN})
_CLOCK: Final = frozenset({Role.CLOCK})
_STRIPE: Final = frozenset({Role.STRIPE})


BOOKING: Final = Machine(
    name="booking",
    start=S.REQUESTED,
    table={
        S.REQUESTED: {
            T.CONFIRM: S.CONFIRMED,
            T.DECLINE: S.DECLINED,
            T.WITHDRAW: S.CANCELLED,
            T.PASS_ANSWER_BY: S.EXPIRED,
        },
        S.CONFIRMED: {
            T.START_PAYMENT: S.PAYING,
            T.PAYMENT_SUCCEEDED: S.PAID,
            T.CANCEL: S.CANCELLED,
            T.PASS_PAY_BY: S.EXPIRED,
            T.PROPOSE_RESCHEDULE: S.CONFIRMED,
            T.ACCEPT_RESCHEDULE: S.CONFIRMED,
            T.DECLINE_RESCHEDULE: S.CONFIRMED,
        },
        S.PAYING: {
            T.PAYMENT_SUCCEEDED: S.PAID,
            T.PAYMENT_ENDED: S.CONFIRMED,
            T.PAYMENT_ENDED_LATE: S.EXPIRED,
            T.CANCEL: S.CANCELLING,
            T.PASS_PAY_BY: S.CANCELLING,
        },
        S.CANCELLING: {
            T.PAYMENT_SUCCEEDED: S.CANCELLED,
            T.PAYMENT_ENDED: S.CANCELLED,
            T.PAYMENT_ENDED_LATE: S.CANCELLED,
        },
        S.PAID: {
            T.CANCEL: S.CANCELLED,
            T.COMPLETE: S.COMPLETED,
            T.PASS_GRACE: S.COMPLETED,
            T.CLAIM_NO_SHOW: S.PAID,
            T.UPHOLD_NO_SHOW: S.CANCELLED,
            T.DENY_NO_SHOW: S.CONTESTED,
            T.REPORT_PROBLEM: S.CONTESTED,
            T.PROPOSE_RESCHEDULE: S.PAID,
            T.ACCEPT_RESCHEDULE: S.PAID,
            T.DECLINE_RESCHEDULE: S.PAID,
        },
        S.CONTESTED: {T.DECIDE_COMPLETED: S.COMPLETED, T.DECIDE_CANCELLED: S.CANCELLED},
        S.COMPLETED: {},
        S.DECLINED: {},
        S.CANCELLED: {},
        S.EXPIRED: {},
    },
    who={
        T.CONFIRM: _TEACHER,
        T.DECLINE: _TEACHER,
        T.WITHDRAW: _STUDENT,
        T.PASS_ANSWER_BY: _CLOCK,
        T.START_PAYMENT: _STUDENT,
        T.PASS_PAY_BY: _CLOCK,
        T.CANCEL: _EITHER,
        T.PAYMENT_SUCCEEDED: _STRIPE,
        T.PAYMENT_ENDED: _STRIPE,
        T.PAYMENT_ENDED_LATE: _STRIPE,
        T.COMPLETE: _TEACHER,
        T.PASS_GRACE: _CLOCK,
        T.CLAIM_NO_SHOW: _EITHER,
        T.UPHOLD_NO_SHOW: _CLOCK,
        T.DENY_NO_SHOW: _EITHER,
        T.REPORT_PROBLEM: _STUDENT,
        T.DECIDE_COMPLETED: _ADMIN,
        T.DECIDE_CANCELLED: _ADMIN,
        T.PROPOSE_RESCHEDULE: _EITHER,
        T.ACCEPT_RESCHEDULE: _EITHER,
        T.DECLINE_RESCHEDULE: _EITHER,
    },
)

OCCUPYING: Final = frozenset({S.REQUESTED, S.CONFIRMED, S.PAYING, S.PAID, S.CONTESTED})
"""The states in which a booking takes its time in the teacher's calendar."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another time that one side asks for."""

    starts_at: datetime
    by: Role


@dataclass(frozen=True, slots=True)
class Booking:
    """A lesson agreed on, or not yet. ``absent`` names the side that the other says wasn't there.

    ``closed_at`` is when it was completed or cancelled for good; protection counts from there.
    """

    id: BookingId
    version: int
    gig_id: GigId
    student_id: PersonId
    teacher_id: PersonId
    starts_at: datetime
    quote: Quote
    deadlines: Deadlines
    state: BookingState
    requested_at: datetime
    answer_by: datetime
    pay_by: datetime | None = None
    closed_at: datetime | None = None
    absent: Role | None = None
    proposal: Proposal | None = None

    @property
    def ends_at(self) -> datetime:
        """When the lesson is over."""
        return self.starts_at + timedelta(minutes=self.quote.minutes)

    @property
    def grace_ends_at(self) -> datetime:
        """Until when a side may say that something was wrong."""
        return self.ends_at + self.deadlines.grace

    @property
    def due_at(self) -> datetime | None:
        """When the clock has something to decide, if nobody does before."""
        match self.state:
            case S.REQUESTED:
                return self.answer_by
            case S.CONFIRMED | S.PAYING:
                return self.pay_by
            case S.PAID:
                return self.grace_ends_at
            case _:
                return None

    def role_of(self, person: PersonId) -> Role | None:
        """Which side of it somebody is, if any."""
        return {self.student_id: Role.STUDENT, self.teacher_id: Role.TEACHER}.get(person)


Guard = Callable[[Booking, Actor, datetime], Refused | None]
Instant = Callable[[Booking], datetime | None]


@dataclass(frozen=True, slots=True)
class Until:
    """Possible before an instant of the booking, if it has that one."""

    rule: str
    instant: Instant
    called: str

    def __call__(self, booking: Booking, _by: Actor, at: datetime) -> Refused | None:
        """Why it is too late, if it is."""
        last = self.instant(booking)
        if last is None or at < last:
            return None
        return Refused(self.rule, f"That was possible until {self.called}, {last:%Y-%m-%d %H:%M} UTC.")


@dataclass(frozen=True, slots=True)
class From:
    """Possible at an instant of the booking and after it, if it has that one."""

    rule: str
    instant: Instant
    called: str

    def __call__(self, booking: Booking, _by: Actor, at: datetime) -> Refused | None:
        """Why it is too early, if it is."""
        first = self.instant(booking)
        if first is None or at >= first:
            return None
        way_out = f"That is possible from {self.called}, {first:%Y-%m-%d %H:%M} UTC."
        return Refused(self.rule, "It is too early.", way_out=way_out)


def _not_said_to_be_absent(booking: Booking, by: Actor, _at: datetime) -> Refused | None:
    if booking.absent is Role.TEACHER and by.role is Role.TEACHER:
        return Refused("no_show_claimed", "The student says that you weren't there.", way_out="Deny it first.")
    return None


def _said_to_be_absent(booking: Booking, by: Actor, _at: datetime) -> Refused | None:
    if booking.absent is by.role:
        return None
    return Refused("no_claim_to_deny", "Nobody says that you weren't there.")


def _proposed_by_other(booking: Booking, by: Actor, _at: datetime) -> Refused | None:
    if booking.proposal is None:
        return Refused("nothing_proposed", "Nobody asked for another time.", way_out="Propose one.")
    if booking.proposal.by is by.role:
        return Refused("own_proposal", "The other side answers a proposal.", way_out="Wait, or propose another time.")
    return None


_START: Final = Until("lesson_started", lambda booking: booking.starts_at, "the start of the lesson")
_GRACE: Final = Until("grace_over", lambda booking: booking.grace_ends_at, "the end of the grace period")
_BEGUN: Final = From("lesson_not_started", lambda booking: booking.starts_at, "the start of the lesson")
_OVER: Final = From("lesson_not_over", lambda booking: booking.ends_at, "the end of the lesson")

GUARDS: Final[dict[BookingTrigger, tuple[Guard, ...]]] = {
    T.CONFIRM: (Until("answer_too_late", lambda booking: booking.answer_by, "the deadline for an answer"),),
    T.PASS_ANSWER_BY: (From("not_due", lambda booking: booking.answer_by, "the deadline for an answer"),),
    T.START_PAYMENT: (Until("pay_by_passed", lambda booking: booking.pay_by, "the pay-by deadline"),),
    T.PASS_PAY_BY: (From("not_due", lambda booking: booking.pay_by, "the pay-by deadline"),),
    T.CANCEL: (_START,),
    T.COMPLETE: (_OVER, _not_said_to_be_absent),
    T.PASS_GRACE: (From("not_due", lambda booking: booking.grace_ends_at, "the end of the grace period"),),
    T.UPHOLD_NO_SHOW: (From("not_due", lambda booking: booking.grace_ends_at, "the end of the grace period"),),
    T.CLAIM_NO_SHOW: (_BEGUN, _GRACE),
    T.DENY_NO_SHOW: (_GRACE, _said_to_be_absent),
    T.REPORT_PROBLEM: (_BEGUN, _GRACE),
    T.PROPOSE_RESCHEDULE: (_START,),
    T.ACCEPT_RESCHEDULE: (_START, _proposed_by_other),
    T.DECLINE_RESCHEDULE: (_START, _proposed_by_other),
}
"""What must hold beside the table: deadlines, and who said what."""


def why_not(booking: Booking, trigger: BookingTrigger, *, by: Actor, at: datetime) -> Refused | None:
    """Why somebody can't do this now, or ``None`` if they can."""
    if not BOOKING.allows(booking.state, trigger):
        return BOOKING.refusal(booking.state, trigger)
    if by.role not in BOOKING.who[trigger]:
        return BOOKING.wrong_role(trigger, by.role)
    return next((no for guard in GUARDS.get(trigger, ()) if (no := guard(booking, by, at))), None)


def step(booking: Booking, trigger: BookingTrigger, *, by: Actor, at: datetime) -> BookingState | None:
    """The state that comes next; ``None`` where it was decided already. Raises ``Refused``."""
    if not BOOKING.allows(booking.state, trigger):
        BOOKING.after(booking.state, trigger)
        return None
    refusal = why_not(booking, trigger, by=by, at=at)
    if refusal is not None:
        raise refusal
    return BOOKING.after(booking.state, trigger)
