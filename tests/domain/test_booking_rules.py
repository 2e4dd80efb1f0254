"""A booking moves by its table, its deadlines and what both sides say; every step happens once."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone, tzinfo

import pytest

from linguapay_core.domain import booking_rules as rules
from linguapay_core.domain.booking import (
    OCCUPYING,
    Booking,
    BookingState,
    Proposal,
)
from linguapay_core.domain.decision import Actor, Decision
from linguapay_core.domain.errors import Invalid, Refused
from linguapay_core.domain.events import booking as facts
from linguapay_core.domain.events.fact import Fact
from linguapay_core.domain.identifiers import BookingId, PaymentId, TextId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import USD, Parts
from linguapay_core.domain.people import Calendar
from linguapay_core.domain.policies import CancellationTerms, Deadlines, Policies
from linguapay_core.testing.builders import ANNA, BEN, CARLA, LESSON_AT, NOON, PARTS, a_booking, a_gig
from tests.domain.reading import events, said

S = BookingState
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
OVER, GRACE_OVER = LESSON_AT + HOUR, LESSON_AT + 25 * HOUR
STUDENT, TEACHER, ADMIN = Actor(Role.STUDENT, BEN), Actor(Role.TEACHER, ANNA), Actor(Role.ADMIN, CARLA)
CALENDAR = Calendar(ANNA, 3)
POLICIES = Policies()
PAY_BY = NOON + 24 * HOUR
PAYMENT, TEXT = PaymentId.of(1), TextId.of(1)
NOTHING = Parts.none(USD)


def booked(state: BookingState, **different: object) -> Booking:
    """A booking in this state, to be paid within a day."""
    return a_booking(state=state, pay_by=PAY_BY, **different)


def request(starts_at: datetime = LESSON_AT, minutes: int = 60, **different: object) -> Decision[Booking]:
    """Ben asks Anna for a lesson, with what a test wants different."""
    arguments: dict[str, object] = {
        "gig": a_gig(), "student_id": BEN, "starts_at": starts_at, "minutes": minutes,
        "calendar": CALENDAR, "others": (), "policies": POLICIES, "at": NOON,
    }  # fmt: skip
    return rules.request(BookingId.of(1), **{**arguments, **different})  # type: ignore[arg-type]


def test_a_request_freezes_the_quote_and_the_deadlines() -> None:
    decision = request()
    assert decision.record == a_booking()
    assert decision.changed == (decision.record, CALENDAR)
    fact = facts.BookingRequested(a_gig().id, BEN, ANNA, LESSON_AT, 60, 3000, 150, 3150, "USD", "24:10000 6:5000")
    assert events(decision) == [said(fact, "student ben", NOON)]
    own = Policies(deadlines=Deadlines(answer=HOUR))
    assert request(policies=own).record.deadlines is own.deadlines


@pytest.mark.parametrize(
    ("ahead", "answer_within"),
    [(72 * HOUR, 48 * HOUR), (49 * HOUR, 48 * HOUR), (48 * HOUR, 47 * HOUR), (2 * HOUR, HOUR)],
    ids=str,
)
def test_an_answer_is_due_in_two_days_or_an_hour_before_the_start(ahead: timedelta, answer_within: timedelta) -> None:
    assert request(NOON + ahead).record.answer_by == NOON + answer_within


@pytest.mark.parametrize(
    ("starts_at", "reason"),
    [
        (LESSON_AT.replace(tzinfo=None), "a time needs its zone; send it as 2026-11-23T10:00:00Z."),
        (NOON - SECOND, "a lesson starts after 2030-01-01 13:00 UTC, so that it can be answered and paid."),
        (NOON + HOUR, "a lesson starts after 2030-01-01 13:00 UTC, so that it can be answered and paid."),
        (NOON + timedelta(days=365) + SECOND, "a lesson is booked at most 365 days ahead."),
    ],
    ids=["no zone", "past", "too near", "too far"],
)
def test_a_start_that_cant_be_meant_is_invalid(starts_at: datetime, reason: str) -> None:
    acts: tuple[Callable[[], object], ...] = (
        lambda: request(starts_at),
        lambda: rules.propose_reschedule(booked(S.PAID), starts_at, policies=POLICIES, by=STUDENT, at=NOON),
        lambda: rules.accept_reschedule(
            booked(S.PAID, proposal=Proposal(starts_at, Role.STUDENT)),
            calendar=CALENDAR, others=(), policies=POLICIES, by=TEACHER, at=NOON,
        ),
    )  # fmt: skip
    for act in acts:
        with pytest.raises(Invalid) as error:
            act()
        assert (error.value.field, error.value.reason) == ("starts_at", reason)


class Nowhere(tzinfo):
    """A zone that can't tell its offset, so that a time in it is no instant."""

    def utcoffset(self, _at: datetime | None) -> None:
        return None

    dst = tzname = utcoffset


