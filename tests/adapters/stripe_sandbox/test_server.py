"""The sandbox over a real socket, under many threads, and as a file that several processes share."""

import json
import multiprocessing
import sqlite3
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
import stripe

from linguapay_adapters.stripe_sandbox.server import served
from tests.adapters.stripe_sandbox.shop import SECRET_KEY, Shop


@pytest.fixture
def url(shop: Shop) -> Iterator[str]:
    with served(shop.sandbox) as url:
        yield url


@pytest.fixture
def remote(url: str) -> Iterator[stripe.StripeClient]:
    http_client = stripe.RequestsClient(timeout=10)
    yield stripe.StripeClient(SECRET_KEY, base_addresses={"api": url}, max_network_retries=0, http_client=http_client)
    http_client.close()  # type: ignore[no-untyped-call]


def post(url: str, **form: str) -> dict[str, object]:
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
    request = urllib.request.Request(url, body, {"Authorization": f"Bearer {SECRET_KEY}"})  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        document: dict[str, object] = json.load(answer)
    return document


def test_the_story_is_the_same_over_a_socket(shop: Shop, url: str, remote: stripe.StripeClient) -> None:
    asked: stripe.params.PaymentIntentCreateParams = {
        "amount": 2100,
        "currency": "usd",
        "payment_method": "pm_card_authenticationRequired",
        "confirm": True,
        "allowed_payment_method_types": ["card"],
    }
    intent = remote.v1.payment_intents.create(asked, {"idempotency_key": "pay:1:1"})
    assert intent.status == "requires_action"
    post(f"{url}/sandbox/intents/{intent.id}/complete_action", succeeds="true")
    shop.clock.advance(timedelta(seconds=2))
    post(f"{url}/sandbox/settle")
    post(f"{url}/sandbox/adjustments", amount="91", currency="usd", description="fee")
    refund = remote.v1.refunds.create({"payment_intent": intent.id})
    assert (refund.status, sum(shop.balance())) == ("succeeded", 0)
    replayed = remote.v1.payment_intents.create(asked, {"idempotency_key": "pay:1:1"})
    assert replayed.last_response is not None
    assert replayed.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        remote.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_already_refunded"


def test_accounts_and_webhooks_are_driven_over_http(shop: Shop, url: str, remote: stripe.StripeClient) -> None:
    account = remote.v1.accounts.create({"type": "express", "capabilities": {"transfers": {"requested": True}}})
    post(f"{url}/sandbox/accounts/{account.id}/complete_onboarding")
    assert remote.v1.accounts.retrieve(account.id).details_submitted
    answer = shop.send("GET", "/sandbox/webhooks?limit=5")
    waiting = json.loads(answer.body)["data"]
    event = stripe.Webhook.construct_event(waiting[0]["payload"], waiting[0]["signature"], "whsec_sandbox", tolerance=0)
    assert event.type == "account.updated"
    post(f"{url}/sandbox/webhooks/{event.id}/acknowledge")
    assert shop.sandbox.pending_webhooks() == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("dropped_before", stripe.APIConnectionError),
        ("dropped_after", stripe.APIConnectionError),
        ("truncated_body", stripe.APIConnectionError),
        ("foreign_body", stripe.APIError),
        ("error_500_after", stripe.APIError),
        ("rate_limited", stripe.RateLimitError),
    ],
)
def test_faults_are_raised_over_a_socket_as_in_process(
    shop: Shop, remote: stripe.StripeClient, kind: str, error: type[stripe.StripeError]
) -> None:
    shop.sandbox.faults.add(kind, method="POST")
    with pytest.raises(error):
        remote.v1.customers.create({})
    assert remote.v1.customers.create({}).id


def test_bytes_that_are_no_text_are_no_breakdown(shop: Shop, url: str) -> None:
    request = urllib.request.Request(f"{url}/v1/customers", b"email=\xff\xfe", method="POST")  # noqa: S310
    request.add_header("Authorization", f"Bearer {SECRET_KEY}")
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert answer.status == 200
    assert len(shop.stripe.customers.list({}).data) == 1


def test_a_hundred_threads_with_one_key_make_one_charge(shop: Shop) -> None:
    def pay(_: int) -> str:
        return shop.stripe.payment_intents.create(
            {
                "amount": 2100,
                "currency": "usd",
                "payment_method": "pm_card_visa",
                "confirm": True,
                "allowed_payment_method_types": ["card"],
            },
            {"idempotency_key": "pay:1:1"},
        ).id

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(pay, range(100)))) == 1
    assert len(shop.stripe.charges.list({}).data) == 1


def test_racing_refunds_never_exceed_the_charge(shop: Shop) -> None:
    shop.sandbox.adjust(10_000)
    intent = shop.paid(1000)

    def refund(_: int) -> int:
        try:
            return shop.stripe.refunds.create({"payment_intent": intent.id, "amount": 300}).amount
        except stripe.InvalidRequestError:
            return 0

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(refund, range(8))) == 900
    assert shop.charge_of(intent).amount_refunded == 900


def test_state_survives_in_its_file(tmp_path: Path) -> None:
    first = Shop(path=tmp_path / "stripe.sqlite")
    intent = first.paid()
    first.sandbox.faults.add("rate_limited", nth=5)
    first.sandbox.close()
    second = Shop(path=tmp_path / "stripe.sqlite")
    second.clock.advance(timedelta(seconds=2))
    second.sandbox.settle()
    assert [record.fault.nth for record in second.sandbox.faults.waiting()] == [5]
    assert sum(second.balance()) == 2009
    assert second.stripe.payment_intents.retrieve(intent.id).status == "succeeded"
    second.sandbox.close()
    connection = sqlite3.connect(tmp_path / "stripe.sqlite")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    together = Barrier(8)

    def open_it(_: int) -> Shop:
        together.wait()
        return Shop(path=tmp_path / "stripe.sqlite")

    with ThreadPoolExecutor(8) as pool:
        shops = list(pool.map(open_it, range(8)))
    shops[0].sandbox.adjust(500)
    assert [one.balance() for one in shops] == [(500, 0)] * 8
    for one in shops:
        one.sandbox.close()


def refund_from_another_process(path: str, intent: str, number: int) -> int:
    shop = Shop(path=Path(path), first_number=number * 1_000_000)
    refunded = 0
    for _ in range(5):
        try:
            refunded += shop.stripe.refunds.create({"payment_intent": intent, "amount": 100}).amount
        except stripe.InvalidRequestError:
            continue
    shop.sandbox.close()
    return refunded


def test_several_processes_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "stripe.sqlite"
    shop = Shop(path=path)
    shop.sandbox.adjust(10_000)
    intent = shop.paid(1000)
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        work = [(str(path), intent.id, number) for number in (1, 2, 3)]
        refunded = pool.starmap(refund_from_another_process, work)
    assert sum(refunded) == 1000
    assert shop.charge_of(intent).amount_refunded == 1000
    shop.sandbox.close()
