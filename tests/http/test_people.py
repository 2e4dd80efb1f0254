"""Who somebody is, told by the host platform over HTTP, and forgotten."""

from __future__ import annotations

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.erasure_rules import Erasing, Obstacle
from tests.http.conftest import Visitor
from tests.use_cases.stage import (
    ADMIN,
    HOUR,
    NOTICE,
    STUDENT,
    asked_back,
    completed,
    later,
    offered,
    requested,
)

BEN = f"/api/people/{STUDENT}/"
DESCRIBED = {"name": "Ben Berg", "email": "ben@lessons.example", "zone": "Europe/Berlin"}


def test_the_host_platform_tells_who_somebody_is_and_tells_it_anew(host: Visitor, carl: Visitor) -> None:
    for _ in range(2):
        assert host.put(BEN, DESCRIBED).json() == {"id": STUDENT} | DESCRIBED
    moved = host.put(BEN, DESCRIBED | {"zone": "Europe/Paris"}).json()
    assert moved == carl.get(BEN).json() == {"id": STUDENT} | DESCRIBED | {"zone": "Europe/Paris"}


def test_of_whom_nobody_told_nothing_is_known(host: Visitor) -> None:
    assert host.get(BEN).json() == {"id": STUDENT, "name": None, "email": None, "zone": "UTC"}


def test_whoever_is_erased_leaves_no_word(lp: Rehearsal, host: Visitor, carl: Visitor) -> None:
    host.put(BEN, DESCRIBED)
    request = lp.reject_refund_request(asked_back(lp, completed(lp)).id, ADMIN, "No.")
    for somebody in (host, carl):
        answer = somebody.delete(BEN)
        assert (answer.status_code, answer.content) == (204, b"")
    assert host.get(BEN).json() == {"id": STUDENT, "name": None, "email": None, "zone": "UTC"}
    assert carl.get(f"/api/payments/refund-requests/{request.id}/").json()["reason"] is None


def test_a_wish_to_be_forgotten_waits_while_money_is_open_and_says_for_what(lp: Rehearsal, host: Visitor) -> None:
    host.put(BEN, DESCRIBED)
    booking = requested(lp)
    for _ in range(2):
        answer = host.delete(BEN)
        assert answer.status_code == 202
        (obstacle,) = answer.json()["waits_for"]
        assert (obstacle["subject"], obstacle["reason"]) == (booking.id, "the booking is requested")
        assert obstacle["way_out"].startswith("Cancel it")
    assert host.get(BEN).json()["name"] == "Ben Berg"
    lp.withdraw_booking(booking.id, STUDENT)
    later(lp, HOUR)
    assert host.get(BEN).json()["name"] is None
    assert host.delete(BEN).status_code == 204


def test_whoever_is_erased_is_erased_whatever_slipped_in_beside(
    lp: Rehearsal, host: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased = lp.erase_person(STUDENT, ADMIN).erasure
    slipped_in = Obstacle("bkg_1", "the booking is requested", "Cancel it.")
    monkeypatch.setattr(lp, "erase_person", lambda *_: Erasing(erased, (slipped_in,)))
    assert host.delete(BEN).status_code == 204


def test_whoever_asked_to_be_forgotten_is_described_and_booked_no_more(
    lp: Rehearsal, host: Visitor, ben: Visitor
) -> None:
    gig = offered(lp)
    host.delete(BEN)
    starts_at = (lp.clock.now() + NOTICE).isoformat()
    for answer in (
        host.put(BEN, DESCRIBED),
        ben.post("/api/bookings/", {"gig_id": gig.id, "starts_at": starts_at, "minutes": 60}),
    ):
        assert (answer.status_code, answer.json()["rule"]) == (409, "erasure_asked")


def test_nobody_describes_themselves_or_others(ben: Visitor, anna: Visitor, carl: Visitor) -> None:
    for somebody in (ben, anna):
        statuses = [one.status_code for one in (somebody.get(BEN), somebody.put(BEN, DESCRIBED), somebody.delete(BEN))]
        assert statuses == [403, 403, 403]
    assert carl.put(BEN, DESCRIBED).status_code == 403


def test_a_description_that_cant_be_meant_is_refused_by_its_field(host: Visitor) -> None:
    for changed, field in (
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "Ben\nBerg"}, "name"),
        ({"name": "Ben\x00"}, "name"),
        ({"email": "nowhere"}, "email"),
        ({"email": "b" * 254 + "@x"}, "email"),
        ({"zone": "../zone"}, "zone"),
        ({"zone": None}, "zone"),
        ({"phone": "1"}, "phone"),
    ):
        answer = host.put(BEN, DESCRIBED | changed)
        assert (answer.status_code, answer.json()["field"]) == (422, field), changed
    answer = host.put("/api/people/-ben/", DESCRIBED)
    assert (answer.status_code, answer.json()["field"]) == (422, "person_id")
