"""Refunds after they were sent: pending, failed later, owed as credit, made by hand."""

from __future__ import annotations

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.errors import GatewayUnreachable, Invalid, Refused
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.refund_request import RequestState
from tests.use_cases.stage import (
    ADMIN,
    CREDIT,
    HOUR,
    MINUTE,
    OTHER_STUDENT,
    RECEIVABLE,
    REFUND_PENDS,
    SECOND_ADMIN,
    STUDENT,
    TEACHER,
    alarms,
    approved,
    at_stripe,
    booking_of,
    completed,
    confirmed,
    credited,
    funded,
    held,
    later,
    look_at_refund,
    paid,
    paid_out,
    payment_of,
    ready,
    refund_of,
    refuse,
    request_now,
    transfer_of,
    until,
)


def test_a_pending_refund_ends_when_the_bank_has_it(lp: Rehearsal) -> None:
    request = approved(lp, paid(lp, card=REFUND_PENDS))
    assert lp.process_refund_request(request.id, ADMIN).state is RequestState.EXECUTING
    assert refund_of(lp, request).state is RefundState.PENDING
    later(lp, 3 * HOUR)
    assert refund_of(lp, request).state is RefundState.SUCCEEDED
    assert request_now(lp, request).state is RequestState.DONE


def test_a_refund_waits_for_a_balance_that_covers_it(lp: Rehearsal) -> None:
    request = approved(lp, amount_minor=2625)
    lp.process_refund_request(request.id, ADMIN)
    later(lp, 12 * MINUTE)
    assert refund_of(lp, request).state is RefundState.PENDING
    lp.stripe.adjust(500)
    later(lp, MINUTE)
    assert refund_of(lp, request).state is RefundState.SUCCEEDED


def test_a_refund_that_comes_back_is_owed_as_credit(lp: Rehearsal) -> None:
    payment = credited(lp)
    assert refund_of(lp, payment).state is RefundState.FAILED
    assert payment.counters.credit.total.amount_minor == 1000
    assert held(lp, payment)[CREDIT] == 1000
    assert "refund_failed" in alarms(lp)


def test_credit_is_sent_back_once_more(lp: Rehearsal) -> None:
    payment = credited(lp)
    refund = lp.refund_credit_again(payment.id, ADMIN)
    assert (refund.amount.amount_minor, refund.rule) == (1000, "credit_refunded_again")
    lp.work()
    assert CREDIT not in held(lp, payment)
    with pytest.raises(Refused) as refused:
        lp.refund_credit_again(payment.id, ADMIN)
    assert refused.value.rule == "no_credit"


def test_credit_that_comes_back_again_is_owed_again(lp: Rehearsal) -> None:
    payment = credited(lp)
    lp.refund_credit_again(payment.id, ADMIN)
    later(lp, MINUTE)
    later(lp, 3 * HOUR)
    assert payment_of(lp, payment).counters.credit.total.amount_minor == 1000


def test_credit_is_paid_by_bank_in_parts_and_noted_once(lp: Rehearsal) -> None:
    payment = credited(lp)
    lp.note_credit_paid_by_bank(payment.id, ADMIN, 400, "BANK-1")
    lp.note_credit_paid_by_bank(payment.id, SECOND_ADMIN, 400, "BANK-1")
    assert payment_of(lp, payment).counters.credit.total.amount_minor == 600
    lp.note_credit_paid_by_bank(payment.id, ADMIN, 600, "BANK-2")
    assert payment_of(lp, payment).counters.credit.total.amount_minor == 0
    assert held(lp, payment)["bank"] == -1000


@pytest.mark.parametrize("reference", ["", "with space", "x" * 65, "naïve", "nul\x00", "line\n"])
def test_a_bank_reference_looks_like_one(lp: Rehearsal, reference: str) -> None:
    payment = credited(lp)
    with pytest.raises(Invalid) as invalid:
        lp.note_credit_paid_by_bank(payment.id, ADMIN, 100, reference)
    assert invalid.value.field == "reference"


