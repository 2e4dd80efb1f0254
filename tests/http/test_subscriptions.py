"""Subscribing to our events over HTTP: the secret is told once, and the log tells how each message was taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from litestar.testing import TestClient

from linguapay_adapters.composition import Rehearsal
from linguapay_adapters.settings import Settings
from linguapay_core.application import LinguaPay
from linguapay_core.domain.errors import Busy
from linguapay_http.app import create_app
from tests.http.conftest import Client, Visitor
from tests.use_cases.postbox import REFUSED, Postbox, with_postbox
from tests.use_cases.stage import offered

SUBSCRIPTIONS = "/api/subscriptions/"
DELIVERIES = "/api/deliveries/"
URL, OTHER = "https://lessons.example/events", "https://other.example/events"
WISH = {"url": URL, "event_types": ["gig.offered"], "description": "Search index"}


@pytest.fixture
def postbox() -> Postbox:
    """Where messages go."""
    return Postbox()


@pytest.fixture
def house(lp: Rehearsal, postbox: Postbox) -> Iterator[LinguaPay]:
    """LinguaPay with that postbox."""
    with with_postbox(lp, postbox) as linguapay:
        yield linguapay


@pytest.fixture
def client(house: LinguaPay, settings: Settings) -> Iterator[Client]:
    """In front of that house."""
    with TestClient(create_app(house, settings)) as client:
        yield client


def subscribed(visitor: Visitor, **changed: object) -> dict[str, Any]:
    """A new subscription, with its secret."""
    answer = visitor.post(SUBSCRIPTIONS, WISH | changed)
    assert answer.status_code == 201
    subscription: dict[str, Any] = answer.json()
    return subscription


def tell(house: LinguaPay) -> None:
    """Let the worker take both steps."""
    house.fan_out_events()
    house.deliver_messages()


def test_the_secret_is_told_once(host: Visitor, carl: Visitor) -> None:
    added = subscribed(host)
    secret = added.pop("secret")
    assert secret.startswith("whsec_")
    assert added == WISH | {
        "id": added["id"],
        "state": "active",
        "created_at": "2026-03-02T09:00:00Z",
        "failing_since": None,
    }
    one = f"{SUBSCRIPTIONS}{added['id']}/"
    assert carl.get(one).json() == added
    assert carl.get(SUBSCRIPTIONS).json() == {"items": [added], "next_cursor": ""}
    said = [carl.get(one), carl.patch(one, {"url": OTHER}), carl.post(f"{one}pause/"), host.get("/api/events/")]
    assert all(secret not in answer.text for answer in said)


def test_a_repeated_request_under_one_key_adds_one_subscription_and_tells_no_secret(host: Visitor) -> None:
    first, again = (host.post(SUBSCRIPTIONS, WISH, key="once").json() for _ in range(2))
    assert first.pop("secret")
    assert again == first | {"secret": None}
    assert len(host.get(SUBSCRIPTIONS).json()["items"]) == 1


def test_what_is_left_out_stays_as_it_is(host: Visitor) -> None:
    one = f"{SUBSCRIPTIONS}{subscribed(host)['id']}/"
    moved = host.patch(one, {"url": OTHER}).json()
    assert (moved["url"], moved["event_types"], moved["description"]) == (OTHER, ["gig.offered"], "Search index")
    assert host.patch(one, {"event_types": [], "description": ""}).json() == moved | {
        "event_types": [],
        "description": "",
    }


def test_a_subscription_is_paused_and_resumed(host: Visitor) -> None:
    one = f"{SUBSCRIPTIONS}{subscribed(host)['id']}/"
    for action, state in (("pause", "paused"), ("pause", "paused"), ("resume", "active"), ("resume", "active")):
        assert host.post(f"{one}{action}/").json()["state"] == state
    assert host.get(SUBSCRIPTIONS, state="paused").json()["items"] == []


def test_what_is_removed_stays_in_the_list_and_is_told_nothing(host: Visitor) -> None:
    one = f"{SUBSCRIPTIONS}{subscribed(host)['id']}/"
    for _ in range(2):
        assert host.delete(one).status_code == 204
    assert host.get(one).json()["state"] == "removed"
    for answer in (host.post(f"{one}test/"), host.post(f"{one}rotate-secret/"), host.patch(one, {"url": OTHER})):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/refused")


def test_a_secret_is_rotated_once_under_one_key(host: Visitor, house: LinguaPay, postbox: Postbox) -> None:
    added = subscribed(host)
    rotate = f"{SUBSCRIPTIONS}{added['id']}/rotate-secret/"
    first, again = (host.post(rotate, key="once").json()["secret"] for _ in range(2))
    assert first.startswith("whsec_")
    assert first != added["secret"]
    assert again is None
    host.post(f"{SUBSCRIPTIONS}{added['id']}/test/")
    tell(house)
    signatures = dict(postbox.posted[0].headers)["webhook-signature"].split(" ")
    assert len(signatures) == 2


def test_a_rotation_that_was_stored_is_told_though_nothing_can_be_read_then(
    house: LinguaPay, host: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = subscribed(host)

    def silent(*_: object) -> NoReturn:
        raise Busy("connection refused")

    monkeypatch.setattr(house, "show_record", silent)
    answer = host.post(f"{SUBSCRIPTIONS}{added['id']}/rotate-secret/")
    assert answer.status_code == 200
    rotated = answer.json()
    assert rotated.pop("secret") != added.pop("secret")
    assert rotated == added


def test_a_test_message_arrives_and_is_in_the_log(host: Visitor, house: LinguaPay, postbox: Postbox) -> None:
    added = subscribed(host)
    answers = [host.post(f"{SUBSCRIPTIONS}{added['id']}/test/", key="once") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    queued = answers[0].json()
    assert answers[1].json() == queued
    assert (queued["event_type"], queued["state"], queued["attempts"]) == ("test", "queued", [])
    tell(house)
    assert postbox.told() == ["test"]
    (logged,) = host.get(DELIVERIES, subscription_id=added["id"], state="delivered").json()["items"]
    assert logged["id"] == queued["id"] == postbox.names()[0]
    assert logged["next_try_at"] is None
    assert logged["attempts"] == [
        {"at": "2026-03-02T09:00:00Z", "status_code": 204, "took_milliseconds": 20, "reason": None}
    ]


def test_a_message_that_wasnt_taken_is_tried_again_and_redelivered_when_asked(
    lp: Rehearsal, host: Visitor, carl: Visitor, house: LinguaPay, postbox: Postbox
) -> None:
    subscribed(host)
    postbox.answer = lambda _message: REFUSED
    offered(lp)
    tell(house)
    (logged,) = host.get(DELIVERIES).json()["items"]
    assert (logged["state"], logged["attempts"][0]["status_code"]) == ("retry", 500)
    assert logged["next_try_at"] > logged["made_at"]
    again = carl.post(f"{DELIVERIES}{logged['id']}/redeliver/", key="once")
    assert (again.status_code, again.json()["state"], again.json()["id"]) == (200, "queued", logged["id"])
    assert carl.post(f"{DELIVERIES}{logged['id']}/redeliver/", key="once").json() == again.json()


def test_whoever_does_it_is_told_by_the_role_in_which_they_did(host: Visitor, carl: Visitor) -> None:
    one = f"{SUBSCRIPTIONS}{subscribed(host)['id']}/"
    carl.post(f"{one}pause/")
    told = [(event["type"], event["by"]["role"]) for event in host.get("/api/events/").json()["items"]]
    assert told == [("subscription.added", "platform"), ("subscription.paused", "admin")]


def test_a_subscription_that_cant_be_meant_is_refused_by_its_field(host: Visitor) -> None:
    for changed, field in (
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "http://lessons.example/"}, "url"),
        ({"url": "https://169.254.169.254/latest/"}, "url"),
        ({"url": "ftp://lessons.example/"}, "url"),
        ({"event_types": ["gig.eaten"]}, "event_types"),
        ({"event_types": "gig.offered"}, "event_types"),
        ({"description": "x" * 201}, "description"),
        ({"secret": "whsec_mine"}, "secret"),
    ):
        answer = host.post(SUBSCRIPTIONS, WISH | changed)
        assert (answer.status_code, answer.json()["field"]) == (422, field), changed
    assert host.get(SUBSCRIPTIONS).json()["items"] == []


def test_what_isnt_there_is_not_found(host: Visitor) -> None:
    nowhere = f"{SUBSCRIPTIONS}sub_{'0' * 26}/"
    answers = [host.get(nowhere), host.delete(nowhere), host.post(f"{nowhere}test/")]
    answers.append(host.post(f"{DELIVERIES}msg_{'0' * 26}/redeliver/"))
    assert {answer.status_code for answer in answers} == {404}


def test_subscriptions_are_for_admins_and_the_host_platform(host: Visitor, ben: Visitor, anna: Visitor) -> None:
    one = f"{SUBSCRIPTIONS}{subscribed(host)['id']}/"
    for somebody in (ben, anna):
        answers = [somebody.get(SUBSCRIPTIONS), somebody.post(SUBSCRIPTIONS, WISH), somebody.get(one)]
        answers += [somebody.delete(one), somebody.post(f"{one}rotate-secret/"), somebody.get(DELIVERIES)]
        assert {answer.status_code for answer in answers} == {403}
