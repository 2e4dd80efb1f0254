"""What may be done with a booking, and why not: the table, then the role, then the deadlines and who said what."""

import re
from datetime import datetime, timedelta

import pytest

from linguapay_core.domain import booking_rules as rules
from linguapay_core.domain.booking import (
    BOOKING,
    Booking,
    BookingState,
    BookingTrigger,
    Proposal,
    step,
    why_not,
)
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.identifiers import PaymentId, PersonId
from linguapay_core.domain.machine import Role
from linguapay_core.testing.builders import ANNA, BEN, CARLA, LESSON_AT, NOON, a_booking

S, T = BookingState, BookingTrigger
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
OVER, GRACE_OVER = LESSON_AT + HOUR, LESSON_AT + 25 * HOUR
STUDENT, TEACHER, ADMIN = Actor(Role.STUDENT, BEN), Actor(Role.TEACHER, ANNA), Actor(Role.ADMIN, CARLA)
CLOCK, STRIPE = Actor(Role.CLOCK), Actor(Role.STRIPE)
ACTORS = {
    Role.STUDENT: STUDENT,
    Role.TEACHER: TEACHER,
    Role.ADMIN: ADMIN,
    Role.CLOCK: CLOCK,
    Role.STRIPE: STRIPE,
    Role.SYSTEM: Actor(Role.SYSTEM),
}
PAY_BY = NOON + 24 * HOUR
PAYMENT = PaymentId.of(1)


def booked(state: BookingState, **different: object) -> Booking:
    """A booking in this state, to be paid within a day."""
    return a_booking(state=state, pay_by=PAY_BY, **different)


Deadline = tuple[BookingTrigger, BookingState, Actor, str, datetime, bool]
DEADLINES: list[Deadline] = [
    # trigger, state, who, rule, the edge, and whether it opens there (or closes)
    (T.CONFIRM, S.REQUESTED, TEACHER, "answer_too_late", NOON + 48 * HOUR, False),
    (T.PASS_ANSWER_BY, S.REQUESTED, CLOCK, "not_due", NOON + 48 * HOUR, True),
    (T.START_PAYMENT, S.CONFIRMED, STUDENT, "pay_by_passed", PAY_BY, False),
    (T.PASS_PAY_BY, S.CONFIRMED, CLOCK, "not_due", PAY_BY, True),
    (T.CANCEL, S.PAID, STUDENT, "lesson_started", LESSON_AT, False),
    (T.COMPLETE, S.PAID, TEACHER, "lesson_not_over", OVER, True),
    (T.PASS_GRACE, S.PAID, CLOCK, "not_due", GRACE_OVER, True),
    (T.UPHOLD_NO_SHOW, S.PAID, CLOCK, "not_due", GRACE_OVER, True),
    (T.CLAIM_NO_SHOW, S.PAID, STUDENT, "lesson_not_started", LESSON_AT, True),
    (T.CLAIM_NO_SHOW, S.PAID, STUDENT, "grace_over", GRACE_OVER, False),
    (T.DENY_NO_SHOW, S.PAID, STUDENT, "grace_over", GRACE_OVER, False),
    (T.REPORT_PROBLEM, S.PAID, STUDENT, "lesson_not_started", LESSON_AT, True),
    (T.REPORT_PROBLEM, S.PAID, STUDENT, "grace_over", GRACE_OVER, False),
    (T.PROPOSE_RESCHEDULE, S.PAID, STUDENT, "lesson_started", LESSON_AT, False),
    (T.ACCEPT_RESCHEDULE, S.PAID, STUDENT, "lesson_started", LESSON_AT, False),
    (T.DECLINE_RESCHEDULE, S.PAID, STUDENT, "lesson_started", LESSON_AT, False),
]


@pytest.mark.parametrize("row", DEADLINES, ids=[f"{one[0]} {one[3]}" for one in DEADLINES])
def test_a_deadline_holds_to_the_second(row: Deadline) -> None:
    trigger, state, by, rule, edge, opens = row
    absent = Role.STUDENT if trigger is T.DENY_NO_SHOW else None
    booking = booked(state, absent=absent, proposal=Proposal(LESSON_AT, Role.TEACHER))
    before, after = edge - SECOND, edge
    allowed, refused = (after, before) if opens else (before, after)
    assert why_not(booking, trigger, by=by, at=allowed) is None
    refusal = why_not(booking, trigger, by=by, at=refused)
    assert refusal is not None
    assert refusal.rule == rule
    day = f"{edge:%Y-%m-%d %H:%M} UTC."
    if opens:
        assert refusal.reason == "It is too early."
        assert re.fullmatch(f"That is possible from the [a-z -]+, {day}", refusal.way_out)
    else:
        assert re.fullmatch(f"That was possible until the [a-z -]+, {day}", refusal.reason)


