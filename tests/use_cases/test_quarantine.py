"""Money that came and isn't what was asked for: an admin takes it or sends it back, and the books hold either way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.errors import Invalid, NotFound, Refused
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.transfer import TransferState
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    HOUR,
    MINUTE,
    REFUND_FAILS,
    SECOND_ADMIN,
    STUDENT,
    TEACHER,
    alarms,
    approved,
    at_stripe,
    booking_of,
    completed,
    everything,
    funded,
    held,
    later,
    look_at_refund,
    paid,
    pay,
    paying,
    payment_of,
    quarantined,
    ready,
    refund_of,
    told,
    transfer_of,
    until,
)

NOTES = "The metadata was changed by hand; the card and the amount are Ben's."
ENDINGS = {"accept": PaymentState.ACCEPTED, "refund": PaymentState.REFUNDED}


def end(lp: Rehearsal, how: str, payment: Payment, notes: str = NOTES) -> Payment:
    """An admin decides."""
    return getattr(lp, f"{how}_quarantined_payment")(payment.id, ADMIN, notes)  # type: ignore[no-any-return]


def test_accepted_money_pays_the_booking_and_the_lesson_goes_on_as_any_other(lp: Rehearsal) -> None:
    ready(lp)
    payment = lp.accept_quarantined_payment(quarantined(lp).id, ADMIN, NOTES)
    assert (payment.state, payment.holds_booking) == (PaymentState.ACCEPTED, True)
    assert booking_of(lp, payment).state is BookingState.PAID
    assert held(lp, payment) == {"stripe_balance": 2519, "escrow": 2625, "stripe_fees": 106}
    assert "payment_quarantined" not in alarms(lp)
    assert told(lp, payment)[-3:] == ["payment.accepted", "booking.paid", "alarm.cleared"]
    assert {moment.by for moment in lp.explain(payment.booking_id).moments[-3:]} == {f"admin {ADMIN}"}
    assert lp.create_payment_intent(payment.booking_id, STUDENT).payment.id == payment.id
    completed(lp, payment)
    later(lp, 72 * HOUR)
    assert transfer_of(lp, payment).state is TransferState.CREATED
    assert payment_of(lp, payment).counters.transferred.amount_minor == 2500


def test_an_accepted_payment_is_cancelled_by_the_terms(lp: Rehearsal) -> None:
    funded(lp)
    payment = lp.accept_quarantined_payment(quarantined(lp).id, ADMIN, NOTES)
    lp.cancel_booking(payment.booking_id, STUDENT)
    lp.work()
    assert refund_of(lp, payment).state is RefundState.SUCCEEDED
    assert payment_of(lp, payment).counters.refunded == payment.parts


def test_a_student_may_ask_for_accepted_money_back(lp: Rehearsal) -> None:
    funded(lp)
    payment = lp.accept_quarantined_payment(quarantined(lp).id, ADMIN, NOTES)
    lp.process_refund_request(approved(lp, payment).id, SECOND_ADMIN)
    lp.work()
    assert refund_of(lp, payment).state is RefundState.SUCCEEDED


def test_a_payment_that_failed_meanwhile_stands_in_nobodys_way(lp: Rehearsal) -> None:
    payment = quarantined(lp)
    another = paying(lp, booking_of(lp, payment)).payment
    at_stripe(lp).payment_intents.cancel(another.intent_id)
    lp.work()
    assert lp.accept_quarantined_payment(payment.id, ADMIN, NOTES).holds_booking
    assert booking_of(lp, payment).state is BookingState.PAID


def another_pays(lp: Rehearsal, payment: Payment) -> None:
    """The student has begun to pay once more."""
    assert paying(lp, booking_of(lp, payment)).payment.id != payment.id


def another_paid(lp: Rehearsal, payment: Payment) -> None:
    """The student has paid once more."""
    paid(lp, booking_of(lp, payment))


def pay_by_passed(lp: Rehearsal, payment: Payment) -> None:
    """The clock has said that the booking expired."""
    later(lp, DAY)
    assert booking_of(lp, payment).state is BookingState.EXPIRED


def pay_by_passes(lp: Rehearsal, payment: Payment) -> None:
    """The deadline is over, and the clock hasn't said so yet."""
    booking = booking_of(lp, payment)
    assert booking.pay_by is not None
    until(lp, booking.pay_by)
    assert booking.state is BookingState.CONFIRMED


