"""Earnings over HTTP: their teacher sees why they wait, and admins hold, release and retry them."""

from __future__ import annotations

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.transfer import Hold, Transfer
from linguapay_http.resources.transfers import REASONS
from tests.http.conftest import Visitor
from tests.use_cases.owed import OWED_TRANSFER, silent
from tests.use_cases.stage import (
    HOUR,
    OTHER_TEACHER,
    TEACHER,
    at_stripe,
    completed,
    confirmed,
    later,
    offered,
    paid,
    paid_out,
    ready,
    transfer_of,
)

TRANSFERS = "/api/transfers/"


@pytest.fixture
def waiting(lp: Rehearsal) -> Transfer:
    """A transfer in its protection period, to an account that is ready."""
    ready(lp)
    return transfer_of(lp, completed(lp))


def test_a_teacher_sees_what_was_sent(lp: Rehearsal, anna: Visitor) -> None:
    transfer = transfer_of(lp, paid_out(lp))
    (shown,) = anna.get(TRANSFERS, state="created").json()["items"]
    assert shown == {
        "id": transfer.id,
        "state": "created",
        "payment_id": transfer.payment_id,
        "booking_id": transfer.booking_id,
        "teacher_id": TEACHER,
        "amount": {"amount_minor": 2500, "currency": "USD"},
        "sent_back": {"amount_minor": 0, "currency": "USD"},
        "hold": None,
        "hold_reason": None,
        "scheduled_at": shown["scheduled_at"],
        "pay_at": shown["pay_at"],
    }
    assert anna.get(f"{TRANSFERS}{transfer.id}/").json() == shown


def test_a_teacher_sees_why_money_waits(lp: Rehearsal, anna: Visitor) -> None:
    completed(lp)
    later(lp, 72 * HOUR)
    (shown,) = anna.get(TRANSFERS).json()["items"]
    assert (shown["state"], shown["amount"], shown["hold"]) == ("on_hold", None, "account_not_ready")
    assert shown["hold_reason"] == "Your account at Stripe can't receive money yet: complete it there."


def test_what_came_back_is_shown(lp: Rehearsal, anna: Visitor) -> None:
    transfer = transfer_of(lp, paid_out(lp))
    at_stripe(lp).transfers.reversals.create(transfer.stripe_id, {"amount": 700})
    later(lp, HOUR)
    assert anna.get(f"{TRANSFERS}{transfer.id}/").json()["sent_back"]["amount_minor"] == 700


def test_a_teacher_sees_nothing_of_anothers(
    lp: Rehearsal, waiting: Transfer, zoe: Visitor, carl: Visitor, ben: Visitor
) -> None:
    theirs = transfer_of(lp, completed(lp, paid(lp, confirmed(lp, offered(lp, OTHER_TEACHER)))))
    assert [one["id"] for one in zoe.get(TRANSFERS).json()["items"]] == [theirs.id]
    assert zoe.get(TRANSFERS, teacher_id=TEACHER).json()["items"] == []
    assert zoe.get(f"{TRANSFERS}{waiting.id}/").status_code == 404
    assert len(carl.get(TRANSFERS).json()["items"]) == 2
    assert [one["id"] for one in carl.get(TRANSFERS, teacher_id=TEACHER).json()["items"]] == [waiting.id]
    assert ben.get(TRANSFERS).status_code == 403


def test_an_admin_holds_and_releases(waiting: Transfer, carl: Visitor, anna: Visitor) -> None:
    one = f"{TRANSFERS}{waiting.id}/"
    for _ in range(2):
        assert carl.post(f"{one}hold/", key="a").json()["hold"] == "by_admin"
    assert anna.get(one).json()["hold_reason"] == "We are looking into it."
    for key in ("b", "c"):
        released = carl.post(f"{one}release/", key=key).json()
        assert (released["state"], released["hold"]) == ("scheduled", None)


@pytest.mark.parametrize("action", ["hold", "release", "retry"])
def test_only_an_admin_does_anything_about_a_transfer(waiting: Transfer, action: str, anna: Visitor) -> None:
    assert anna.post(f"{TRANSFERS}{waiting.id}/{action}/").status_code == 403


@pytest.mark.parametrize("action", ["hold", "release", "retry"])
def test_what_was_sent_stays_sent(lp: Rehearsal, action: str, carl: Visitor) -> None:
    answer = carl.post(f"{TRANSFERS}{transfer_of(lp, paid_out(lp)).id}/{action}/")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/refused")


def test_what_was_never_asked_for_cant_be_asked_again(waiting: Transfer, carl: Visitor) -> None:
    answer = carl.post(f"{TRANSFERS}{waiting.id}/retry/")
    assert (answer.status_code, answer.json()["rule"]) == (409, "transfer_scheduled")


def test_a_parked_transfer_is_asked_for_again(lp: Rehearsal, carl: Visitor) -> None:
    booking_id = silent(lp, OWED_TRANSFER)
    (transfer,) = carl.get(TRANSFERS, booking_id=booking_id).json()["items"]
    assert transfer["state"] == "parked"
    for _ in range(2):
        assert carl.post(f"{TRANSFERS}{transfer['id']}/retry/").json()["state"] == "parked"
    lp.work()
    assert carl.get(f"{TRANSFERS}{transfer['id']}/").json()["state"] == "created"


def test_a_transfer_that_isnt_there_is_not_found(carl: Visitor) -> None:
    nowhere = f"{TRANSFERS}trf_{'0' * 26}/"
    for answer in (carl.get(nowhere), *(carl.post(f"{nowhere}{action}/") for action in ("hold", "release", "retry"))):
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_every_hold_has_its_sentence() -> None:
    assert set(REASONS) == set(Hold)