def test_no_more_than_the_credit_is_paid_by_bank(lp: Rehearsal) -> None:
    payment = credited(lp)
    with pytest.raises(Refused) as refused:
        lp.note_credit_paid_by_bank(payment.id, ADMIN, 1001, "BANK-1")
    assert refused.value.rule == "exceeds_credit"


def test_a_blocked_request_may_be_approved_again_for_what_is_left(lp: Rehearsal) -> None:
    payment = credited(lp)
    request = lp.ports.reports.story(payment.booking_id).requests[0]
    assert lp.approve_refund_request(request.id, ADMIN, 500).state is RequestState.APPROVED


@pytest.mark.parametrize("amount", [1000, 2625])
def test_a_refund_made_at_stripe_is_adopted(lp: Rehearsal, amount: int) -> None:
    funded(lp)
    payment = paid(lp)
    at_stripe(lp).refunds.create({"payment_intent": payment.intent_id, "amount": amount})
    lp.work()
    refund = refund_of(lp, payment)
    assert (refund.rule, refund.state, refund.amount.amount_minor) == ("made_at_stripe", RefundState.SUCCEEDED, amount)
    assert payment_of(lp, payment).counters.refunded.total.amount_minor == amount


@pytest.mark.parametrize("key", ["", "create_refund:rfd_0123456789abcdefghjkmnpqrs:1", "create_refund:nobody:1"])
def test_a_key_that_isnt_ours_doesnt_keep_a_refund_from_being_adopted(lp: Rehearsal, key: str) -> None:
    payment = paid(lp)
    at_stripe(lp).refunds.create(
        {"payment_intent": payment.intent_id, "amount": 500, "metadata": {"linguapay_key": key} if key else {}}
    )
    lp.work()
    assert refund_of(lp, payment).rule == "made_at_stripe"


def test_a_refund_that_borrows_the_key_of_ours_is_another_one(lp: Rehearsal) -> None:
    request = approved(lp)
    lp.process_refund_request(request.id, ADMIN)
    ours = refund_of(lp, request)
    at_stripe(lp).refunds.create(
        {
            "payment_intent": payment_of(lp, request).intent_id,
            "amount": 500,
            "metadata": {"linguapay_key": f"create_refund:{ours.id}:1"},
        }
    )
    lp.work()
    refunds = lp.ports.reports.story(request.booking_id).refunds
    assert [(one.rule, one.amount.amount_minor) for one in refunds] == [
        ("request_approved", 1000),
        ("made_at_stripe", 500),
    ]


def test_a_refund_by_hand_that_takes_what_was_set_aside_raises_an_alarm(lp: Rehearsal) -> None:
    funded(lp)
    request = approved(lp, amount_minor=2000)
    lp.stripe.faults.add("rate_limited", method="POST", path="/v1/refunds")
    with pytest.raises(Exception, match="nothing happened"):
        lp.process_refund_request(request.id, ADMIN)
    at_stripe(lp).refunds.create({"payment_intent": payment_of(lp, request).intent_id, "amount": 1000})
    later(lp, MINUTE)
    assert {"adopted_refund_exceeds", "refund_rejected"} <= set(alarms(lp))
    assert payment_of(lp, request).counters.refunded.total.amount_minor == 1000


@pytest.mark.parametrize("by_hand_first", [True, False])
def test_a_refund_by_hand_of_what_a_cancellation_gives_back_leaves_nobody_owing(
    lp: Rehearsal, by_hand_first: bool
) -> None:
    """Whichever is heard of first: what the teacher earns later is paid, and nothing is left in escrow."""
    funded(lp)
    ready(lp)
    payment = paid(lp)
    lp.cancel_booking(payment.booking_id, TEACHER)
    by_hand = at_stripe(lp).refunds.create({"payment_intent": payment.intent_id})
    if by_hand_first:
        look_at_refund(lp, by_hand.id)
        assert held(lp, payment)[RECEIVABLE] == 2500
    later(lp, HOUR)
    assert held(lp, payment) == {"stripe_balance": -106, "stripe_fees": 106}
    assert sorted(one.state for one in lp.ports.reports.story(payment.booking_id).refunds) == ["rejected", "succeeded"]
    other = paid_out(lp, paid(lp, confirmed(lp, student=OTHER_STUDENT)))
    assert transfer_of(lp, other).amount.amount_minor == 2500


