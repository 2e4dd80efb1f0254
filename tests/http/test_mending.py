"""What an admin mends over HTTP: quarantined payments, silent ones, debts, refunds that came to nothing."""

from __future__ import annotations

from linguapay_adapters.composition import Rehearsal
from tests.http.conftest import Visitor
from tests.use_cases.stage import (
    ADMIN,
    HOUR,
    RECEIVABLE_MINOR,
    STUDENT,
    approved,
    at_stripe,
    booking_of,
    funded,
    later,
    owing,
    paid,
    pay,
    paying,
    quarantined,
    refund_of,
    refuse,
    until,
)

PAYMENTS = "/api/payments/payments/"
REFUNDS = "/api/refunds/"
NOTES = {"notes": "The card is Ben's."}


def test_quarantined_money_is_accepted_once(lp: Rehearsal, carl: Visitor) -> None:
    payment = quarantined(lp)
    for key in ("a", "a", "b"):
        answer = carl.post(f"{PAYMENTS}{payment.id}/accept/", NOTES, key=key)
        assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    assert [text.text for text in lp.read_texts([payment.id])] == [NOTES["notes"]]
    refused = carl.post(f"{PAYMENTS}{payment.id}/refund/", NOTES)
    assert (refused.status_code, refused.json()["rule"]) == (409, "payment_accepted")


def test_quarantined_money_is_sent_back(lp: Rehearsal, carl: Visitor) -> None:
    payment = quarantined(lp)
    answer = carl.post(f"{PAYMENTS}{payment.id}/refund/", NOTES)
    assert (answer.status_code, answer.json()["state"]) == (200, "refunded")
    assert refund_of(lp, payment).rule == "quarantine_refunded"
    nameless = carl.post(f"{PAYMENTS}{payment.id}/accept/", {})
    assert (nameless.status_code, nameless.json()["field"]) == (422, "notes")


def test_a_payment_of_which_nobody_told_is_found_by_asking(lp: Rehearsal, carl: Visitor) -> None:
    checkout = paying(lp)
    pay(lp, checkout)
    assert carl.post(f"{PAYMENTS}{checkout.payment.id}/sync/").json()["state"] == "succeeded"
    lp.stripe.faults.add("rate_limited", method="GET")
    assert carl.post(f"{PAYMENTS}{checkout.payment.id}/sync/").status_code == 503


def test_what_a_teacher_owes_is_written_off_once(lp: Rehearsal, carl: Visitor) -> None:
    door = f"{PAYMENTS}{owing(lp).id}/write-off/"
    wish = {"amount_minor": RECEIVABLE_MINOR, "reference": "CASE-7", **NOTES}
    for key in ("a", "b"):
        assert carl.post(door, wish, key=key).status_code == 200
    refused = carl.post(door, {**wish, "reference": "CASE-8"})
    assert (refused.status_code, refused.json()["rule"]) == (409, "nothing_owed")


def test_what_a_refund_in_vain_left_over_is_sent_once_more_under_one_key(lp: Rehearsal, carl: Visitor) -> None:
    funded(lp)
    payment = paid(lp)
    until(lp, booking_of(lp, payment).ends_at)
    lp.report_problem(payment.booking_id, STUDENT, "Nobody came.")
    lp.decide_contest(payment.booking_id, ADMIN, 1000, "Half an hour was missing.")
    in_vain = refund_of(lp, payment)
    refuse(lp, in_vain)
    first, again = (carl.post(f"{REFUNDS}{in_vain.id}/again/", key="a") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["id"] == again.json()["id"] != in_vain.id
    assert first.json()["amount"] == {"amount_minor": 1000, "currency": "USD"}
    later(lp, HOUR)
    assert carl.get(f"{REFUNDS}{first.json()['id']}/").json()["state"] == "succeeded"
    assert len(carl.get(REFUNDS, payment_id=payment.id).json()["items"]) == 2
    (sent,) = at_stripe(lp).refunds.list({"payment_intent": payment.intent_id}).data
    assert sent.amount == 1000


def test_refunds_are_listed_shown_and_not_sent_again_while_they_go_on(lp: Rehearsal, carl: Visitor) -> None:
    request = approved(lp, paid(lp))
    carl.post(f"/api/payments/refund-requests/{request.id}/process/")
    (listed,) = carl.get(REFUNDS, payment_id=request.payment_id).json()["items"]
    assert listed == carl.get(f"{REFUNDS}{listed['id']}/").json()
    assert (listed["refund_request_id"], listed["rule"]) == (request.id, "request_approved")
    assert carl.get(REFUNDS, state="failed").json()["items"] == []
    refused = carl.post(f"{REFUNDS}{listed['id']}/again/")
    assert (refused.status_code, refused.json()["rule"]) == (409, "refund_goes_on")
