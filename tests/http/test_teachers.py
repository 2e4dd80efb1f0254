"""Teachers' accounts over HTTP: one for each teacher, opened by themselves."""

from __future__ import annotations

from linguapay_adapters.composition import Rehearsal
from tests.http.conftest import Visitor
from tests.use_cases.stage import BACK, TEACHER, at_stripe, ready

MINE = "/api/teachers/me/account/"
WISH = {"country": "FR", "return_url": BACK, "refresh_url": BACK}


def test_a_teacher_opens_one_account_however_often_it_is_asked(lp: Rehearsal, anna: Visitor) -> None:
    first, again, repeated = (anna.post(MINE, WISH, key=key) for key in ("", "a", "a"))
    assert first.status_code == again.status_code == repeated.status_code == 200
    opened = first.json()
    assert opened == {
        "teacher_id": TEACHER,
        "account_id": opened["account_id"],
        "can_receive": False,
        "onboarding_url": opened["onboarding_url"],
    }
    assert opened["onboarding_url"].startswith("https://")
    assert again.json()["account_id"] == repeated.json()["account_id"] == opened["account_id"]
    assert len(at_stripe(lp).accounts.list().data) == 1


def test_a_teacher_sees_when_money_can_come(lp: Rehearsal, anna: Visitor, zoe: Visitor, carl: Visitor) -> None:
    account_id = ready(lp)
    account = {"teacher_id": TEACHER, "account_id": account_id, "can_receive": True}
    assert anna.get(MINE).json() == carl.get(f"/api/teachers/{TEACHER}/account/").json() == account
    assert zoe.get(MINE).status_code == 404
    assert zoe.get(f"/api/teachers/{TEACHER}/account/").status_code == 403
    assert carl.get("/api/teachers/teacher-zoe/account/").status_code == 404


def test_only_teachers_have_accounts(ben: Visitor, carl: Visitor) -> None:
    for somebody in (ben, carl):
        assert somebody.get(MINE).status_code == 403
        assert somebody.post(MINE, WISH).status_code == 403


def test_a_silent_stripe_is_a_503_and_the_repetition_opens_one_account(lp: Rehearsal, anna: Visitor) -> None:
    lp.stripe.faults.add("dropped_after", method="POST", path="/v1/accounts")
    answer = anna.post(MINE, WISH)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/outcome-unknown")
    lp.stripe.faults.clear()
    assert anna.post(MINE, WISH).status_code == 200
    assert len(at_stripe(lp).accounts.list().data) == 1


def test_an_account_that_cant_be_meant_is_refused_by_its_field(anna: Visitor) -> None:
    for changed, field in (
        ({"country": "France"}, "country"),
        ({"country": "fr"}, "country"),
        ({"return_url": "javascript:alert(1)"}, "return_url"),
        ({"refresh_url": None}, "refresh_url"),
        ({"teacher_id": "teacher-zoe"}, "teacher_id"),
    ):
        answer = anna.post(MINE, WISH | changed)
        assert (answer.status_code, answer.json()["field"]) == (422, field), changed