def test_what_two_refunds_left_is_sent_again_one_by_one(lp: Rehearsal) -> None:
    """A double click sends its own refund's money once, and none of the other's."""
    funded(lp)
    payment = paid(lp)
    request = approved(lp, payment, 1000)
    lp.stripe.faults.add("rate_limited", method="POST", path="/v1/refunds", times=2)
    with pytest.raises(GatewayUnreachable):
        lp.process_refund_request(request.id, ADMIN)
    lp.cancel_booking(payment.booking_id, TEACHER)
    first, second = lp.ports.reports.story(payment.booking_id).refunds
    for refund in (first, second):
        refuse(lp, refund)
    assert lp.refund_again(first.id, ADMIN).amount == first.amount
    with pytest.raises(Refused, match="sends once more"):
        lp.refund_again(first.id, ADMIN)
    assert lp.refund_again(second.id, ADMIN).amount == second.amount
    assert "escrow" not in held(lp, payment)


def test_what_a_contest_gave_back_in_vain_can_be_sent_again_though_the_lesson_counts_as_given(lp: Rehearsal) -> None:
    funded(lp)
    payment = paid(lp)
    until(lp, booking_of(lp, payment).ends_at)
    lp.report_problem(payment.booking_id, STUDENT, "Nobody came.")
    lp.decide_contest(payment.booking_id, ADMIN, 1000, "Half an hour was missing.")
    refund = refund_of(lp, payment)
    refuse(lp, refund)
    (alarm,) = (one for one in lp.ports.reports.open_alarms() if one.rule == "refund_rejected")
    assert alarm.detail == "lost; it can be refunded again"
    assert booking_of(lp, payment).state is BookingState.COMPLETED
    lp.refund_again(refund.id, ADMIN)
    later(lp, HOUR)
    assert refund_of(lp, payment).state is RefundState.SUCCEEDED
    assert "escrow" not in held(lp, payment)


def test_a_request_that_was_changed_is_executed_by_its_first_refund_that_is_found_after_all(lp: Rehearsal) -> None:
    """Or else a second refund would be approved and sent."""
    funded(lp)
    request = approved(lp)
    lp.stripe.faults.add("rate_limited", method="POST", path="/v1/refunds")
    with pytest.raises(GatewayUnreachable):
        lp.process_refund_request(request.id, ADMIN)
    refund = refund_of(lp, request)
    refuse(lp, refund)
    lp.approve_refund_request(request.id, ADMIN)
    assert lp.edit_refund_request(request.id, STUDENT, 900).state is RequestState.SUBMITTED
    metadata = {"linguapay_key": f"create_refund:{refund.id}:1"}
    found = {"payment_intent": payment_of(lp, request).intent_id, "amount": 1000, "metadata": metadata}
    at_stripe(lp).refunds.create(found)  # type: ignore[arg-type]
    later(lp, HOUR)
    assert refund_of(lp, request).state is RefundState.SUCCEEDED
    assert request_now(lp, request).state is RequestState.DONE


def test_after_the_lesson_the_teacher_and_the_platform_give_back(lp: Rehearsal) -> None:
    request = approved(lp, completed(lp))
    lp.process_refund_request(request.id, ADMIN)
    lp.work()
    books = held(lp, payment_of(lp, request))
    assert (books[f"teacher_payable:{TEACHER}"], books["platform_fee"]) == (2500 - 952, 125 - 48)


def test_after_the_transfer_the_teacher_owes_it(lp: Rehearsal) -> None:
    funded(lp)
    request = approved(lp, paid_out(lp))
    lp.process_refund_request(request.id, ADMIN)
    lp.work()
    assert held(lp, payment_of(lp, request))[f"teacher_receivable:{TEACHER}"] == 952