def test_a_start_in_a_zone_without_an_offset_is_invalid() -> None:
    with pytest.raises(Invalid, match="a time needs its zone"):
        request(LESSON_AT.replace(tzinfo=Nowhere()))


def test_the_nearest_and_the_furthest_start_are_bookable_in_any_zone() -> None:
    request(NOON + HOUR + SECOND)
    request((NOON + timedelta(days=365)).astimezone(timezone(timedelta(hours=9))))


@pytest.mark.parametrize(
    ("different", "why"),
    [
        ({"gig": a_gig(active=False)}, ("gig_retired", "This gig is no longer offered.", "Choose another gig.")),
        ({"student_id": ANNA}, ("own_gig", "A teacher can't book the own gig.", "")),
    ],
    ids=["retired", "own"],
)
def test_a_retired_gig_and_the_own_gig_are_refused(different: dict[str, object], why: tuple[str, str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        request(**different)  # type: ignore[arg-type]
    assert (refusal.value.rule, refusal.value.reason, refusal.value.way_out) == why


@pytest.mark.parametrize(
    ("other_starts", "taken"),
    [(-60, False), (-59, True), (0, True), (59, True), (60, False), (-600, False), (600, False)],
)
def test_two_lessons_of_a_teacher_may_touch_and_not_overlap(other_starts: int, taken: bool) -> None:
    other = a_booking(id=BookingId.of(2), starts_at=LESSON_AT + timedelta(minutes=other_starts))
    if not taken:
        assert request(others=[other])
        return
    with pytest.raises(Refused) as refusal:
        request(others=[other])
    assert refusal.value.rule == "slot_taken"
    span = f"{other.starts_at:%Y-%m-%d %H:%M} to {other.ends_at:%H:%M} UTC."
    assert refusal.value.reason == f"The teacher has another lesson from {span}"
    assert refusal.value.way_out == "Choose another time."


@pytest.mark.parametrize("state", list(BookingState))
def test_only_what_occupies_the_calendar_takes_a_slot(state: BookingState) -> None:
    other = a_booking(id=BookingId.of(2), state=state)
    assert (state in OCCUPYING) is (str(state) in ["requested", "confirmed", "paying", "paid", "contested"])
    assert bool(request(others=[a_booking(state=state)]))
    if state in OCCUPYING:
        with pytest.raises(Refused):
            request(others=[a_booking(id=BookingId.of(3), state=S.EXPIRED), other])
    else:
        assert request(others=[other])


def test_terms_are_written_as_hours_and_basis_points() -> None:
    assert rules.written(CancellationTerms(())) == ""


@pytest.mark.parametrize(
    ("ahead", "pay_within"), [(72 * HOUR, 24 * HOUR), (25 * HOUR, 24 * HOUR), (20 * HOUR, 19 * HOUR)], ids=str
)
def test_a_confirmed_booking_is_paid_within_a_day_or_an_hour_before_the_start(
    ahead: timedelta, pay_within: timedelta
) -> None:
    decision = rules.confirm(a_booking(starts_at=NOON + ahead), by=TEACHER, at=NOON)
    assert decision.record == a_booking(starts_at=NOON + ahead, state=S.CONFIRMED, pay_by=NOON + pay_within)
    assert decision.changed == (decision.record,)
    assert events(decision) == [said(facts.BookingConfirmed(NOON + pay_within), "teacher anna", NOON)]
    assert rules.confirm(decision.record, by=TEACHER, at=NOON) == Decision(decision.record)


STEPS = """
    step                        from        to          by            at            why
    decline                     requested   declined    teacher anna  noon          -
    withdraw                    requested   cancelled   student ben   noon          withdrawn
    leave unanswered            requested   expired     clock         answer_by     unanswered
    pay                         confirmed   paying      student ben   noon          -
    leave unpaid                confirmed   expired     clock         pay_by        unpaid
    leave unpaid                paying      cancelling  clock         pay_by        unpaid
    succeed                     paying      paid        stripe        noon          -
    succeed                     cancelling  cancelled   stripe        noon          cancelled_while_paying
    end                         paying      confirmed   stripe        before_pay_by -
    end                         paying      expired     stripe        pay_by        unpaid
    end                         cancelling  cancelled   stripe        noon          cancelled_while_paying
    end                         cancelling  cancelled   stripe        pay_by        cancelled_while_paying
    cancel                      confirmed   cancelled   student ben   noon          cancelled_by_student
    cancel                      paying      cancelling  student ben   noon          cancelled_by_student
    cancel                      paid        cancelled   student ben   noon          cancelled_by_student
    cancel as teacher           confirmed   cancelled   teacher anna  noon          cancelled_by_teacher
    complete                    paid        completed   teacher anna  over          -
    let the grace pass          paid        completed   clock         grace_over    grace_over
    report a problem            paid        contested   student ben   start         problem_reported
    decide that it was given    contested   completed   admin carla   over          -
    decide that it was not      contested   cancelled   admin carla   over          -
"""
TIMES = {
    "noon": NOON,
    "answer_by": NOON + 48 * HOUR,
    "pay_by": PAY_BY,
    "before_pay_by": PAY_BY - SECOND,
    "start": LESSON_AT,
    "over": OVER,
    "grace_over": GRACE_OVER,
}
ACTS: dict[str, Callable[[Booking, datetime], Decision[Booking]]] = {
    "decline": lambda one, at: rules.decline(one, by=TEACHER, at=at),
    "withdraw": lambda one, at: rules.withdraw(one, by=STUDENT, at=at),
    "leave unanswered": lambda one, at: rules.pass_answer_by(one, at=at),
    "pay": lambda one, at: rules.start_payment(one, PAYMENT, by=STUDENT, at=at),
    "leave unpaid": lambda one, at: rules.pass_pay_by(one, at=at),
    "succeed": lambda one, at: rules.payment_succeeded(one, PAYMENT, at=at),
    "end": lambda one, at: rules.payment_ended(one, PAYMENT, at=at),
    "cancel": lambda one, at: rules.cancel(one, PARTS, by=STUDENT, at=at),
    "cancel as teacher": lambda one, at: rules.cancel(one, PARTS, by=TEACHER, at=at),
    "complete": lambda one, at: rules.complete(one, by=TEACHER, at=at),
    "let the grace pass": lambda one, at: rules.pass_grace(one, PARTS, at=at),
    "report a problem": lambda one, at: rules.report_problem(one, TEXT, by=STUDENT, at=at),
    "decide that it was given": lambda one, at: rules.decide_contest(
        one, PARTS, TEXT, cancelled=False, by=ADMIN, at=at
    ),
    "decide that it was not": lambda one, at: rules.decide_contest(one, PARTS, TEXT, cancelled=True, by=ADMIN, at=at),
}
FACTS: dict[str, Fact] = {
    "decline": facts.BookingDeclined(),
    "pay": facts.BookingPaymentStarted(PAYMENT),
    "cancel": facts.BookingCancelled(3000, 150),
    "cancel as teacher": facts.BookingCancelled(3000, 150),
    "report a problem": facts.BookingContested(TEXT),
    "decide that it was given": facts.ContestDecided(3000, 150, TEXT),
    "decide that it was not": facts.ContestDecided(3000, 150, TEXT),
}
"""What is told of a step; where a step isn't named, of the state that it leads to."""
TOLD_OF: dict[BookingState, Fact] = {
    S.CANCELLED: facts.BookingCancelled(),
    S.CANCELLING: facts.BookingCancelling(),
    S.COMPLETED: facts.BookingCompleted(),
    S.CONFIRMED: facts.BookingPaymentEnded(PAYMENT),
    S.EXPIRED: facts.BookingExpired(),
    S.PAID: facts.BookingPaid(PAYMENT),
}
CLOSED = {S.DECLINED, S.CANCELLED, S.EXPIRED, S.COMPLETED}


ROWS = [
    re.split(r"\s{2,}", line.strip())
    for line in STEPS.replace("before_pay_by -", "before_pay_by  -").splitlines()
    if line.strip()
][1:]


@pytest.mark.parametrize("row", ROWS, ids=[" ".join(row) for row in ROWS])
def test_a_step_is_told_with_who_and_why_and_taken_once(row: list[str]) -> None:
    name, before, after, by, when, why = row
    act, state, at = ACTS[name], BookingState(after), TIMES[when]
    proposed = Proposal(LESSON_AT + HOUR, Role.STUDENT)
    decision = act(booked(BookingState(before), proposal=proposed), at)
    closed = state in CLOSED
    assert decision.record == booked(state, closed_at=at if closed else None, proposal=None if closed else proposed)
    assert decision.changed == (decision.record,)
    fact = TOLD_OF[state] if state is S.CANCELLING else FACTS.get(name) or TOLD_OF[state]
    assert events(decision) == [said(fact, by, at, "" if why == "-" else why)]
    assert not decision.entries
    assert not decision.effects
    assert not act(decision.record, at)
    assert act(decision.record, at).record is decision.record


def test_an_absent_teacher_who_says_nothing_gives_the_money_back() -> None:
    absent = booked(S.PAID, absent=Role.TEACHER)
    decision = rules.pass_grace(absent, PARTS, at=GRACE_OVER)
    assert decision.record == replace(absent, state=S.CANCELLED, closed_at=GRACE_OVER)
    assert events(decision) == [said(facts.BookingCancelled(3000, 150), "clock", GRACE_OVER, "teacher_absent")]
    assert rules.pass_grace(decision.record, PARTS, at=GRACE_OVER) == Decision(decision.record)


def test_an_absent_student_pays_all_the_same() -> None:
    decision = rules.pass_grace(booked(S.PAID, absent=Role.STUDENT), NOTHING, at=GRACE_OVER)
    assert events(decision) == [said(facts.BookingCompleted(), "clock", GRACE_OVER, "student_absent")]


@pytest.mark.parametrize(("by", "absent"), [(STUDENT, Role.TEACHER), (TEACHER, Role.STUDENT)], ids=str)
def test_a_side_that_wasnt_there_is_named_once(by: Actor, absent: Role) -> None:
    decision = rules.claim_no_show(booked(S.PAID), by=by, at=LESSON_AT)
    assert decision.record == booked(S.PAID, absent=absent)
    assert events(decision) == [said(facts.NoShowClaimed(absent), str(by), LESSON_AT)]
    assert rules.claim_no_show(decision.record, by=by, at=LESSON_AT) == Decision(decision.record)


@pytest.mark.parametrize("act", [rules.claim_no_show, rules.deny_no_show])
def test_a_claim_that_is_denied_or_answered_by_another_is_contested(act: Callable[..., Decision[Booking]]) -> None:
    claimed = booked(S.PAID, absent=Role.TEACHER)
    decision = act(claimed, by=TEACHER, at=OVER)
    assert decision.record == replace(claimed, state=S.CONTESTED)
    assert events(decision) == [said(facts.BookingContested(), "teacher anna", OVER, "no_show_denied")]
    assert rules.deny_no_show(decision.record, by=TEACHER, at=OVER) == Decision(decision.record)


def test_another_time_is_proposed_and_accepted_and_the_price_stays() -> None:
    moved_to = LESSON_AT + timedelta(days=1)
    proposed = rules.propose_reschedule(booked(S.PAID), moved_to, policies=POLICIES, by=STUDENT, at=NOON)
    assert proposed.record == booked(S.PAID, proposal=Proposal(moved_to, Role.STUDENT))
    assert events(proposed) == [said(facts.RescheduleProposed(moved_to), "student ben", NOON)]
    again = rules.propose_reschedule(proposed.record, moved_to, policies=POLICIES, by=STUDENT, at=NOON)
    assert again == Decision(proposed.record)
    others = [a_booking(id=BookingId.of(2)), replace(proposed.record, starts_at=moved_to)]
    accepted = rules.accept_reschedule(
        proposed.record, calendar=CALENDAR, others=others, policies=POLICIES, by=TEACHER, at=NOON
    )
    assert accepted.record == booked(S.PAID, starts_at=moved_to)
    assert accepted.changed == (accepted.record, CALENDAR)
    assert events(accepted) == [said(facts.Rescheduled(moved_to), "teacher anna", NOON)]
    again = rules.accept_reschedule(
        accepted.record, calendar=CALENDAR, others=others, policies=POLICIES, by=TEACHER, at=NOON
    )
    assert again == Decision(accepted.record)


@pytest.mark.parametrize(
    ("pay_by", "starts_at", "kept"),
    [(PAY_BY, NOON + 30 * HOUR, PAY_BY), (PAY_BY, NOON + 20 * HOUR, NOON + 19 * HOUR), (None, NOON + 20 * HOUR, None)],
    ids=["later", "earlier", "none"],
)
def test_the_deadline_of_paying_never_moves_back(
    pay_by: datetime | None, starts_at: datetime, kept: datetime | None
) -> None:
    booking = a_booking(state=S.CONFIRMED, pay_by=pay_by, proposal=Proposal(starts_at, Role.STUDENT))
    moved = rules.accept_reschedule(booking, calendar=CALENDAR, others=(), policies=POLICIES, by=TEACHER, at=NOON)
    assert moved.record.pay_by == kept


def test_another_time_that_is_taken_is_refused() -> None:
    booking = booked(S.PAID, proposal=Proposal(LESSON_AT + HOUR, Role.TEACHER))
    other = a_booking(id=BookingId.of(2), starts_at=LESSON_AT + HOUR)
    with pytest.raises(Refused, match="another lesson"):
        rules.accept_reschedule(booking, calendar=CALENDAR, others=[other], policies=POLICIES, by=STUDENT, at=NOON)


def test_another_time_is_declined_and_the_time_stays() -> None:
    booking = booked(S.CONFIRMED, proposal=Proposal(LESSON_AT + HOUR, Role.TEACHER))
    decision = rules.decline_reschedule(booking, by=STUDENT, at=NOON)
    assert decision.record == booked(S.CONFIRMED)
    assert events(decision) == [said(facts.RescheduleDeclined(), "student ben", NOON)]
    assert rules.decline_reschedule(decision.record, by=STUDENT, at=NOON) == Decision(decision.record)
