"""Webhooks are hints: each object is looked at once, and trouble with one stops no other."""

from __future__ import annotations

import json
import random

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_core.domain.answer import Answered
from linguapay_core.domain.errors import Busy, Invalid, NotFound, Refused
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.payment import PaymentState
from linguapay_core.domain.webhook_event import WebhookState
from linguapay_core.use_cases.steps.looking import look
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import (
    ADMIN,
    BACK,
    DAY,
    HOUR,
    MINUTE,
    TEACHER,
    approved,
    at_stripe,
    completed,
    everything,
    forged,
    later,
    offered,
    paid,
    pay,
    paying,
    payment_of,
    ready,
)


def state_of(lp: Rehearsal, event_id: str) -> WebhookState:
    with lp.ports.transactions.begin() as transaction:
        return transaction.webhook_event(event_id).state


def hand_over(lp: Rehearsal, *, shuffled: random.Random | None = None, times: int = 1) -> int:
    """Bring Stripe's waiting webhooks to our door, perhaps in another order and more than once."""
    lp.stripe.settle()
    waiting = [delivery for delivery in lp.stripe.pending_webhooks() for _ in range(times)]
    if shuffled:
        shuffled.shuffle(waiting)
    for delivery in waiting:
        lp.receive_webhook(delivery.payload, delivery.signature)
        lp.stripe.acknowledge(delivery.event_id)
    return len(waiting)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("payment_intent.succeeded", "pi_nowhere"),
        ("refund.updated", "re_nowhere"),
        ("transfer.created", "tr_nowhere"),
        ("account.updated", "acct_nowhere"),
    ],
)
def test_an_event_of_an_unknown_object_is_done_with(lp: Rehearsal, kind: str, name: str) -> None:
    lp.receive_webhook(*forged(lp, type=kind, data={"object": {"id": name}}))
    before = everything(lp)
    assert lp.process_webhook_events() == 1
    assert state_of(lp, "evt_made_up") is WebhookState.DONE
    assert everything(lp) == before


def test_an_event_that_we_dont_follow_is_ignored(lp: Rehearsal) -> None:
    event = lp.receive_webhook(*forged(lp, type="invoice.paid", data={"object": {"id": "in_1"}}))
    assert event.state is WebhookState.IGNORED
    assert lp.process_webhook_events() == 0
    with pytest.raises(Refused) as refused:
        lp.replay_webhook_event("evt_made_up", ADMIN)
    assert refused.value.rule == "webhook_event_ignored"


def test_an_event_of_a_foreign_account_is_ignored_and_one_of_ours_isnt(lp: Rehearsal) -> None:
    foreign = lp.receive_webhook(*forged(lp, account="acct_foreign"))
    assert foreign.state is WebhookState.IGNORED
    ours = lp.open_teacher_account(TEACHER, "FR", BACK, BACK).account.account_id
    assert lp.receive_webhook(*forged(lp, id="evt_2", account=ours)).state is WebhookState.RECEIVED


@pytest.mark.parametrize(
    ("body", "signature", "field"),
    [
        (b"{}", "t=1,v1=00", "signature"),
        (b"\xff\xfe", b"\xff", "signature"),
        (b"", "", "signature"),
        (b"x" * 300_000, "t=1,v1=00", "body"),
    ],
    ids=["unsigned", "no text", "empty", "huge"],
)
def test_what_stripe_didnt_sign_is_refused(lp: Rehearsal, body: bytes, signature: str | bytes, field: str) -> None:
    with pytest.raises(Invalid) as invalid:
        lp.receive_webhook(body, signature)
    assert invalid.value.field == field
    assert lp.ports.reports.unread_webhook_events() == 0


def test_an_event_that_comes_ten_times_is_noted_once(lp: Rehearsal) -> None:
    checkout = paying(lp)
    pay(lp, checkout)
    hand_over(lp, times=10)
    assert lp.ports.reports.unread_webhook_events() == len({"created", "succeeded", "charge"})
    lp.work()
    assert payment_of(lp, checkout.payment).state is PaymentState.SUCCEEDED


@pytest.mark.parametrize("seed", range(5))
def test_events_in_any_order_come_to_the_same(lp: Rehearsal, seed: int) -> None:
    ready(lp)
    request = approved(lp, completed(lp))
    lp.process_refund_request(request.id, ADMIN)
    lp.clock.advance(MINUTE)
    hand_over(lp, shuffled=random.Random(seed), times=2)  # noqa: S311 - an order, and no secret
    for _ in range(3):
        lp.process_webhook_events(limit=2)
    later(lp, 72 * HOUR)
    books = lp.ports.reports.story(request.booking_id).books_of(payment_of(lp, request))
    assert {str(account): money.amount_minor for account, money in books.items()} == {
        "stripe_balance": 2625 - 106 - 1000 - 1548,
        "platform_fee": 77,
        "stripe_fees": 106,
    }


