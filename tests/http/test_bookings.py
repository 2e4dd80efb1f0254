"""Bookings: each side does what is theirs, and what is foreign isn't there."""

from __future__ import annotations

from datetime import timedelta

from linguapay_adapters.composition import Rehearsal
from tests.http.conftest import Visitor
from tests.use_cases.stage import DAY, HOUR, STUDENT, TEACHER, confirmed, offered, paid, requested, until

BOOKINGS = "/api/bookings/"


def one(booking_id: str) -> str:
    """The path of a booking."""
    return f"{BOOKINGS}{booking_id}/"


def test_a_lesson_is_asked_for_and_confirmed(lp: Rehearsal, ben: Visitor, anna: Visitor) -> None:
    wish = {"gig_id": offered(lp).id, "starts_at": "2026-03-05T10:00:00+01:00", "minutes": 60}
    answer = ben.post(BOOKINGS, wish)
    assert answer.status_code == 201
    booking = answer.json()
    told = {name: booking[name] for name in ("state", "student_id", "teacher_id", "starts_at", "ends_at", "total")}
    assert told == {
        "state": "requested",
        "student_id": STUDENT,
        "teacher_id": TEACHER,
        "starts_at": "2026-03-05T09:00:00Z",
        "ends_at": "2026-03-05T10:00:00Z",
        "total": {"amount_minor": 2625, "currency": "USD"},
    }
    assert anna.post(f"{one(booking['id'])}confirm/").json()["state"] == "confirmed"
    assert ben.get(one(booking["id"])).json()["pay_by"] is not None


def test_the_host_platform_books_for_a_student(lp: Rehearsal, host: Visitor, ben: Visitor) -> None:
    wish = {"gig_id": offered(lp).id, "starts_at": "2026-03-05T09:00:00Z", "minutes": 60}
    answer = host.ask("POST", BOOKINGS, json=wish, headers={"LinguaPay-Person": STUDENT})
    assert (answer.status_code, answer.json()["student_id"]) == (201, STUDENT)
    assert ben.get(one(answer.json()["id"])).status_code == 200


def test_nobody_else_acts_for_somebody(lp: Rehearsal, eve: Visitor) -> None:
    wish = {"gig_id": offered(lp).id, "starts_at": "2026-03-05T09:00:00Z", "minutes": 60}
    answer = eve.ask("POST", BOOKINGS, json=wish, headers={"LinguaPay-Person": STUDENT})
    assert answer.status_code == 403


def test_a_request_may_come_to_nothing(lp: Rehearsal, ben: Visitor, anna: Visitor) -> None:
    for visitor, action, state in ((anna, "decline", "declined"), (ben, "withdraw", "cancelled")):
        path = f"{one(requested(lp).id)}{action}/"
        assert [visitor.post(path).json()["state"] for _ in range(2)] == [state, state]


def test_cancelling_is_quoted_first_and_gives_back_what_was_quoted(lp: Rehearsal, ben: Visitor, carl: Visitor) -> None:
    payment = paid(lp)
    quoted = ben.get(f"{one(payment.booking_id)}cancellation-quote/").json()
    assert quoted["total"]["amount_minor"] == quoted["price"]["amount_minor"] + quoted["fee"]["amount_minor"]
    assert ben.post(f"{one(payment.booking_id)}cancel/").json()["state"] == "cancelled"
    lp.work()
    assert carl.get(f"/api/payments/payments/{payment.id}/").json()["refunded"] == quoted["total"]


def test_a_lesson_is_completed_when_it_is_over(lp: Rehearsal, anna: Visitor) -> None:
    path = f"{one(paid(lp).booking_id)}complete/"
    refusal = anna.post(path)
    assert (refusal.status_code, refusal.json()["rule"]) == (409, "lesson_not_over")
    assert refusal.json()["way_out"] == "That is possible from the end of the lesson, 2026-03-05 10:00 UTC."
    until(lp, lp.clock.now() + 3 * DAY + HOUR)
    assert [anna.post(path).json()["state"] for _ in range(2)] == ["completed", "completed"]


def test_a_problem_is_reported_and_an_admin_decides(lp: Rehearsal, ben: Visitor, carl: Visitor) -> None:
    payment = paid(lp)
    path = one(payment.booking_id)
    until(lp, lp.clock.now() + 3 * DAY + HOUR)
    assert ben.post(f"{path}report-problem/", {"problem": "No sound."}).json()["state"] == "contested"
    decided = carl.post(f"{path}decide/", {"refund_minor": 1000, "notes": "Half an hour was fine."})
    assert (decided.status_code, decided.json()["state"]) == (200, "completed")
    otherwise = carl.post(f"{path}decide/", {"refund_minor": 2000, "notes": "It was worse than that."})
    assert (otherwise.status_code, otherwise.json()["rule"]) == (409, "decided_otherwise")
    lp.work()
    assert carl.get(f"/api/payments/payments/{payment.id}/").json()["refunded"]["amount_minor"] == 1000


