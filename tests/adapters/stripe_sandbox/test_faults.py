"""Faults on demand: each kind, and which request it hits."""

import json
from datetime import timedelta

import pytest
import stripe

from linguapay_adapters.stripe_sandbox.faults import COURSES, Fault
from tests.adapters.stripe_sandbox.shop import Shop

KEY: stripe.RequestOptions = {"idempotency_key": "customer:1:1"}
NOTHING_HAPPENED = ["dropped_before", "error_500_before", "rate_limited", "conflict"]
RAISED: list[tuple[str, type[stripe.StripeError], int | None]] = [
    ("dropped_before", stripe.APIConnectionError, None),
    ("dropped_after", stripe.APIConnectionError, None),
    ("error_500_before", stripe.APIError, 500),
    ("error_500_after", stripe.APIError, 500),
    ("error_500_stored_without_effect", stripe.APIError, 500),
    ("rate_limited", stripe.RateLimitError, 429),
    ("conflict", stripe.APIError, 409),
    ("truncated_body", stripe.APIConnectionError, None),
    ("foreign_body", stripe.APIError, 502),
]


def customers(shop: Shop) -> int:
    return len(shop.stripe.customers.list({}).data)


@pytest.mark.parametrize(("kind", "error", "status"), RAISED)
def test_each_fault_is_what_the_sdk_raises_for_it(
    shop: Shop, kind: str, error: type[stripe.StripeError], status: int | None
) -> None:
    shop.sandbox.faults.add(kind, method="POST", path="/v1/customers")
    with pytest.raises(error) as raised:
        shop.stripe.customers.create({}, KEY)
    assert raised.value.http_status == status
    assert customers(shop) == COURSES[kind].takes_effect


@pytest.mark.parametrize("kind", NOTHING_HAPPENED)
def test_what_never_began_is_not_kept_under_the_key(shop: Shop, kind: str) -> None:
    shop.sandbox.faults.add(kind, method="POST")
    with pytest.raises(stripe.StripeError):
        shop.stripe.customers.create({}, KEY)
    again = shop.stripe.customers.create({}, KEY)
    assert again.last_response is not None
    assert "Idempotent-Replayed" not in again.last_response.headers
    assert customers(shop) == 1


@pytest.mark.parametrize("kind", ["dropped_after", "truncated_body", "foreign_body"])
def test_an_answer_that_got_lost_is_given_again(shop: Shop, kind: str) -> None:
    shop.sandbox.faults.add(kind, method="POST")
    with pytest.raises(stripe.StripeError):
        shop.stripe.customers.create({}, KEY)
    again = shop.stripe.customers.create({}, KEY)
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert customers(shop) == 1


@pytest.mark.parametrize(("kind", "effects"), [("error_500_after", 1), ("error_500_stored_without_effect", 0)])
def test_a_kept_500_is_given_again_until_the_key_is_forgotten(shop: Shop, kind: str, effects: int) -> None:
    shop.sandbox.faults.add(kind, method="POST")
    for _ in range(3):
        with pytest.raises(stripe.APIError) as raised:
            shop.stripe.customers.create({}, KEY)
        assert raised.value.http_status == 500
    assert customers(shop) == effects
    shop.clock.advance(timedelta(days=1))
    shop.stripe.customers.create({}, KEY)
    assert customers(shop) == effects + 1


def test_a_slow_request_pauses_and_then_answers(shop: Shop) -> None:
    shop.sandbox.faults.add("slow", seconds=90)
    assert shop.stripe.customers.create({}).id
    assert shop.pauses == [90]


def test_a_connection_may_drop_after_a_long_wait(shop: Shop) -> None:
    shop.sandbox.faults.add("dropped_after", method="POST", seconds=80)
    with pytest.raises(stripe.APIConnectionError):
        shop.stripe.customers.create({})
    assert (shop.pauses, customers(shop)) == ([80], 1)


def test_the_second_refund_is_hit_and_no_other(shop: Shop) -> None:
    shop.sandbox.adjust(10_000)
    intent = shop.paid()
    shop.sandbox.faults.add("dropped_after", method="POST", path="/v1/refunds", nth=2)
    hit = []
    for number in range(4):
        try:
            shop.stripe.refunds.create({"payment_intent": intent.id, "amount": 100})
        except stripe.APIConnectionError:
            hit.append(number)
    assert hit == [1]
    assert shop.charge_of(intent).amount_refunded == 400


def test_a_fault_hits_as_often_as_it_should(shop: Shop) -> None:
    shop.sandbox.faults.add("rate_limited", nth=2, times=2)
    outcomes = []
    for _ in range(5):
        try:
            shop.stripe.balance.retrieve()
            outcomes.append("ok")
        except stripe.RateLimitError:
            outcomes.append("429")
    assert outcomes == ["ok", "429", "429", "ok", "ok"]


def test_what_was_hit_is_reported(shop: Shop) -> None:
    number = shop.sandbox.faults.add("conflict", method="POST")
    assert [record.number for record in shop.sandbox.faults.waiting()] == [number]
    with pytest.raises(stripe.APIError):
        shop.stripe.customers.create({})
    assert shop.sandbox.faults.waiting() == []
    record = shop.sandbox.faults.consumed()[0]
    assert (record.number, record.seen, record.hits) == (number, 1, 1)
    shop.sandbox.faults.clear()
    assert shop.sandbox.faults.records() == []


@pytest.mark.parametrize(
    ("pattern", "path", "does_match"),
    [
        ("/v1/*", "/v1/refunds", True),
        ("/v1/*", "/v1/payment_intents/pi_1/confirm", True),
        ("/v1/payment_intents/*/confirm", "/v1/payment_intents/pi_1/confirm", True),
        ("/v1/payment_intents/*/confirm", "/v1/payment_intents/pi_1/cancel", False),
        ("/v1/payment_intents", "/v1/payment_intents/pi_1", False),
        ("/v1/refunds", "/v1/transfers", False),
        ("/v1/*", "/sandbox/settle", False),
    ],
)
def test_a_rule_matches_paths_segment_by_segment(pattern: str, path: str, does_match: bool) -> None:
    assert Fault("slow", path=pattern).matches("POST", path) is does_match


@pytest.mark.parametrize("wrong", [{"kind": "bad luck"}, {"kind": "slow", "nth": 0}, {"kind": "slow", "times": 0}])
def test_a_rule_that_cannot_be_is_refused(shop: Shop, wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no such fault|count from 1"):
        shop.sandbox.faults.add(**wrong)  # type: ignore[arg-type]


def test_faults_are_added_over_http(shop: Shop) -> None:
    added = shop.send("POST", "/sandbox/faults", "kind=rate_limited&method=POST&path=/v1/customers&nth=1")
    assert added.status == 200
    assert shop.send("POST", "/v1/customers").status == 429
    listed = json.loads(shop.send("GET", "/sandbox/faults").body)["data"]
    assert [(one["fault"]["kind"], one["is_consumed"]) for one in listed] == [("rate_limited", True)]
    assert shop.send("POST", "/sandbox/faults", "kind=slow&nth=0").status == 400
    assert shop.send("DELETE", "/sandbox/faults").status == 200
    assert json.loads(shop.send("GET", "/sandbox/faults").body)["data"] == []
