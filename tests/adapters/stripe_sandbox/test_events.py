"""Events and webhooks."""

import json
from datetime import timedelta

import pytest
import stripe

from tests.adapters.stripe_sandbox.shop import Shop

SECRET = "whsec_sandbox"


def test_webhooks_are_signed_with_the_clocks_time(shop: Shop) -> None:
    shop.paid()
    shop.clock.advance(timedelta(hours=1))
    deliveries = shop.sandbox.pending_webhooks()
    for delivery in deliveries:
        event = stripe.Webhook.construct_event(delivery.payload, delivery.signature, SECRET, tolerance=0)
        assert event.id == delivery.event_id
        assert (event.api_version, event.livemode, event.pending_webhooks) == ("2026-10-28.endive", False, 1)
        assert delivery.signature.startswith(f"t={int(shop.clock.now().timestamp())},v1=")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(deliveries[0].payload + b" ", deliveries[0].signature, SECRET, tolerance=0)


def test_an_event_shows_its_object_as_it_was(shop: Shop) -> None:
    intent = shop.intent()
    shop.stripe.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    states = [
        json.loads(delivery.payload)["data"]["object"]["status"]
        for delivery in shop.sandbox.pending_webhooks()
        if b'"payment_intent.' in delivery.payload
    ]
    assert states == ["requires_payment_method", "succeeded"]


def test_nothing_of_the_sandboxs_own_leaves_it(shop: Shop) -> None:
    customer = shop.stripe.customers.create({})
    shop.paid(customer=customer.id, setup_future_usage="off_session")
    with pytest.raises(stripe.CardError) as declined:
        shop.paid(card="pm_card_chargeDeclined")
    told = [delivery.payload.decode() for delivery in shop.sandbox.pending_webhooks()]
    listed = shop.send("GET", f"/v1/customers/{customer.id}/payment_methods").body.decode()
    for text in [*told, listed, str(declined.value.http_body)]:
        assert '"_' not in text
        assert "4242424242424242" not in text


def test_what_is_acknowledged_is_delivered_no_more(shop: Shop) -> None:
    shop.paid()
    first, *rest = shop.sandbox.pending_webhooks()
    shop.sandbox.acknowledge(first.event_id)
    shop.sandbox.acknowledge(first.event_id)
    assert [one.event_id for one in shop.sandbox.pending_webhooks()] == [one.event_id for one in rest]
    assert [one.event_id for one in shop.sandbox.pending_webhooks(1)] == [rest[0].event_id]
    assert shop.stripe.events.retrieve(first.event_id).pending_webhooks == 0


def test_an_event_names_the_request_that_caused_it(shop: Shop) -> None:
    shop.stripe.customers.create({}, {"idempotency_key": "customer:1:1"})
    intent = shop.paid()
    shop.clock.advance(timedelta(seconds=2))
    made = shop.stripe.events.list({"type": "customer.created"}).data[0].to_dict()
    captured = shop.stripe.events.list({"type": "charge.updated"}).data[0].to_dict()
    assert made["request"]["idempotency_key"] == "customer:1:1"
    assert made["request"]["id"].startswith("req_")
    assert captured["request"] == {"id": None, "idempotency_key": None}
    assert captured["data"]["object"]["payment_intent"] == intent.id


def test_events_are_listed_by_type_and_time(shop: Shop) -> None:
    shop.paid()
    shop.clock.advance(timedelta(hours=1))
    since = int(shop.clock.now().timestamp())
    shop.stripe.customers.create({})
    events = shop.stripe.events
    assert [one.type for one in events.list({"created": {"gte": since}})] == ["customer.created"]
    assert [one.type for one in events.list({"type": "charge.*"})] == ["charge.updated", "charge.succeeded"]
    both = events.list({"types": ["customer.created", "payment_intent.created"]})
    assert [one.type for one in both] == ["customer.created", "payment_intent.created"]
    with pytest.raises(stripe.InvalidRequestError):
        events.list({"type": "a", "types": ["b"]})


def test_events_are_listed_for_thirty_days(shop: Shop) -> None:
    shop.stripe.customers.create({})
    shop.clock.advance(timedelta(days=30))
    event = shop.stripe.events.list({}).data[0]
    shop.clock.advance(timedelta(seconds=1))
    assert shop.stripe.events.list({}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.events.retrieve(event.id)


def test_what_falls_due_happens_at_its_own_instant(shop: Shop) -> None:
    noon = shop.clock.now()
    shop.sandbox.adjust(10_000)
    intent = shop.paid(card="pm_card_refundFail")
    shop.clock.advance(timedelta(hours=1))
    shop.stripe.refunds.create({"payment_intent": intent.id})
    shop.clock.advance(timedelta(days=10))
    shop.sandbox.settle()
    told = {event.type: event.created for event in shop.stripe.events.list({"limit": 100})}
    assert told["refund.failed"] == int((noon + timedelta(hours=4)).timestamp())
    assert shop.sandbox.next_due() is None


def test_a_refused_request_tells_nothing(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.paid(customer="cus_unknown")
    assert shop.sandbox.pending_webhooks() == []