def test_an_absence_is_claimed_and_denied(lp: Rehearsal, ben: Visitor, anna: Visitor) -> None:
    payment = paid(lp)
    until(lp, lp.clock.now() + 3 * DAY + HOUR)
    path = one(payment.booking_id)
    assert anna.post(f"{path}no-show/").json()["absent"] == "student"
    assert ben.post(f"{path}deny/").json()["state"] == "contested"


def test_another_time_is_asked_for_and_answered(lp: Rehearsal, ben: Visitor, anna: Visitor) -> None:
    booking = confirmed(lp)
    path, later = f"{one(booking.id)}reschedule/", (booking.starts_at + DAY).isoformat()
    asked = ben.post(path, {"starts_at": later}).json()
    assert asked["proposal"] == {"starts_at": "2026-03-06T09:00:00Z", "by": "student"}
    assert anna.post(f"{path}decline/").json()["proposal"] is None
    anna.post(path, {"starts_at": later})
    assert ben.post(f"{path}accept/").json()["starts_at"] == "2026-03-06T09:00:00Z"


def test_the_frozen_quote_is_shown_to_both_sides(lp: Rehearsal, ben: Visitor, anna: Visitor, carl: Visitor) -> None:
    path = f"{one(requested(lp).id)}quote/"
    assert {who.get(path).json()["total"]["amount_minor"] for who in (ben, anna, carl)} == {2625}


def test_a_foreign_booking_looks_as_if_it_werent_there(lp: Rehearsal, eve: Visitor, zoe: Visitor) -> None:
    booking = requested(lp)
    absent = booking.id[:-1] + ("0" if booking.id[-1] != "0" else "1")
    for stranger, action in ((eve, "withdraw"), (zoe, "confirm"), (zoe, "cancel"), (eve, "no-show")):
        for booking_id in (booking.id, absent):
            answer = stranger.post(f"{one(booking_id)}{action}/")
            assert (answer.status_code, answer.json()["detail"]) == (404, f"There is no booking {booking_id}.")
    assert eve.get(one(booking.id)).status_code == 404
    assert eve.get(BOOKINGS).json()["items"] == []


def test_lists_show_ones_own_and_an_admin_all(lp: Rehearsal, ben: Visitor, anna: Visitor, carl: Visitor) -> None:
    booking = requested(lp)
    for who in (ben, anna, carl):
        assert [one["id"] for one in who.get(BOOKINGS).json()["items"]] == [booking.id]
    assert carl.get(BOOKINGS, state="paid").json()["items"] == []
    assert carl.get(BOOKINGS, **{"from": "2026-03-02T09:00:00Z", "to": "2026-03-02T09:00:00Z"}).json()["items"] == []
    assert carl.get(BOOKINGS, state="eaten").json()["field"] == "state"


def test_each_side_does_only_what_is_theirs(lp: Rehearsal, ben: Visitor, anna: Visitor, carl: Visitor) -> None:
    path = one(requested(lp).id)
    forbidden = ((ben, "confirm"), (anna, "withdraw"), (carl, "cancel"), (ben, "complete"), (anna, "report-problem"))
    for who, action in forbidden:
        assert who.post(f"{path}{action}/", {"problem": "None."}).status_code == 403


def test_a_time_is_aware_and_near(lp: Rehearsal, ben: Visitor) -> None:
    gig = offered(lp)
    for starts_at in (
        "2026-03-05T09:00:00",
        "tomorrow",
        "1999-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        1772700000,
    ):
        answer = ben.post(BOOKINGS, {"gig_id": gig.id, "starts_at": starts_at, "minutes": 60})
        assert (answer.status_code, answer.json()["field"]) == (422, "starts_at"), starts_at


def test_a_request_made_twice_under_one_key_is_one_booking(lp: Rehearsal, ben: Visitor) -> None:
    gig = offered(lp)
    starts_at = lp.clock.now() + timedelta(days=3)
    wish = {"gig_id": gig.id, "starts_at": starts_at.isoformat(), "minutes": 60}
    first, again = (ben.post(BOOKINGS, wish, key="k1") for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert ben.post(BOOKINGS, wish | {"minutes": 30}, key="k1").status_code == 422


def test_a_refusal_gives_the_key_back(lp: Rehearsal, ben: Visitor) -> None:
    wish = {"gig_id": offered(lp).id, "starts_at": "2026-03-02T08:00:00Z", "minutes": 60}
    assert ben.post(BOOKINGS, wish, key="k2").json()["field"] == "starts_at"
    assert ben.post(BOOKINGS, wish | {"starts_at": "2026-03-05T09:00:00Z"}, key="k2").status_code == 201
