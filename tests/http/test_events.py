"""The event feed over HTTP: every event once, for whoever goes on from the cursor."""

from __future__ import annotations

from linguapay_adapters.composition import Rehearsal
from tests.http.conftest import Visitor
from tests.use_cases.stage import STUDENT, TEACHER, confirmed, offered, requested

EVENTS = "/api/events/"


def test_whoever_goes_on_from_the_cursor_reads_every_event_once(lp: Rehearsal, host: Visitor, carl: Visitor) -> None:
    confirmed(lp)
    everything = carl.get(EVENTS).json()
    types = [event["type"] for event in everything["items"]]
    assert types == ["gig.offered", "booking.requested", "booking.confirmed"]
    read, cursor = [], ""
    for _ in types:
        page = host.get(EVENTS, after=cursor, limit="1").json()
        read += page["items"]
        cursor = page["next_cursor"]
    assert read == everything["items"]
    assert host.get(EVENTS, after=cursor).json() == {"items": [], "next_cursor": cursor}
    offered(lp)
    assert [event["type"] for event in host.get(EVENTS, after=cursor).json()["items"]] == ["gig.offered"]


def test_an_event_says_what_became_true_and_who_did_it(lp: Rehearsal, host: Visitor) -> None:
    booking = requested(lp)
    gig, event = host.get(EVENTS).json()["items"]
    assert gig["by"] == {"role": "teacher", "person": TEACHER}
    assert (event["subject"], event["by"], event["version"]) == (booking.id, {"role": "student", "person": STUDENT}, 1)
    assert event["at"] == "2026-03-02T09:00:00Z"
    assert event["data"]["starts_at"] == "2026-03-05T09:00:00Z"
    assert event["why"] is None


def test_an_empty_feed_is_an_empty_page(host: Visitor) -> None:
    assert host.get(EVENTS).json() == {"items": [], "next_cursor": ""}


def test_a_place_that_cant_be_meant_is_refused_by_its_field(host: Visitor) -> None:
    for name, value in (("after", "nowhere"), ("limit", "0"), ("limit", "1001"), ("limit", "x"), ("cursor", "x")):
        answer = host.get(EVENTS, **{name: value})
        assert (answer.status_code, answer.json()["field"]) == (422, name)


def test_the_feed_is_for_admins_and_the_host_platform(ben: Visitor, anna: Visitor) -> None:
    for somebody in (ben, anna):
        assert somebody.get(EVENTS).status_code == 403