def test_a_poison_event_stops_only_its_own_object(lp: Rehearsal) -> None:
    good = paying(lp)
    bad = paying(
        lp, lp.confirm_booking(lp.request_booking("s-2", offered(lp, "t-2").id, lp.clock.now() + DAY, 60).id, "t-2")
    )
    for checkout in (good, bad):
        pay(lp, checkout)
    path = f"/v1/payment_intents/{bad.payment.intent_id}"
    lp.stripe.faults.add("error_500_before", method="GET", path=path, times=1000)
    hand_over(lp)
    for _ in range(12):
        lp.process_webhook_events()
        lp.clock.advance(3 * HOUR)
    assert payment_of(lp, good.payment).state is PaymentState.SUCCEEDED
    assert payment_of(lp, bad.payment).state is PaymentState.OPEN
    parked = [alarm.subject for alarm in lp.ports.reports.open_alarms() if alarm.rule == "webhook_event_parked"]
    assert parked
    lp.stripe.faults.clear()
    lp.replay_webhook_event(parked[0], ADMIN)
    lp.process_webhook_events()
    assert payment_of(lp, bad.payment).state is PaymentState.SUCCEEDED


def test_a_replay_of_what_is_done_changes_nothing(lp: Rehearsal) -> None:
    payment = paid(lp)
    event = at_stripe(lp).events.list({"limit": 1}).data[0]
    before = everything(lp)
    lp.replay_webhook_event(event.id, ADMIN)
    assert lp.process_webhook_events() == 1
    assert everything(lp) == before
    assert payment_of(lp, payment).cash_id
    with pytest.raises(NotFound):
        lp.replay_webhook_event("evt_nowhere", ADMIN)


def test_a_database_that_is_busy_puts_the_event_off(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    lp.receive_webhook(*forged(lp, data={"object": {"id": paying(lp).payment.intent_id}}))
    lp.work()
    lp.replay_webhook_event("evt_made_up", ADMIN)

    def busy() -> None:
        raise Busy("the disk is full")

    meanwhile.before("begin", busy, nth=2)
    assert lp.process_webhook_events() == 1
    with lp.ports.transactions.begin() as transaction:
        event = transaction.webhook_event("evt_made_up")
    assert (event.state, event.reason) == (WebhookState.RETRY, "Busy: the disk is full")
    later(lp, MINUTE)
    assert state_of(lp, "evt_made_up") is WebhookState.DONE


def test_a_worker_paused_past_its_lease_closes_nothing(lp: Rehearsal, meanwhile: Meanwhile) -> None:
    lp.receive_webhook(*forged(lp))

    def take_over() -> None:
        lp.clock.advance(2 * MINUTE)
        assert lp.process_webhook_events() == 1

    meanwhile.before("intent", take_over)
    lp.process_webhook_events()
    with lp.ports.transactions.begin() as transaction:
        event = transaction.webhook_event("evt_made_up")
    assert (event.state, event.tries) == (WebhookState.DONE, 2)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (ObjectKind.REFUND, "/v1/refunds/*"),
        (ObjectKind.TRANSFER, "/v1/transfers/*"),
        (ObjectKind.ACCOUNT, "/v1/accounts/*"),
    ],
)
def test_an_object_that_stripe_doesnt_show_now_is_asked_for_again(lp: Rehearsal, kind: ObjectKind, path: str) -> None:
    lp.stripe.faults.add("rate_limited", method="GET", path=path)
    lp.receive_webhook(*forged(lp, type={"account": "account.updated"}.get(kind, f"{kind}.updated")))
    lp.process_webhook_events()
    assert state_of(lp, "evt_made_up") is WebhookState.RETRY


def test_an_object_that_we_dont_follow_is_nothing_of_ours(lp: Rehearsal) -> None:
    ports = lp.ports
    answer = look(
        ObjectKind.OTHER,
        "in_1",
        transactions=ports.transactions,
        gateway=ports.gateway,
        clock=ports.clock,
        identifiers=ports.identifiers,
    )
    assert answer == Answered(None)


def test_a_stored_event_keeps_nothing_of_its_content(lp: Rehearsal) -> None:
    body, signature = forged(lp, data={"object": {"id": "pi_1", "receipt_email": "ben@example.com"}})
    assert b"ben@example.com" in body
    event = lp.receive_webhook(body, signature)
    assert "ben@example.com" not in repr(event)
    assert json.loads(body)["id"] == event.id
