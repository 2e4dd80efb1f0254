"""Saved cards: kept at Stripe, offered to their student alone, and charged only when the student says so."""

from __future__ import annotations

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.errors import GatewayUnreachable, NotFound, Refused
from linguapay_core.domain.payment import PaymentState
from linguapay_core.domain.seen import IntentStatus
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ALWAYS_3DS,
    DECLINED_CARD,
    DECLINED_LATER,
    MASTERCARD,
    MINUTE,
    OTHER_STUDENT,
    STUDENT,
    VISA,
    at_stripe,
    booking_of,
    confirmed,
    later,
    paying,
    payment_of,
)


def saved(lp: Rehearsal, card: str = VISA, student: str = STUDENT) -> str:
    """A card that a student saved."""
    return lp.save_payment_method(student, lp.browser.enter_card(card)).id


def default_of(lp: Rehearsal) -> list[str]:
    """The student's default card, in a list of at most one."""
    return [one.id for one in lp.list_payment_methods(STUDENT) if one.is_default]


def test_a_student_who_never_paid_has_no_cards(lp: Rehearsal) -> None:
    assert lp.list_payment_methods(STUDENT) == ()


def test_the_first_card_saved_becomes_the_default_and_a_second_doesnt(lp: Rehearsal) -> None:
    first = saved(lp)
    saved(lp, MASTERCARD)
    cards = lp.list_payment_methods(STUDENT)
    assert [(one.brand, one.last4, one.is_default) for one in cards] == [
        ("mastercard", "4444", False),
        ("visa", "4242", True),
    ]
    assert default_of(lp) == [first]


def test_saving_a_card_twice_saves_it_once(lp: Rehearsal) -> None:
    card = saved(lp)
    assert lp.save_payment_method(STUDENT, card).id == card
    assert len(lp.list_payment_methods(STUDENT)) == 1


def test_one_customer_is_made_for_all_cards(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    meanwhile.after("create_customer", lambda: lp.create_setup_intent(STUDENT))
    saved(lp)
    saved(lp, MASTERCARD)
    assert len(at_stripe(lp).customers.list().data) == 1
    assert len(lp.list_payment_methods(STUDENT)) == 2


def test_the_default_moves_where_the_student_wants_it(lp: Rehearsal) -> None:
    saved(lp)
    other = saved(lp, MASTERCARD)
    assert lp.make_default_payment_method(STUDENT, other).is_default
    assert lp.make_default_payment_method(STUDENT, other).is_default
    assert default_of(lp) == [other]


def test_the_default_moves_on_to_the_newest_card_when_it_is_deleted(lp: Rehearsal) -> None:
    first, second, third = saved(lp), saved(lp, MASTERCARD), saved(lp, DECLINED_LATER)
    lp.delete_payment_method(STUDENT, first)
    assert default_of(lp) == [third]
    lp.delete_payment_method(STUDENT, second)
    assert default_of(lp) == [third]
    lp.delete_payment_method(STUDENT, third)
    assert lp.list_payment_methods(STUDENT) == ()


@pytest.mark.parametrize("ask", ["make_default_payment_method", "delete_payment_method", "save_payment_method"])
def test_another_students_card_isnt_there(lp: Rehearsal, ask: str) -> None:
    saved(lp, MASTERCARD)
    foreign = saved(lp, student=OTHER_STUDENT)
    told: list[str] = []
    for card in (foreign, "pm_nowhere"):
        with pytest.raises(NotFound) as missing:
            getattr(lp, ask)(STUDENT, card)
        told.append(str(missing.value).replace(card, "this card"))
    assert told[0] == told[1]
    assert [one.id for one in lp.list_payment_methods(OTHER_STUDENT)] == [foreign]


def test_nobody_without_cards_touches_anothers(lp: Rehearsal) -> None:
    foreign = saved(lp, student=OTHER_STUDENT)
    with pytest.raises(NotFound):
        lp.delete_payment_method(STUDENT, foreign)


def test_a_card_that_its_bank_refuses_isnt_saved(lp: Rehearsal) -> None:
    with pytest.raises(Refused) as refused:
        saved(lp, DECLINED_CARD)
    assert refused.value.rule == "stripe_generic_decline"
    assert lp.list_payment_methods(STUDENT) == ()


def test_a_card_is_saved_without_paying(lp: Rehearsal) -> None:
    setup = lp.create_setup_intent(STUDENT)
    assert setup.client_secret is not None
    assert setup.status is IntentStatus.REQUIRES_METHOD
    lp.browser.save_card(setup.client_secret.reveal(), lp.browser.enter_card(VISA))
    assert [one.brand for one in lp.list_payment_methods(STUDENT)] == ["visa"]
    assert lp.create_setup_intent(STUDENT).id != setup.id


def test_a_lesson_is_paid_with_a_saved_card_in_one_call(lp: Rehearsal) -> None:
    card = saved(lp)
    checkout = lp.create_payment_intent(confirmed(lp).id, STUDENT, card)
    assert (checkout.payment.state, checkout.payment.method_id) == (PaymentState.SUCCEEDED, card)
    later(lp, MINUTE)
    assert payment_of(lp, checkout.payment).cash_id


def test_a_declined_saved_card_leaves_the_payment_to_another(lp: Rehearsal) -> None:
    bad, good = saved(lp, DECLINED_LATER), saved(lp)
    booking = confirmed(lp)
    declined = lp.create_payment_intent(booking.id, STUDENT, bad).payment
    assert (declined.state, declined.decline_code) == (PaymentState.OPEN, "generic_decline")
    accepted = lp.create_payment_intent(booking.id, STUDENT, good).payment
    assert (accepted.id, accepted.state, accepted.confirms) == (declined.id, PaymentState.SUCCEEDED, 2)


def test_a_saved_card_may_ask_for_three_d_secure(lp: Rehearsal) -> None:
    card = saved(lp, ALWAYS_3DS)
    checkout = lp.create_payment_intent(confirmed(lp).id, STUDENT, card)
    assert checkout.payment.state is PaymentState.OPEN
    lp.browser.answer_challenge(checkout.payment.intent_id)
    assert lp.confirm_payment(checkout.payment.id, STUDENT).payment.state is PaymentState.SUCCEEDED


def test_a_saved_card_that_isnt_there_is_refused_and_the_payment_stays(lp: Rehearsal) -> None:
    checkout = paying(lp)
    with pytest.raises(NotFound):
        lp.create_payment_intent(checkout.booking.id, STUDENT, "pm_nowhere")
    assert payment_of(lp, checkout.payment).state is PaymentState.OPEN
    assert paying(lp, checkout.booking).payment.id == checkout.payment.id


def test_a_new_card_is_kept_where_the_student_wants_it(lp: Rehearsal) -> None:
    checkout = lp.create_payment_intent(confirmed(lp).id, STUDENT, save_payment_method=True)
    assert checkout.client_secret is not None
    lp.browser.pay(checkout.client_secret.reveal(), lp.browser.enter_card(MASTERCARD))
    lp.work()
    assert [one.brand for one in lp.list_payment_methods(STUDENT)] == ["mastercard"]


def test_a_silence_while_a_saved_card_pays_is_looked_into(lp: Rehearsal) -> None:
    card = saved(lp)
    booking = confirmed(lp)
    lp.stripe.faults.add("dropped_after", method="POST", path="/v1/payment_intents/*/confirm")
    with pytest.raises(GatewayUnreachable):
        lp.create_payment_intent(booking.id, STUDENT, card)
    later(lp, MINUTE)
    assert booking_of(lp, booking).state == "paid"
