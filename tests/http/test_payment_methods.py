"""Saved cards over HTTP: shown to their student alone, and never more of them than may be shown."""

from __future__ import annotations

from linguapay_adapters.composition import Rehearsal
from tests.http.conftest import Visitor
from tests.use_cases.stage import DECLINED_CARD, MASTERCARD, VISA, at_stripe

METHODS = "/api/payments/payment-methods/"


def saved(lp: Rehearsal, student: Visitor, card: str = VISA) -> str:
    """A card that a student saved."""
    answer = student.post(f"{METHODS}save/", {"payment_method_id": lp.browser.enter_card(card)})
    assert answer.status_code == 200
    method_id: str = answer.json()["id"]
    return method_id


def test_who_never_paid_has_no_cards(ben: Visitor) -> None:
    assert ben.get(METHODS).json() == {"items": [], "next_cursor": ""}


def test_a_saved_card_is_shown_as_far_as_it_may_be(lp: Rehearsal, ben: Visitor) -> None:
    method_id = saved(lp, ben)
    assert ben.get(METHODS).json()["items"] == [
        {
            "id": method_id,
            "brand": "visa",
            "last4": "4242",
            "expiry_month": 12,
            "expiry_year": 2034,
            "is_default": True,
        }
    ]


def test_a_new_card_is_saved_by_the_browser(lp: Rehearsal, ben: Visitor) -> None:
    setup = ben.post(f"{METHODS}setup-intent/").json()
    assert setup["publishable_key"] == "pk_test_sandbox"
    lp.browser.save_card(setup["client_secret"], lp.browser.enter_card(VISA))
    assert [card["last4"] for card in ben.get(METHODS).json()["items"]] == ["4242"]


def test_another_card_becomes_the_default(lp: Rehearsal, ben: Visitor) -> None:
    saved(lp, ben)
    second = saved(lp, ben, MASTERCARD)
    answer = ben.patch(f"{METHODS}{second}/", {"is_default": True})
    assert (answer.status_code, answer.json()["is_default"]) == (200, True)
    assert [card["id"] for card in ben.get(METHODS).json()["items"] if card["is_default"]] == [second]


def test_nothing_else_of_a_card_can_be_changed(lp: Rehearsal, ben: Visitor) -> None:
    path = f"{METHODS}{saved(lp, ben)}/"
    for body, field in (
        ({"is_default": False}, "is_default"),
        ({"is_default": 1}, "is_default"),
        ({}, "is_default"),
        ({"is_default": True, "brand": "visa"}, "brand"),
    ):
        answer = ben.patch(path, body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), body


def test_a_card_is_forgotten_and_the_default_moves_on(lp: Rehearsal, ben: Visitor) -> None:
    first, second = saved(lp, ben), saved(lp, ben, MASTERCARD)
    answer = ben.delete(f"{METHODS}{first}/delete/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert [(card["id"], card["is_default"]) for card in ben.get(METHODS).json()["items"]] == [(second, True)]
    assert ben.delete(f"{METHODS}{first}/delete/").status_code == 404


def test_anothers_card_looks_as_if_it_werent_there(lp: Rehearsal, ben: Visitor, eve: Visitor) -> None:
    saved(lp, eve)
    method_id = saved(lp, ben)
    for named in (method_id, "pm_none"):
        answers = (
            eve.patch(f"{METHODS}{named}/", {"is_default": True}),
            eve.delete(f"{METHODS}{named}/delete/"),
            eve.post(f"{METHODS}save/", {"payment_method_id": named}),
        )
        told = {(answer.status_code, answer.json()["detail"]) for answer in answers}
        assert told == {(404, f"There is no payment method {named}.")}
    assert [card["id"] for card in ben.get(METHODS).json()["items"]] == [method_id]


def test_a_teacher_has_no_cards_to_pay_with(anna: Visitor) -> None:
    assert anna.get(METHODS).status_code == 403


def test_saving_twice_under_one_key_saves_once(lp: Rehearsal, ben: Visitor) -> None:
    wish = {"payment_method_id": lp.browser.enter_card(VISA)}
    first, again = (ben.post(f"{METHODS}save/", wish, key="a") for _ in range(2))
    assert (again.status_code, again.json()["id"]) == (first.status_code, first.json()["id"])
    assert len(ben.get(METHODS).json()["items"]) == 1


def test_a_card_that_its_bank_refuses_isnt_saved(lp: Rehearsal, ben: Visitor) -> None:
    answer = ben.post(f"{METHODS}save/", {"payment_method_id": lp.browser.enter_card(DECLINED_CARD)})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/refused")
    assert ben.get(METHODS).json()["items"] == []


def test_nothing_is_charged_by_saving(lp: Rehearsal, ben: Visitor) -> None:
    saved(lp, ben)
    assert at_stripe(lp).payment_intents.list().data == []