def cancelled(lp: Rehearsal, payment: Payment) -> None:
    """The teacher has cancelled."""
    lp.cancel_booking(payment.booking_id, TEACHER)


TOO_LATE = (another_pays, another_paid, pay_by_passed, pay_by_passes, cancelled)


@pytest.mark.parametrize("happens", TOO_LATE, ids=lambda one: one.__name__)
def test_accepted_money_that_no_booking_waits_for_is_a_late_success(
    lp: Rehearsal, happens: Callable[[Rehearsal, Payment], None]
) -> None:
    funded(lp)
    payment = quarantined(lp)
    happens(lp, payment)
    before = booking_of(lp, payment)
    lp.accept_quarantined_payment(payment.id, ADMIN, NOTES)
    assert booking_of(lp, payment) == before
    lp.work()
    payment = payment_of(lp, payment)
    assert (payment.state, payment.holds_booking) == (PaymentState.ACCEPTED, False)
    refunds = [one for one in lp.explain(payment.id).story.refunds if one.payment_id == payment.id]
    assert [(one.rule, one.state, one.parts) for one in refunds] == [
        ("late_success", RefundState.SUCCEEDED, payment.parts)
    ]
    assert held(lp, payment)["stripe_balance"] == -106


def test_refunded_money_goes_back_and_the_booking_waits_for_another_payment(lp: Rehearsal) -> None:
    funded(lp)
    payment = lp.refund_quarantined_payment(quarantined(lp).id, ADMIN, NOTES)
    assert (payment.state, payment.holds_booking) == (PaymentState.REFUNDED, False)
    assert held(lp, payment)["refund_clearing"] == 2625
    assert "payment_quarantined" not in alarms(lp)
    assert told(lp, payment)[-3:] == ["payment.refunded", "refund.reserved", "alarm.cleared"]
    lp.work()
    refund = refund_of(lp, payment)
    assert (refund.rule, refund.state, refund.parts) == ("quarantine_refunded", RefundState.SUCCEEDED, payment.parts)
    assert paid(lp, booking_of(lp, payment)).state is PaymentState.SUCCEEDED


@pytest.mark.parametrize("amount", [60, 2000, 9000])
def test_another_amount_is_refunded_as_it_came_and_never_accepted(lp: Rehearsal, amount: int) -> None:
    """Less than the fee, less than the total, more than it."""
    funded(lp)
    checkout = paying(lp)
    at_stripe(lp).payment_intents.update(checkout.payment.intent_id, {"amount": amount})
    pay(lp, checkout)
    later(lp, 3 * MINUTE)
    with pytest.raises(Refused) as refused:
        lp.accept_quarantined_payment(checkout.payment.id, ADMIN, NOTES)
    assert (refused.value.rule, refused.value.way_out) == ("quarantined_amount", "Refund it.")
    lp.refund_quarantined_payment(checkout.payment.id, ADMIN, NOTES)
    lp.work()
    payment = payment_of(lp, checkout.payment)
    assert payment.counters.captured.total.amount_minor == payment.counters.refunded.total.amount_minor == amount
    assert refund_of(lp, payment).state is RefundState.SUCCEEDED


def test_another_currency_can_only_be_refunded_by_hand(lp: Rehearsal) -> None:
    checkout = paying(lp)
    at_stripe(lp).payment_intents.update(checkout.payment.intent_id, {"currency": "eur"})
    pay(lp, checkout)
    later(lp, 3 * MINUTE)
    payment = payment_of(lp, checkout.payment)
    before = everything(lp)
    for how in ENDINGS:
        with pytest.raises(Refused) as refused:
            end(lp, how, payment)
        assert refused.value.rule == "quarantined_currency"
        assert refused.value.way_out == "Refund it at Stripe by hand."
    assert everything(lp) == before
    assert "payment_quarantined" in alarms(lp)


