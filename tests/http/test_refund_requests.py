"""Refund requests over HTTP: the student asks, admins decide and let the money go."""

from __future__ import annotations

from linguapay_adapters.composition import Rehearsal
from tests.http.conftest import Visitor
from tests.use_cases.stage import (
    ADMIN,
    DAY,
    MINUTE,
    SECOND_ADMIN,
    STUDENT,
    asked_back,
    funded,
    later,
    paid,
    paid_out,
    paying,
)

REQUESTS = "/api/payments/refund-requests/"


def one(request_id: str) -> str:
    """The path of a refund request."""
    return f"{REQUESTS}{request_id}/"


def test_a_student_asks_for_money_back(lp: Rehearsal, ben: Visitor) -> None:
    payment = paid(lp)
    answer = ben.post(REQUESTS, {"payment_id": payment.id, "amount_minor": 1000, "reason": " Too short. "})
    assert answer.status_code == 201
    request = answer.json()
    assert ben.get(one(request["id"])).json() == request
    assert request == {
        "id": request["id"],
        "state": "submitted",
        "payment_id": payment.id,
        "booking_id": payment.booking_id,
        "student_id": STUDENT,
        "amount": {"amount_minor": 1000, "currency": "USD"},
        "reason": "Too short.",
        "approved": None,
        "approvals": [],
        "approvals_needed": 1,
        "platform_bears": False,
        "notes": [],
        "refund_id": None,
        "blocked_reason": None,
        "submitted_at": "2026-03-02T09:02:00Z",
        "expires_at": "2026-04-01T09:02:00Z",
    }


def test_more_than_what_is_left_is_refused_and_what_is_left_is_said(lp: Rehearsal, ben: Visitor) -> None:
    wish = {"payment_id": paid(lp).id, "amount_minor": 2626, "reason": "Everything and a cent."}
    answer = ben.post(REQUESTS, wish)
    told = {name: answer.json()[name] for name in ("type", "rule", "way_out")}
    assert (answer.status_code, told) == (
        409,
        {"type": "/problems/refused", "rule": "exceeds_what_is_left", "way_out": "Ask for at most 26.25 USD."},
    )


def test_a_request_that_cant_be_meant_is_refused_by_its_field(lp: Rehearsal, ben: Visitor) -> None:
    whole = {"payment_id": paid(lp).id, "amount_minor": 1000, "reason": "Too short."}
    for change, field in (
        ({"amount_minor": 0}, "amount_minor"),
        ({"amount_minor": -1}, "amount_minor"),
        ({"amount_minor": 10.5}, "amount_minor"),
        ({"amount_minor": "1000"}, "amount_minor"),
        ({"amount_minor": True}, "amount_minor"),
        ({"amount_minor": None}, "amount_minor"),
        ({"amount_minor": 10**30}, "amount_minor"),
        ({"reason": ""}, "reason"),
        ({"reason": "   "}, "reason"),
        ({"reason": "x" * 4001}, "reason"),
        ({"payment_id": "pay_1"}, "payment_id"),
        ({"currency": "USD"}, "currency"),
    ):
        answer = ben.post(REQUESTS, whole | change)
        assert (answer.status_code, answer.json()["field"]) == (422, field), change
    assert ben.get(REQUESTS).json()["items"] == []


def test_what_isnt_paid_cant_be_asked_back(lp: Rehearsal, ben: Visitor) -> None:
    wish = {"payment_id": paying(lp).payment.id, "amount_minor": 1000, "reason": "I changed my mind."}
    answer = ben.post(REQUESTS, wish)
    assert (answer.status_code, answer.json()["rule"]) == (409, "not_paid")


