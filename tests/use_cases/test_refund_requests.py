"""Refund requests: who asks, who approves, who may not, and what the money did meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.errors import GatewayUnreachable, NotFound, Refused
from linguapay_core.domain.policies import Policies, RefundPolicy
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    MINUTE,
    OTHER_STUDENT,
    SECOND_ADMIN,
    STUDENT,
    TEACHER,
    alarms,
    approved,
    asked_back,
    at_stripe,
    booking_of,
    completed,
    confirmed,
    funded,
    held,
    later,
    paid,
    paying,
    payment_of,
    refund_of,
    request_now,
    told,
)

TWO_ADMINS = Policies(refunds=RefundPolicy(second_approval_above_minor=999))


def test_a_request_is_approved_and_executed(lp: Rehearsal) -> None:
    request = approved(lp)
    assert lp.process_refund_request(request.id, ADMIN).state is RequestState.DONE
    lp.work()
    refund = refund_of(lp, request)
    assert (refund.amount.amount_minor, refund.parts.fee.amount_minor, refund.rule) == (1000, 48, "request_approved")
    assert [what for what in told(lp, request) if what.startswith("refund")] == [
        "refund_request.submitted",
        "refund_request.approved",
        "refund_request.processed",
        "refund.reserved",
        "refund.succeeded",
        "refund.cashed",
        "refund_request.done",
    ]


def test_processing_twice_refunds_once(lp: Rehearsal) -> None:
    request = approved(lp)
    lp.process_refund_request(request.id, ADMIN)
    assert lp.process_refund_request(request.id, SECOND_ADMIN).state is RequestState.DONE
    assert len(at_stripe(lp).refunds.list().data) == 1


def test_less_than_was_asked_for_may_be_approved(lp: Rehearsal) -> None:
    request = lp.approve_refund_request(asked_back(lp).id, ADMIN, 700, notes="Half of it.")
    assert request.approved is not None
    assert request.approved.amount_minor == 700
    with lp.ports.transactions.begin() as transaction:
        (note,) = transaction.texts_by(request.approvals[0].admin_id)
    assert (note.text, note.subject) == ("Half of it.", request.id)


@pytest.mark.parametrize(("amount", "rule"), [(1001, "exceeds_what_was_asked"), (9999, "exceeds_what_is_left")])
def test_more_than_was_asked_for_or_is_left_isnt_approved(lp: Rehearsal, amount: int, rule: str) -> None:
    request = asked_back(lp)
    with pytest.raises(Refused) as refused:
        lp.approve_refund_request(request.id, ADMIN, amount)
    assert refused.value.rule == rule


@pytest.mark.parametrize("policies", [TWO_ADMINS])
def test_above_the_threshold_two_admins_approve(lp: Rehearsal) -> None:
    request = asked_back(lp)
    assert lp.approve_refund_request(request.id, ADMIN).state is RequestState.SUBMITTED
    assert lp.approve_refund_request(request.id, ADMIN).state is RequestState.SUBMITTED
    with pytest.raises(Refused) as refused:
        lp.process_refund_request(request.id, ADMIN)
    assert refused.value.rule == "refund_request_submitted"
    assert lp.approve_refund_request(request.id, SECOND_ADMIN).state is RequestState.APPROVED


@pytest.mark.parametrize("policies", [TWO_ADMINS])
def test_an_approval_is_bound_to_its_amount(lp: Rehearsal) -> None:
    request = asked_back(lp, amount_minor=2000)
    lp.approve_refund_request(request.id, ADMIN, 2000)
    other = lp.approve_refund_request(request.id, SECOND_ADMIN, 1500)
    assert (other.state, [one.admin_id for one in other.approvals]) == (RequestState.SUBMITTED, [SECOND_ADMIN])


def test_who_asks_neither_approves_nor_processes(lp: Rehearsal) -> None:
    request = asked_back(lp)
    with pytest.raises(Refused) as refused:
        lp.approve_refund_request(request.id, STUDENT)
    assert refused.value.rule == "own_request"
    lp.approve_refund_request(request.id, ADMIN)
    with pytest.raises(Refused) as refused:
        lp.process_refund_request(request.id, STUDENT)
    assert refused.value.rule == "own_request"


def test_changing_the_amount_voids_approvals(lp: Rehearsal) -> None:
    request = approved(lp)
    edited = lp.edit_refund_request(request.id, STUDENT, 1200)
    assert (edited.state, edited.approvals, edited.amount.amount_minor) == (RequestState.SUBMITTED, (), 1200)


def test_a_rejection_says_why(lp: Rehearsal) -> None:
    request = lp.reject_refund_request(asked_back(lp).id, ADMIN, "The lesson was as agreed.")
    assert request.state is RequestState.REJECTED
    with pytest.raises(Refused) as refused:
        lp.approve_refund_request(request.id, ADMIN)
    assert refused.value.rule == "refund_request_rejected"


@pytest.mark.parametrize("scene", [asked_back, approved], ids=["submitted", "approved"])
def test_a_request_is_taken_back_before_money_moves(lp: Rehearsal, scene: Callable[[Rehearsal], RefundRequest]) -> None:
    request = scene(lp)
    assert lp.withdraw_refund_request(request.id, STUDENT).state is RequestState.WITHDRAWN
    assert lp.request_refund(request.payment_id, STUDENT, 500, "Another try.").state is RequestState.SUBMITTED


def test_one_request_at_a_time(lp: Rehearsal) -> None:
    request = asked_back(lp)
    with pytest.raises(Refused) as refused:
        lp.request_refund(request.payment_id, STUDENT, 500, "And more.")
    assert refused.value.rule == "request_open"


def test_an_unpaid_payment_has_nothing_to_refund(lp: Rehearsal) -> None:
    with pytest.raises(Refused) as refused:
        lp.request_refund(paying(lp, confirmed(lp)).payment.id, STUDENT, 100, "Too early.")
    assert refused.value.rule == "not_paid"


def test_no_refund_is_asked_for_after_the_window(lp: Rehearsal) -> None:
    payment = paid(lp)
    lp.clock.move_to(booking_of(lp, payment).ends_at + 60 * DAY)
    with pytest.raises(Refused) as refused:
        lp.request_refund(payment.id, STUDENT, 100, "Very late.")
    assert refused.value.rule == "refund_window_closed"


def test_a_request_that_nobody_decides_expires(lp: Rehearsal) -> None:
    request = asked_back(lp)
    later(lp, 30 * DAY - timedelta(seconds=1) - 2 * MINUTE)
    later(lp, 3 * MINUTE)
    assert request_now(lp, request).state is RequestState.EXPIRED


def test_another_students_request_isnt_there(lp: Rehearsal) -> None:
    request = asked_back(lp)
    with pytest.raises(NotFound):
        lp.withdraw_refund_request(request.id, OTHER_STUDENT)
    with pytest.raises(NotFound):
        lp.edit_refund_request(request.id, OTHER_STUDENT, 1)
    with pytest.raises(NotFound):
        lp.request_refund(request.payment_id, OTHER_STUDENT, 1, "Mine?")


def test_the_platform_may_spare_the_teacher(lp: Rehearsal) -> None:
    payment = completed(lp)
    request = lp.approve_refund_request(asked_back(lp, payment).id, ADMIN, platform_bears=True)
    lp.process_refund_request(request.id, ADMIN)
    lp.work()
    books = held(lp, payment)
    assert (books["goodwill"], books[f"teacher_payable:{TEACHER}"]) == (952, 2500)


def test_what_was_approved_is_blocked_when_the_money_is_gone(lp: Rehearsal) -> None:
    funded(lp)
    request = approved(lp, amount_minor=2000)
    lp.cancel_booking(request.booking_id, TEACHER)
    blocked = lp.process_refund_request(request.id, ADMIN)
    assert (blocked.state, blocked.blocked_reason) == (RequestState.BLOCKED, "only 0.00 USD is left")
    assert lp.reject_refund_request(request.id, ADMIN, "It went back already.").state is RequestState.REJECTED


def test_a_refund_that_stripe_refuses_blocks_the_request_with_an_alarm(lp: Rehearsal) -> None:
    funded(lp)
    request = approved(lp, amount_minor=2625)
    payment = payment_of(lp, request)
    at_stripe(lp).refunds.create({"payment_intent": payment.intent_id})
    blocked = lp.process_refund_request(request.id, ADMIN)
    assert (blocked.state, blocked.blocked_reason) == (RequestState.BLOCKED, "charge_already_refunded")
    assert "refund_rejected" in alarms(lp)
    lp.work()
    assert payment_of(lp, request).counters.refunded == payment.parts


def test_a_silence_of_stripe_is_told_and_the_refund_goes_on(lp: Rehearsal) -> None:
    request = approved(lp)
    lp.stripe.faults.add("dropped_before", method="POST", path="/v1/refunds")
    with pytest.raises(GatewayUnreachable):
        lp.process_refund_request(request.id, ADMIN)
    assert request_now(lp, request).state is RequestState.EXECUTING
    later(lp, MINUTE)
    assert request_now(lp, request).state is RequestState.DONE
    assert booking_of(lp, request).state == "paid"
