"""Paying over HTTP: one payment however often it is asked for, and only Stripe's word counts."""

from __future__ import annotations

from typing import Any

from linguapay_adapters.composition import SANDBOX_SECRET_KEY, Rehearsal
from linguapay_core.domain.errors import Busy
from tests.http.conftest import Visitor
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ALWAYS_3DS,
    DECLINED_CARD,
    DECLINED_LATER,
    MINUTE,
    STUDENT,
    TEACHER,
    VISA,
    at_stripe,
    confirmed,
    funded,
    later,
    paid,
    requested,
)

CREATE = "/api/payments/create-payment-intent/"
CONFIRM = "/api/payments/confirm-payment/"
PAYMENTS = "/api/payments/payments/"
METHODS = "/api/payments/payment-methods/"
REFUNDS = "/api/payments/refund-requests/"


def enter(lp: Rehearsal, checkout: dict[str, Any], card: str) -> None:
    """The student's browser gives a card to Stripe."""
    lp.browser.pay(checkout["client_secret"], lp.browser.enter_card(card))


def saved(lp: Rehearsal, student: Visitor, card: str) -> str:
    """A saved card."""
    answer = student.post(f"{METHODS}save/", {"payment_method_id": lp.browser.enter_card(card)})
    method_id: str = answer.json()["id"]
    return method_id


def test_the_browser_gets_all_that_it_needs(lp: Rehearsal, ben: Visitor) -> None:
    booking = confirmed(lp)
    answer = ben.post(CREATE, {"booking_id": booking.id})
    assert answer.status_code == 200
    checkout = answer.json()
    intent = at_stripe(lp).payment_intents.list().data[0]
    assert checkout["client_secret"] == intent.client_secret
    assert checkout["publishable_key"] == "pk_test_sandbox"
    assert checkout["quote"]["total"] == checkout["total"] == {"amount_minor": 2625, "currency": "USD"}
    told = {name: checkout[name] for name in ("state", "booking_id", "student_id", "teacher_id", "decline_code")}
    assert told == {
        "state": "open",
        "booking_id": booking.id,
        "student_id": STUDENT,
        "teacher_id": TEACHER,
        "decline_code": None,
    }
    assert SANDBOX_SECRET_KEY not in answer.text


def test_from_the_booking_to_the_refund_and_the_books_agree(
    lp: Rehearsal, ben: Visitor, anna: Visitor, carl: Visitor
) -> None:
    funded(lp)
    gig = anna.post("/api/gigs/", {"title": "French", "hourly_price": {"amount_minor": 2500, "currency": "USD"}}).json()
    wish = {"gig_id": gig["id"], "starts_at": "2026-03-05T09:00:00Z", "minutes": 60}
    booking = ben.post("/api/bookings/", wish).json()
    anna.post(f"/api/bookings/{booking['id']}/confirm/")
    checkout = ben.post(CREATE, {"booking_id": booking["id"]}).json()
    enter(lp, checkout, VISA)
    confirmation = ben.post(CONFIRM, {"payment_id": checkout["id"]}).json()
    assert (confirmation["state"], confirmation["card_brand"]) == ("succeeded", "visa")
    later(lp, 2 * MINUTE)
    asked = ben.post(REFUNDS, {"payment_id": checkout["id"], "amount_minor": 1000, "reason": "Too short."}).json()
    carl.patch(f"{REFUNDS}{asked['id']}/", {"decision": "approve", "amount_minor": 1000})
    assert carl.post(f"{REFUNDS}{asked['id']}/process/").json()["state"] in {"executing", "done"}
    later(lp, 2 * MINUTE)
    payment = ben.get(f"{PAYMENTS}{checkout['id']}/").json()
    assert [payment[name]["amount_minor"] for name in ("total", "refunded", "refundable")] == [2625, 1000, 1625]
    assert ben.get(f"{REFUNDS}{asked['id']}/").json()["state"] == "done"
    assert lp.verify_books().breaches == ()


def test_paying_twice_with_and_without_a_key_is_one_payment(lp: Rehearsal, ben: Visitor) -> None:
    wish = {"booking_id": confirmed(lp).id}
    answers = [ben.post(CREATE, wish, key=key).json() for key in ("", "a", "a", "b")]
    assert all(answer == answers[0] for answer in answers)
    assert len(at_stripe(lp).payment_intents.list().data) == 1


def test_a_key_for_another_body_is_refused(lp: Rehearsal, ben: Visitor) -> None:
    ben.post(CREATE, {"booking_id": confirmed(lp).id}, key="a")
    answer = ben.post(CREATE, {"booking_id": requested(lp, notice=5 * 24 * 60 * MINUTE).id}, key="a")
    assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key")


def test_while_the_first_request_under_a_key_runs_the_second_waits(
    lp: Rehearsal, ben: Visitor, meanwhile: Meanwhile
) -> None:
    wish = {"booking_id": confirmed(lp).id}
    answers = []
    meanwhile.before("create_intent", lambda: answers.append(ben.post(CREATE, wish, key="a")))
    assert ben.post(CREATE, wish, key="a").status_code == 200
    (second,) = answers
    assert (second.status_code, second.json()["type"], second.headers["Retry-After"]) == (
        409,
        "/problems/in-flight",
        "1",
    )


def test_a_repeated_request_under_a_key_shows_how_the_payment_stands_and_charges_no_card_again(
    lp: Rehearsal, ben: Visitor
) -> None:
    wish = {"booking_id": confirmed(lp).id, "payment_method_id": saved(lp, ben, DECLINED_LATER)}
    first, again = (ben.post(CREATE, wish, key="a").json() for _ in range(2))
    assert (again["decline_code"], again["id"]) == (first["decline_code"], first["id"])
    assert len(at_stripe(lp).charges.list().data) == 1