def test_asking_twice_under_one_key_is_one_request_and_without_is_refused(lp: Rehearsal, ben: Visitor) -> None:
    wish = {"payment_id": paid(lp).id, "amount_minor": 1000, "reason": "Too short."}
    first, again = (ben.post(REQUESTS, wish, key="a") for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    assert ben.post(REQUESTS, wish | {"amount_minor": 500}, key="a").json()["field"] == "Idempotency-Key"
    assert ben.post(REQUESTS, wish).json()["rule"] == "request_open"


def test_a_request_is_approved_processed_and_the_money_goes_back(lp: Rehearsal, ben: Visitor, carl: Visitor) -> None:
    funded(lp)
    request = asked_back(lp)
    unnamed = carl.patch(one(request.id), {"decision": "approve"})
    assert (unnamed.status_code, unnamed.json()["field"]) == (422, "amount_minor")
    decision = {"decision": "approve", "amount_minor": 800, "platform_bears": True, "notes": "Most of it."}
    approved = carl.patch(one(request.id), decision).json()
    amount = {"amount_minor": 800, "currency": "USD"}
    assert (approved["state"], approved["approved"], approved["platform_bears"]) == ("approved", amount, True)
    assert approved["approvals"] == [{"admin_id": ADMIN, "amount": amount, "at": approved["approvals"][0]["at"]}]
    assert approved["notes"] == [{"by": ADMIN, "text": "Most of it."}]
    for _ in range(2):
        processed = carl.post(f"{one(request.id)}process/")
        assert (processed.status_code, processed.json()["state"]) == (200, "done")
    later(lp, 2 * MINUTE)
    shown = ben.get(one(request.id)).json()
    assert (shown["reason"], shown["expires_at"]) == ("The lesson was too short.", None)
    assert shown["refund_id"] is not None
    assert ben.get(f"/api/payments/payments/{request.payment_id}/").json()["refunded"] == amount


def test_a_rejection_says_why(lp: Rehearsal, ben: Visitor, carl: Visitor) -> None:
    request = asked_back(lp)
    for body, field in (
        ({"decision": "reject"}, "notes"),
        ({"decision": "reject", "notes": " "}, "notes"),
        ({"decision": "reject", "notes": "No.", "amount_minor": 1}, "amount_minor"),
        ({"decision": "reject", "notes": "No.", "platform_bears": True}, "platform_bears"),
        ({"decision": "perhaps"}, "decision"),
        ({}, "decision"),
    ):
        answer = carl.patch(one(request.id), body)
        assert (answer.status_code, answer.json()["field"]) == (422, field), body
    assert carl.patch(one(request.id), {"decision": "reject", "notes": "It was given."}).status_code == 200
    shown = ben.get(one(request.id)).json()
    assert (shown["state"], shown["notes"]) == ("rejected", [{"by": ADMIN, "text": "It was given."}])
    later_yes = carl.patch(one(request.id), {"decision": "approve", "amount_minor": 1000})
    assert later_yes.status_code == 409


def test_a_large_refund_needs_two_admins(lp: Rehearsal, ben: Visitor, carl: Visitor, dora: Visitor) -> None:
    gig = lp.offer_gig("teacher-anna", "A week of French", 60_000)
    booking = lp.request_booking(STUDENT, gig.id, lp.clock.now() + 3 * DAY, 60)
    payment = paid(lp, lp.confirm_booking(booking.id, booking.teacher_id))
    wish = {"payment_id": payment.id, "amount_minor": 60_000, "reason": "It didn't take place."}
    request = ben.post(REQUESTS, wish).json()
    whole = {"decision": "approve", "amount_minor": 60_000}
    states = [carl.patch(one(request["id"]), whole).json()["state"] for _ in range(2)]
    assert states == ["submitted", "submitted"]
    assert carl.post(f"{one(request['id'])}process/").status_code == 409
    assert dora.patch(one(request["id"]), whole).json()["state"] == "approved"


def test_an_unknown_outcome_is_a_promise(lp: Rehearsal, ben: Visitor, carl: Visitor) -> None:
    funded(lp)
    request = asked_back(lp)
    carl.patch(one(request.id), {"decision": "approve", "amount_minor": 1000})
    lp.stripe.faults.add("dropped_after", method="POST", path="/v1/refunds")
    answer = carl.post(f"{one(request.id)}process/", key="a")
    assert (answer.status_code, answer.json()["type"]) == (202, "/problems/outcome-unknown")
    assert answer.headers["Retry-After"]
    later(lp, 60 * MINUTE)
    again = carl.post(f"{one(request.id)}process/", key="a")
    assert (again.status_code, again.json()["state"]) == (200, "done")
    assert ben.get(f"/api/payments/payments/{request.payment_id}/").json()["refunded"] == again.json()["approved"]


def test_a_request_is_withdrawn_by_its_student_alone(lp: Rehearsal, ben: Visitor, eve: Visitor, carl: Visitor) -> None:
    path = f"{one(asked_back(lp).id)}withdraw/"
    assert eve.post(path).status_code == 404
    assert carl.post(path).status_code == 403
    assert [ben.post(path).json()["state"] for _ in range(2)] == ["withdrawn", "withdrawn"]


def test_requests_are_listed_with_their_texts(lp: Rehearsal, ben: Visitor, eve: Visitor, carl: Visitor) -> None:
    request = asked_back(lp)
    for who in (ben, carl):
        (found,) = who.get(REQUESTS, state="submitted", payment_id=request.payment_id).json()["items"]
        assert (found["id"], found["reason"]) == (request.id, "The lesson was too short.")
    assert eve.get(REQUESTS).json()["items"] == []
    assert eve.get(one(request.id)).status_code == 404


def test_what_one_admin_approved_another_cant_approve_otherwise(lp: Rehearsal, carl: Visitor) -> None:
    request = lp.approve_refund_request(asked_back(lp).id, SECOND_ADMIN, amount_minor=400)
    answers = [carl.patch(one(request.id), {"decision": "approve", "amount_minor": amount}) for amount in (1000, 400)]
    assert [answer.status_code for answer in answers] == [409, 200]
    assert (answers[0].json()["rule"], answers[1].json()["approved"]["amount_minor"]) == ("approved_otherwise", 400)


def test_an_erased_reason_is_empty_and_the_request_stays(lp: Rehearsal, carl: Visitor) -> None:
    request = lp.withdraw_refund_request(asked_back(lp, paid_out(lp)).id, STUDENT)
    later(lp, 40 * DAY)
    assert lp.erase_person(STUDENT, ADMIN).is_done
    shown = carl.get(one(request.id)).json()
    assert (shown["reason"], shown["amount"]["amount_minor"]) == (None, 1000)


def test_only_admins_decide_and_only_the_payer_asks(
    lp: Rehearsal, ben: Visitor, anna: Visitor, carl: Visitor, eve: Visitor
) -> None:
    request = asked_back(lp)
    wish = {"payment_id": request.payment_id, "amount_minor": 100, "reason": "Me too."}
    assert eve.post(REQUESTS, wish).status_code == 404
    assert [who.post(REQUESTS, wish).status_code for who in (anna, carl)] == [403, 403]
    assert [who.patch(one(request.id), {"decision": "approve"}).status_code for who in (ben, anna)] == [403, 403]
    assert [who.post(f"{one(request.id)}process/").status_code for who in (ben, anna)] == [403, 403]
    assert anna.get(REQUESTS).status_code == 403
