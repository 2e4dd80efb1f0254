"""Asked twice is asked once; and what is refused, or isn't yours, changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.errors import NotFound, Refused
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    HOUR,
    OTHER_STUDENT,
    STUDENT,
    TEACHER,
    approved,
    asked_back,
    booking_of,
    completed,
    confirmed,
    everything,
    offered,
    paid,
    paying,
    payment_of,
    ready,
    requested,
    transfer_of,
    until,
)

Ask = Callable[[], object]


def _begun(lp: Rehearsal) -> str:
    payment = paid(lp)
    until(lp, booking_of(lp, payment).starts_at)
    return payment.booking_id


def _contested(lp: Rehearsal) -> str:
    booking_id = _begun(lp)
    lp.report_problem(booking_id, STUDENT, "No teacher.")
    return booking_id


def retire_gig(lp: Rehearsal) -> Ask:
    gig = offered(lp)
    return lambda: lp.retire_gig(gig.id, TEACHER)


def confirm_booking(lp: Rehearsal) -> Ask:
    booking = requested(lp)
    return lambda: lp.confirm_booking(booking.id, TEACHER)


def decline_booking(lp: Rehearsal) -> Ask:
    booking = requested(lp)
    return lambda: lp.decline_booking(booking.id, TEACHER)


def withdraw_booking(lp: Rehearsal) -> Ask:
    booking = requested(lp)
    return lambda: lp.withdraw_booking(booking.id, STUDENT)


def cancel_booking(lp: Rehearsal) -> Ask:
    payment = paid(lp)
    return lambda: lp.cancel_booking(payment.booking_id, STUDENT)


def cancel_booking_while_paying(lp: Rehearsal) -> Ask:
    checkout = paying(lp)
    return lambda: lp.cancel_booking(checkout.booking.id, STUDENT)


def complete_booking(lp: Rehearsal) -> Ask:
    booking_id = _begun(lp)
    lp.clock.advance(HOUR)
    return lambda: lp.complete_booking(booking_id, TEACHER)


def claim_no_show(lp: Rehearsal) -> Ask:
    booking_id = _begun(lp)
    return lambda: lp.claim_no_show(booking_id, STUDENT)


def deny_no_show(lp: Rehearsal) -> Ask:
    booking_id = _begun(lp)
    lp.claim_no_show(booking_id, STUDENT)
    return lambda: lp.deny_no_show(booking_id, TEACHER)


def report_problem(lp: Rehearsal) -> Ask:
    booking_id = _begun(lp)
    return lambda: lp.report_problem(booking_id, STUDENT, "No teacher.")


def decide_contest(lp: Rehearsal) -> Ask:
    booking_id = _contested(lp)
    return lambda: lp.decide_contest(booking_id, ADMIN, 2625, "All of it.", cancelled=True)


def propose_reschedule(lp: Rehearsal) -> Ask:
    booking = confirmed(lp)
    return lambda: lp.propose_reschedule(booking.id, STUDENT, booking.starts_at + DAY)


def accept_reschedule(lp: Rehearsal) -> Ask:
    booking = confirmed(lp)
    lp.propose_reschedule(booking.id, STUDENT, booking.starts_at + DAY)
    return lambda: lp.accept_reschedule(booking.id, TEACHER)


def decline_reschedule(lp: Rehearsal) -> Ask:
    booking = confirmed(lp)
    lp.propose_reschedule(booking.id, STUDENT, booking.starts_at + DAY)
    return lambda: lp.decline_reschedule(booking.id, TEACHER)


def create_payment_intent(lp: Rehearsal) -> Ask:
    booking = confirmed(lp)
    return lambda: lp.create_payment_intent(booking.id, STUDENT)


def confirm_payment(lp: Rehearsal) -> Ask:
    checkout = paying(lp)
    return lambda: lp.confirm_payment(checkout.payment.id, STUDENT)


def edit_refund_request(lp: Rehearsal) -> Ask:
    request = approved(lp)
    return lambda: lp.edit_refund_request(request.id, STUDENT, 500)


def withdraw_refund_request(lp: Rehearsal) -> Ask:
    request = asked_back(lp)
    return lambda: lp.withdraw_refund_request(request.id, STUDENT)


def approve_refund_request(lp: Rehearsal) -> Ask:
    request = asked_back(lp)
    return lambda: lp.approve_refund_request(request.id, ADMIN, notes="Yes.")


def reject_refund_request(lp: Rehearsal) -> Ask:
    request = asked_back(lp)
    return lambda: lp.reject_refund_request(request.id, ADMIN, "No.")


def process_refund_request(lp: Rehearsal) -> Ask:
    request = approved(lp)
    return lambda: lp.process_refund_request(request.id, ADMIN)


def open_teacher_account(lp: Rehearsal) -> Ask:
    return lambda: ready(lp)


def hold_transfer(lp: Rehearsal) -> Ask:
    transfer = transfer_of(lp, completed(lp))
    return lambda: lp.hold_transfer(transfer.id, ADMIN)


def release_transfer(lp: Rehearsal) -> Ask:
    transfer = transfer_of(lp, completed(lp))
    lp.hold_transfer(transfer.id, ADMIN)
    return lambda: lp.release_transfer(transfer.id, ADMIN)


def describe_person(lp: Rehearsal) -> Ask:
    return lambda: lp.describe_person(STUDENT, "Ben", "ben@example.com", "Europe/Paris")


def erase_person(lp: Rehearsal) -> Ask:
    asked_back(lp)
    return lambda: lp.erase_person(STUDENT, ADMIN)


TWICE: Final = (
    retire_gig,
    confirm_booking,
    decline_booking,
    withdraw_booking,
    cancel_booking,
    cancel_booking_while_paying,
    complete_booking,
    claim_no_show,
    deny_no_show,
    report_problem,
    decide_contest,
    propose_reschedule,
    accept_reschedule,
    decline_reschedule,
    create_payment_intent,
    confirm_payment,
    edit_refund_request,
    withdraw_refund_request,
    approve_refund_request,
    reject_refund_request,
    process_refund_request,
    open_teacher_account,
    hold_transfer,
    release_transfer,
    describe_person,
    erase_person,
)


@pytest.mark.parametrize("scene", TWICE, ids=lambda scene: scene.__name__)
def test_asked_twice_is_asked_once(lp: Rehearsal, scene: Callable[[Rehearsal], Ask]) -> None:
    ask = scene(lp)
    ask()
    before = everything(lp)
    ask()
    assert everything(lp) == before


BOOKINGS: Final = (
    "confirm_booking",
    "decline_booking",
    "withdraw_booking",
    "cancel_booking",
    "quote_cancellation",
    "complete_booking",
    "claim_no_show",
    "deny_no_show",
    "accept_reschedule",
    "decline_reschedule",
    "create_payment_intent",
)


def test_a_foreign_booking_looks_as_if_it_werent_there(lp: Rehearsal) -> None:
    booking = requested(lp)
    before = everything(lp)
    for ask in BOOKINGS:
        with pytest.raises(NotFound) as foreign:
            getattr(lp, ask)(booking.id, OTHER_STUDENT)
        unknown = booking.id[:-1] + ("0" if booking.id[-1] != "0" else "1")
        with pytest.raises(NotFound) as missing:
            getattr(lp, ask)(unknown, OTHER_STUDENT)
        assert str(foreign.value).replace(booking.id, "") == str(missing.value).replace(unknown, ""), ask
    assert everything(lp) == before


def test_a_step_out_of_its_state_is_refused_with_a_way_out(lp: Rehearsal) -> None:
    """Every step of a booking, taken when the lesson has been given."""
    payment = completed(lp)
    booking = booking_of(lp, payment)
    before = everything(lp)
    for ask in BOOKINGS:
        if ask == "complete_booking":
            continue
        person = TEACHER if ask in ("confirm_booking", "decline_booking") else STUDENT
        with pytest.raises(Refused) as refused:
            getattr(lp, ask)(booking.id, person)
        assert refused.value.rule == "booking_completed", ask
        assert refused.value.reason
        assert refused.value.way_out, ask
    assert everything(lp) == before
    assert payment_of(lp, payment) == payment


@pytest.mark.parametrize(
    ("ask", "person"), [("confirm_booking", STUDENT), ("decline_booking", STUDENT), ("withdraw_booking", TEACHER)]
)
def test_a_step_is_for_those_whose_it_is(lp: Rehearsal, ask: str, person: str) -> None:
    booking = requested(lp)
    with pytest.raises(Refused) as refused:
        getattr(lp, ask)(booking.id, person)
    assert refused.value.rule == "wrong_role"
    assert booking_of(lp, booking).state is booking.state
