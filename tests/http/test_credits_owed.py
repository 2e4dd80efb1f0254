"""What students are owed, over HTTP: sent to the card once more, or paid by bank."""

from __future__ import annotations

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.payment import Payment
from tests.http.conftest import Visitor
from tests.use_cases.stage import CREDIT, STUDENT, credited, held, paid

CREDITS = "/api/credits/"


@pytest.fixture
def owed(lp: Rehearsal) -> Payment:
    """A payment of which 10.00 came back from the card."""
    return credited(lp)


def dollars(amount_minor: int) -> dict[str, object]:
    """An amount as it is shown."""
    return {"amount_minor": amount_minor, "currency": "USD"}


def test_what_is_owed_is_listed_and_nothing_else(lp: Rehearsal, owed: Payment, carl: Visitor) -> None:
    paid(lp)
    credit = {"id": owed.id, "booking_id": owed.booking_id, "student_id": STUDENT, "credit": dollars(1000)}
    for query in ({}, {"student_id": STUDENT}, {"booking_id": owed.booking_id}):
        assert carl.get(CREDITS, **query).json() == {"items": [credit], "next_cursor": ""}
    assert carl.get(CREDITS, student_id="student-eve").json()["items"] == []


def test_credit_is_sent_to_the_card_once_more(lp: Rehearsal, owed: Payment, carl: Visitor) -> None:
    again = f"{CREDITS}{owed.id}/refund-again/"
    for _ in range(2):
        answer = carl.post(again, key="once")
        assert (answer.status_code, answer.json()["credit"]) == (200, dollars(0))
    refused = carl.post(again)
    assert (refused.status_code, refused.json()["rule"]) == (409, "no_credit")
    assert carl.get(CREDITS).json()["items"] == []
    lp.work()
    assert CREDIT not in held(lp, owed)


def test_credit_is_paid_by_bank_and_one_reference_counts_once(lp: Rehearsal, owed: Payment, carl: Visitor) -> None:
    by_bank = f"{CREDITS}{owed.id}/paid-by-bank/"
    wish = {"amount_minor": 400, "reference": "BANK-1"}
    for key in ("", "a", "a"):
        assert carl.post(by_bank, wish, key=key).json()["credit"] == dollars(600)
    refused = carl.post(by_bank, {"amount_minor": 601, "reference": "BANK-2"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/refused")
    assert carl.post(by_bank, {"amount_minor": 600, "reference": "BANK-2"}).json()["credit"] == dollars(0)
    assert held(lp, owed)["bank"] == -1000


def test_a_note_that_cant_be_meant_is_refused_by_its_field(owed: Payment, carl: Visitor) -> None:
    for body, field in (
        ({"amount_minor": 100}, "reference"),
        ({"amount_minor": 100, "reference": "with space"}, "reference"),
        ({"amount_minor": 0, "reference": "BANK-1"}, "amount_minor"),
        ({"amount_minor": "100", "reference": "BANK-1"}, "amount_minor"),
    ):
        answer = carl.post(f"{CREDITS}{owed.id}/paid-by-bank/", body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), body


def test_only_admins_see_and_settle_credit(owed: Payment, ben: Visitor, host: Visitor) -> None:
    for somebody in (ben, host):
        assert somebody.get(CREDITS).status_code == 403
        assert somebody.post(f"{CREDITS}{owed.id}/refund-again/").status_code == 403
        wish = {"amount_minor": 400, "reference": "BANK-1"}
        assert somebody.post(f"{CREDITS}{owed.id}/paid-by-bank/", wish).status_code == 403


def test_a_payment_that_isnt_there_is_not_found(carl: Visitor) -> None:
    assert carl.post(f"{CREDITS}pay_{'0' * 26}/refund-again/").status_code == 404