def test_a_decline_is_no_error_and_another_card_may_pay(lp: Rehearsal, ben: Visitor) -> None:
    checkout = ben.post(CREATE, {"booking_id": confirmed(lp).id}).json()
    enter(lp, checkout, DECLINED_CARD)
    declined = ben.post(CONFIRM, {"payment_id": checkout["id"]})
    assert (declined.status_code, declined.json()["state"]) == (200, "open")
    assert declined.json()["decline_code"] == "generic_decline"
    enter(lp, checkout, VISA)
    assert ben.post(CONFIRM, {"payment_id": checkout["id"]}).json()["state"] == "succeeded"


def test_a_saved_card_pays_at_once(lp: Rehearsal, ben: Visitor) -> None:
    wish = {"booking_id": confirmed(lp).id, "payment_method_id": saved(lp, ben, VISA)}
    answer = ben.post(CREATE, wish)
    assert (answer.status_code, answer.json()["state"]) == (200, "succeeded")


def test_a_card_is_saved_while_paying(lp: Rehearsal, ben: Visitor) -> None:
    checkout = ben.post(CREATE, {"booking_id": confirmed(lp).id, "save_payment_method": True}).json()
    enter(lp, checkout, VISA)
    assert [card["last4"] for card in ben.get(METHODS).json()["items"]] == ["4242"]


def test_the_card_s_bank_may_ask_first(lp: Rehearsal, ben: Visitor) -> None:
    wish = {"booking_id": confirmed(lp).id, "payment_method_id": saved(lp, ben, ALWAYS_3DS)}
    checkout = ben.post(CREATE, wish).json()
    assert (checkout["state"], checkout["decline_code"]) == ("open", None)
    lp.browser.answer_challenge(checkout["client_secret"].partition("_secret_")[0])
    assert ben.post(CONFIRM, {"payment_id": checkout["id"]}).json()["state"] == "succeeded"


def test_a_silent_stripe_is_a_503_and_the_repetition_makes_one_payment(lp: Rehearsal, ben: Visitor) -> None:
    wish = {"booking_id": confirmed(lp).id}
    lp.stripe.faults.add("dropped_after", method="POST", path="/v1/payment_intents")
    answer = ben.post(CREATE, wish, key="a")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/outcome-unknown")
    assert int(answer.headers["Retry-After"]) > 0
    lp.stripe.faults.clear()
    later(lp, MINUTE)
    assert ben.post(CREATE, wish, key="a").json()["state"] == "open"


def test_a_busy_database_is_a_503(lp: Rehearsal, ben: Visitor, meanwhile: Meanwhile) -> None:
    def busy() -> None:
        raise Busy("The pool is exhausted.")

    wish = {"booking_id": confirmed(lp).id}
    meanwhile.before("begin", busy)
    answer = ben.post(CREATE, wish)
    assert (answer.status_code, answer.json()["type"], answer.headers["Retry-After"]) == (503, "/problems/busy", "1")
    assert "pool" not in answer.text


def test_only_the_bookings_student_pays(lp: Rehearsal, ben: Visitor, eve: Visitor, anna: Visitor) -> None:
    wish = {"booking_id": confirmed(lp).id}
    assert eve.post(CREATE, wish).status_code == 404
    assert anna.post(CREATE, wish).status_code == 403
    checkout = ben.post(CREATE, wish).json()
    assert eve.post(CONFIRM, {"payment_id": checkout["id"]}).status_code == 404


def test_what_isnt_confirmed_cant_be_paid(lp: Rehearsal, ben: Visitor) -> None:
    answer = ben.post(CREATE, {"booking_id": requested(lp).id})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/refused")
    assert answer.json()["rule"]


def test_a_wish_to_pay_is_read_strictly(lp: Rehearsal, ben: Visitor) -> None:
    booking_id = confirmed(lp).id
    for body, field in (
        ({}, "booking_id"),
        ({"booking_id": 5}, "booking_id"),
        ({"booking_id": "bkg_1"}, "booking_id"),
        ({"booking_id": booking_id, "save_payment_method": "yes"}, "save_payment_method"),
        ({"booking_id": booking_id, "amount_minor": 1}, "amount_minor"),
    ):
        answer = ben.post(CREATE, body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), body
    assert ben.ask("POST", CREATE, content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415


def test_payments_are_listed_for_both_sides_and_for_admins(
    lp: Rehearsal, ben: Visitor, anna: Visitor, carl: Visitor, eve: Visitor
) -> None:
    payment = paid(lp)
    for who in (ben, anna, carl):
        assert [one["id"] for one in who.get(PAYMENTS, state="succeeded").json()["items"]] == [payment.id]
        assert who.get(PAYMENTS, state="succeeded", at_least_minor="99999999").json()["items"] == []
        assert who.get(f"{PAYMENTS}{payment.id}/").json()["state"] == "succeeded"
    assert eve.get(PAYMENTS).json()["items"] == []
    assert eve.get(f"{PAYMENTS}{payment.id}/").status_code == 404
    assert carl.get(PAYMENTS, booking_id=payment.booking_id, student_id=STUDENT, teacher_id=TEACHER).json()["items"]
    assert carl.get(PAYMENTS, **{"from": "2026-03-03T00:00:00Z"}).json()["items"] == []
    assert "client_secret" not in carl.get(f"{PAYMENTS}{payment.id}/").json()


def test_a_paid_payment_is_shown_to_whoever_asks_to_pay_again(lp: Rehearsal, ben: Visitor) -> None:
    payment = paid(lp)
    answer = ben.post(CREATE, {"booking_id": payment.booking_id})
    assert (answer.status_code, answer.json()["id"], answer.json()["state"]) == (200, payment.id, "succeeded")