def test_money_that_isnt_in_the_books_yet_waits(lp: Rehearsal) -> None:
    checkout = paying(lp)
    other = checkout.payment.id.replace("pay_0", "pay_7")
    at_stripe(lp).payment_intents.update(checkout.payment.intent_id, {"metadata": {"payment_id": other}})
    pay(lp, checkout)
    payment = lp.confirm_payment(checkout.payment.id, STUDENT).payment
    assert (payment.state, payment.cash_id) == (PaymentState.QUARANTINED, "")
    for how in ENDINGS:
        with pytest.raises(Refused) as refused:
            end(lp, how, payment)
        assert refused.value.rule == "quarantined_not_booked"
    later(lp, 2 * HOUR)
    assert end(lp, "accept", payment).state is PaymentState.ACCEPTED


def test_a_refund_of_quarantined_money_that_fails_is_owed_as_credit(lp: Rehearsal) -> None:
    funded(lp)
    payment = lp.refund_quarantined_payment(quarantined(lp, card=REFUND_FAILS).id, ADMIN, NOTES)
    lp.work()
    later(lp, 3 * HOUR)
    assert refund_of(lp, payment).state is RefundState.FAILED
    assert payment_of(lp, payment).counters.credit == payment.parts
    assert held(lp, payment)[f"student_credit:{STUDENT}"] == 2625


@pytest.mark.parametrize("how", ENDINGS)
def test_deciding_twice_is_deciding_once(lp: Rehearsal, how: str) -> None:
    payment = quarantined(lp)
    assert end(lp, how, payment).state is ENDINGS[how]
    before = everything(lp)
    assert end(lp, how, payment, "I have said so already.").state is ENDINGS[how]
    (other,) = set(ENDINGS) - {how}
    with pytest.raises(Refused) as refused:
        end(lp, other, payment)
    assert refused.value.rule == f"payment_{ENDINGS[how]}"
    assert everything(lp) == before


@pytest.mark.parametrize("how", ENDINGS)
def test_the_notes_are_kept_as_free_text_and_the_alarm_may_be_gone_already(lp: Rehearsal, how: str) -> None:
    payment = quarantined(lp)
    lp.clear_alarm(f"payment_quarantined:{payment.id}", SECOND_ADMIN)
    end(lp, how, payment)
    with lp.ports.transactions.begin() as transaction:
        (text,) = transaction.texts_by(PersonId(ADMIN))
    assert (text.subject, text.text) == (payment.id, NOTES)
    assert told(lp, payment).count("alarm.cleared") == 1


@pytest.mark.parametrize("how", ENDINGS)
def test_two_admins_decide_at_once_and_one_decision_stands(lp: Rehearsal, meanwhile: Meanwhile, how: str) -> None:
    """What an admin read is decided anew when another wrote in between."""
    payment = quarantined(lp)
    (other,) = set(ENDINGS) - {how}
    meanwhile.before("begin", lambda: end(lp, other, payment))
    with pytest.raises(Refused) as refused:
        end(lp, how, payment)
    assert refused.value.rule == f"payment_{ENDINGS[other]}"
    assert payment_of(lp, payment).state is ENDINGS[other]


@pytest.mark.parametrize("how", ENDINGS)
def test_what_nobody_quarantined_is_refused(lp: Rehearsal, how: str) -> None:
    payment = paid(lp)
    before = everything(lp)
    with pytest.raises(Refused) as refused:
        end(lp, how, payment)
    assert (refused.value.rule, refused.value.way_out) == (
        "payment_succeeded",
        "That is possible while it is quarantined.",
    )
    assert everything(lp) == before


