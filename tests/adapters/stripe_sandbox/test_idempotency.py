"""Idempotency keys."""

from datetime import timedelta

import pytest
import stripe

from tests.adapters.stripe_sandbox.shop import Shop

ASKED = {"amount": 2100, "currency": "usd", "allowed_payment_method_types": ["card"]}
PAID = {**ASKED, "payment_method": "pm_card_visa", "confirm": True}


def ask(shop: Shop, asked: dict[str, object], key: str) -> stripe.PaymentIntent:
    return shop.stripe.payment_intents.create(asked, {"idempotency_key": key})  # type: ignore[arg-type]


def test_the_same_key_gives_the_same_answer_and_one_effect(shop: Shop) -> None:
    first, second = ask(shop, PAID, "pay:1:1"), ask(shop, PAID, "pay:1:1")
    assert first.to_dict() == second.to_dict()
    assert first.last_response is not None
    assert second.last_response is not None
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert second.last_response.headers["Original-Request"] == first.last_response.request_id
    assert len(shop.stripe.charges.list({}).data) == 1


def test_without_a_key_of_ours_every_request_is_a_new_one(shop: Shop) -> None:
    assert shop.paid().id != shop.paid().id


def test_a_decline_is_replayed_too(shop: Shop) -> None:
    declined = {**PAID, "payment_method": "pm_card_chargeDeclined"}
    messages = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            ask(shop, declined, "pay:1:1")
        messages.append(refused.value.json_body)
    assert messages[0] == messages[1]
    assert len(shop.stripe.charges.list({}).data) == 1


def test_a_refusal_of_the_endpoint_is_replayed_even_if_it_would_go_now(shop: Shop) -> None:
    intent = shop.intent()
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError):
            shop.stripe.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "refund:1:1"})
        if intent.status != "succeeded":
            intent = shop.stripe.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert shop.stripe.refunds.list({}).data == []


def test_failed_validation_is_not_kept(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        ask(shop, {**ASKED, "amount": "much"}, "pay:1:1")
    assert ask(shop, ASKED, "pay:1:1").amount == 2100


@pytest.mark.parametrize("changed", [{"amount": 2200}, {"metadata": {"a": "b"}}])
def test_a_key_stands_for_one_set_of_parameters(shop: Shop, changed: dict[str, object]) -> None:
    ask(shop, ASKED, "pay:1:1")
    with pytest.raises(stripe.IdempotencyError) as refused:
        ask(shop, {**ASKED, **changed}, "pay:1:1")
    assert refused.value.http_status == 400
    assert len(shop.stripe.payment_intents.list({}).data) == 1


def test_a_key_stands_for_one_endpoint(shop: Shop) -> None:
    ask(shop, ASKED, "pay:1:1")
    with pytest.raises(stripe.IdempotencyError):
        shop.stripe.customers.create({}, {"idempotency_key": "pay:1:1"})


def test_keys_are_forgotten_after_a_day_and_then_stand_for_new_requests(shop: Shop) -> None:
    first = ask(shop, ASKED, "pay:1:1")
    shop.clock.advance(timedelta(hours=23, minutes=59))
    assert ask(shop, ASKED, "pay:1:1").id == first.id
    shop.clock.advance(timedelta(minutes=1))
    assert ask(shop, ASKED, "pay:1:1").id != first.id


def test_old_keys_can_be_pruned(shop: Shop) -> None:
    ask(shop, ASKED, "pay:1:1")
    assert shop.sandbox.prune_idempotency_keys() == 0
    shop.clock.advance(timedelta(hours=24))
    assert shop.sandbox.prune_idempotency_keys() == 1


def test_a_key_has_at_most_255_characters(shop: Shop) -> None:
    assert ask(shop, ASKED, "k" * 255).id
    with pytest.raises(stripe.InvalidRequestError):
        ask(shop, ASKED, "k" * 256)


def test_a_key_of_one_account_is_free_in_another(shop: Shop) -> None:
    teacher = shop.teacher()
    shop.stripe.customers.create({}, {"idempotency_key": "k"})
    shop.stripe.customers.create({}, {"idempotency_key": "k", "stripe_account": teacher.id})
    assert len(shop.stripe.customers.list({}).data) == 1