def test_a_deadline_that_isnt_set_doesnt_hold() -> None:
    open_end = a_booking(state=S.CONFIRMED, pay_by=None)
    assert why_not(open_end, T.START_PAYMENT, by=STUDENT, at=LESSON_AT) is None
    assert why_not(open_end, T.PASS_PAY_BY, by=CLOCK, at=NOON) is None
    assert rules.payment_ended(a_booking(state=S.PAYING), PAYMENT, at=LESSON_AT).record.state is S.CONFIRMED


def test_a_teacher_who_is_said_to_be_absent_denies_it_before_completing() -> None:
    refusal = why_not(booked(S.PAID, absent=Role.TEACHER), T.COMPLETE, by=TEACHER, at=OVER)
    assert refusal is not None
    reason = "The student says that you weren't there."
    assert (refusal.rule, refusal.reason, refusal.way_out) == ("no_show_claimed", reason, "Deny it first.")
    assert why_not(booked(S.PAID, absent=Role.STUDENT), T.COMPLETE, by=TEACHER, at=OVER) is None


@pytest.mark.parametrize(
    ("absent", "by", "allowed"),
    [
        (None, TEACHER, False),
        (Role.STUDENT, TEACHER, False),
        (Role.TEACHER, TEACHER, True),
        (Role.STUDENT, STUDENT, True),
    ],
    ids=str,
)
def test_only_who_is_said_to_be_absent_can_deny_it(absent: Role | None, by: Actor, allowed: bool) -> None:
    refusal = why_not(booked(S.PAID, absent=absent), T.DENY_NO_SHOW, by=by, at=OVER)
    assert (refusal is None) is allowed
    assert refusal is None or refusal.rule == "no_claim_to_deny"
    assert refusal is None or refusal.reason == "Nobody says that you weren't there."


@pytest.mark.parametrize("trigger", [T.ACCEPT_RESCHEDULE, T.DECLINE_RESCHEDULE])
def test_the_other_side_answers_a_proposal(trigger: BookingTrigger) -> None:
    own = booked(S.PAID, proposal=Proposal(LESSON_AT, Role.STUDENT))
    rules_broken = [
        (booked(S.PAID), "nothing_proposed", "Nobody asked for another time.", "Propose one."),
        (own, "own_proposal", "The other side answers a proposal.", "Wait, or propose another time."),
    ]
    for booking, rule, reason, way_out in rules_broken:
        refusal = why_not(booking, trigger, by=STUDENT, at=NOON)
        assert refusal is not None
        assert (refusal.rule, refusal.reason, refusal.way_out) == (rule, reason, way_out)
    assert why_not(own, trigger, by=TEACHER, at=NOON) is None


@pytest.mark.parametrize("state", list(BookingState))
@pytest.mark.parametrize("trigger", list(BookingTrigger))
def test_the_table_and_the_roles_come_before_the_deadlines(state: BookingState, trigger: BookingTrigger) -> None:
    booking = booked(state)
    for role, by in ACTORS.items():
        refusal = why_not(booking, trigger, by=by, at=NOON)
        if not BOOKING.allows(state, trigger):
            assert refusal is not None
            assert refusal.rule == f"booking_{state}"
        elif role not in BOOKING.who[trigger]:
            assert refusal is not None
            needed = " or ".join(sorted(BOOKING.who[trigger]))
            assert (refusal.rule, refusal.reason) == (
                "wrong_role",
                f"That is for the {needed}, and you are the {role}.",
            )
        else:
            assert refusal is None or refusal.rule not in {"wrong_role", f"booking_{state}"}


def test_a_refused_step_raises_and_one_that_was_taken_is_none() -> None:
    with pytest.raises(Refused, match="A booking that is requested can't complete"):
        step(booked(S.REQUESTED), T.COMPLETE, by=TEACHER, at=OVER)
    with pytest.raises(Refused, match="That is for the teacher"):
        step(booked(S.PAID), T.COMPLETE, by=STUDENT, at=OVER)
    assert step(booked(S.COMPLETED), T.COMPLETE, by=TEACHER, at=OVER) is None
    assert step(booked(S.PAID), T.COMPLETE, by=TEACHER, at=OVER) is S.COMPLETED


@pytest.mark.parametrize("state", list(BookingState))
def test_the_clock_knows_when_a_booking_is_due(state: BookingState) -> None:
    due = {S.REQUESTED: NOON + 48 * HOUR, S.CONFIRMED: PAY_BY, S.PAYING: PAY_BY, S.PAID: GRACE_OVER}
    assert booked(state).due_at == due.get(state)


def test_a_booking_knows_its_sides_and_its_ends() -> None:
    booking = booked(S.PAID)
    assert (booking.ends_at, booking.grace_ends_at) == (OVER, GRACE_OVER)
    roles = [booking.role_of(person) for person in (BEN, ANNA, PersonId("carla"))]
    assert roles == [Role.STUDENT, Role.TEACHER, None]