@pytest.mark.parametrize("how", ENDINGS)
def test_an_admin_a_payment_and_notes_are_needed(lp: Rehearsal, how: str) -> None:
    payment = quarantined(lp)
    before = everything(lp)
    decide = getattr(lp, f"{how}_quarantined_payment")
    unknown = payment.id[:-1] + ("0" if payment.id[-1] != "0" else "1")
    for arguments, error in (
        ((payment.id, "", NOTES), Invalid),
        ((payment.id, ADMIN, " "), Invalid),
        ((payment.booking_id, ADMIN, NOTES), Invalid),
        ((unknown, ADMIN, NOTES), NotFound),
    ):
        with pytest.raises(error):
            decide(*arguments)
    assert everything(lp) == before


def test_an_explanation_says_what_an_admin_may_do_about_it(lp: Rehearsal) -> None:
    payment = quarantined(lp)
    told_before = lp.explain(payment.id)
    assert f"an admin's decision about {payment.id}, which is quarantined" in told_before.awaited
    moves = {(move.who, move.what): move.refusal for move in told_before.moves if move.subject == payment.id}
    assert moves == {(Role.ADMIN, "accept"): None, (Role.ADMIN, "refund"): None}
    end(lp, "accept", payment)
    told_after = lp.explain(payment.id)
    assert not any(move.subject == payment.id for move in told_after.moves)
    assert "quarantined money recognised" in [moment.what for moment in told_after.moments]


def test_money_that_somebody_sent_back_at_stripe_can_be_accepted_no_more(lp: Rehearsal) -> None:
    funded(lp)
    payment = quarantined(lp)
    refund = at_stripe(lp).refunds.create({"payment_intent": payment.intent_id})
    later(lp, 2 * HOUR)
    at_stripe(lp).refunds.update(refund.id, {"metadata": {"told": "again"}})
    later(lp, 2 * HOUR)
    assert held(lp, payment) == {"stripe_balance": -106, "stripe_fees": 106}
    assert payment_of(lp, payment).state is PaymentState.SENT_BACK
    assert "payment_quarantined" not in alarms(lp)
    assert not any(payment.id in awaited for awaited in lp.explain(payment.id).awaited)
    for ending in ENDINGS:
        with pytest.raises(Refused) as refused:
            end(lp, ending, payment)
        assert refused.value.rule == "payment_sent_back"


def test_money_in_another_currency_that_was_sent_back_is_in_nobodys_way(lp: Rehearsal) -> None:
    """Whoever paid it can be forgotten then."""
    checkout = paying(lp)
    at_stripe(lp).payment_intents.update(checkout.payment.intent_id, {"currency": "eur"})
    pay(lp, checkout)
    later(lp, 3 * MINUTE)
    lp.stripe.adjust(1000, "eur")
    for amount, state in ((1000, PaymentState.QUARANTINED), (1625, PaymentState.SENT_BACK)):
        refund = at_stripe(lp).refunds.create({"payment_intent": checkout.payment.intent_id, "amount": amount})
        later(lp, 2 * HOUR)
        at_stripe(lp).refunds.update(refund.id, {"metadata": {"told": "again"}})
        later(lp, 2 * HOUR)
        assert payment_of(lp, checkout.payment).state is state
    lp.cancel_booking(checkout.booking.id, TEACHER)
    assert lp.erase_person(STUDENT, ADMIN).is_done


def test_a_refund_by_hand_is_booked_after_the_money_that_it_sends_back(lp: Rehearsal) -> None:
    """Whichever Stripe tells of first."""
    funded(lp)
    payment = quarantined(lp, until_cash=timedelta())
    assert not payment.cash_id
    look_at_refund(lp, at_stripe(lp).refunds.create({"payment_intent": payment.intent_id}).id)
    assert held(lp, payment) == {}
    later(lp, 2 * HOUR)
    assert payment_of(lp, payment).state is PaymentState.SENT_BACK
    assert held(lp, payment) == {"stripe_balance": -106, "stripe_fees": 106}
