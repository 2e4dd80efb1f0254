"""What Stripe tells us: believed when signed, noted down once, and processed later."""

from __future__ import annotations

import hashlib
import hmac
import json

from linguapay_adapters.composition import SANDBOX_WEBHOOK_SECRET, Rehearsal
from linguapay_core.domain.errors import Busy, InDoubt
from linguapay_core.domain.webhook_event import WebhookEvent
from tests.http.conftest import Client
from tests.use_cases.conftest import Meanwhile
from tests.use_cases.stage import pay, paying, payment_of

HOOK = "/api/payments/webhooks/stripe/"


def signed(body: bytes, at: int, secret: str = SANDBOX_WEBHOOK_SECRET) -> dict[str, str]:
    """The header that Stripe sends with a body (Stripe: Verify webhook signatures)."""
    signature = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={signature}", "Content-Type": "application/json"}


def noted_down(lp: Rehearsal) -> list[str]:
    """The events of Stripe's that we know of."""
    return sorted(event.id for event in lp.list_records(WebhookEvent).items)


def test_stripes_webhooks_bring_the_payment_in(lp: Rehearsal, client: Client) -> None:
    checkout = paying(lp)
    pay(lp, checkout)
    waiting = lp.stripe.pending_webhooks()
    assert waiting
    for delivery in [*waiting, *reversed(waiting)]:
        answer = client.post(HOOK, content=delivery.payload, headers={"Stripe-Signature": delivery.signature})
        assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert noted_down(lp) == sorted(delivery.event_id for delivery in waiting)
    while lp.process_webhook_events():
        pass
    assert payment_of(lp, checkout.payment).state == "succeeded"


def test_what_stripe_didnt_sign_for_us_and_just_now_is_a_400(lp: Rehearsal, client: Client) -> None:
    pay(lp, paying(lp))
    body = lp.stripe.pending_webhooks()[0].payload
    now = int(lp.clock.now().timestamp())
    live = json.dumps(json.loads(body) | {"livemode": True}).encode()
    nested = b"[" * 30_000
    cases: tuple[tuple[bytes, dict[str, str]], ...] = (
        (body, {}),
        (body, {"Stripe-Signature": ""}),
        (body, {"Stripe-Signature": "t=1,v1=\u00e9"}),
        (body, signed(body, now, "whsec_other")),
        (body, signed(body, now - 301)),
        (body, signed(body, now + 301)),
        (body + b" ", signed(body, now)),
        (live, signed(live, now)),
        (b"", signed(b"", now)),
        (b"\xff", signed(b"\xff", now)),
        (b"{}", signed(b"{}", now)),
        (nested, signed(nested, now)),
    )
    for content, headers in cases:
        encoded = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
        answer = client.post(HOOK, content=content, headers=encoded)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/malformed"), headers
        assert SANDBOX_WEBHOOK_SECRET not in answer.text
    assert noted_down(lp) == []


def test_what_cant_be_noted_down_isnt_acknowledged(lp: Rehearsal, client: Client, meanwhile: Meanwhile) -> None:
    def gone() -> None:
        raise Busy("The database is gone.")

    pay(lp, paying(lp))
    delivery = lp.stripe.pending_webhooks()[0]
    headers = {"Stripe-Signature": delivery.signature}
    meanwhile.before("begin", gone)
    answer = client.post(HOOK, content=delivery.payload, headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert client.post(HOOK, content=delivery.payload, headers=headers).status_code == 200
    assert noted_down(lp) == [delivery.event_id]


def test_a_commit_whose_answer_was_lost_is_repeated_and_noted_once(
    lp: Rehearsal, client: Client, meanwhile: Meanwhile
) -> None:
    def lost() -> None:
        raise InDoubt("The connection broke while it committed.")

    pay(lp, paying(lp))
    delivery = lp.stripe.pending_webhooks()[0]
    headers = {"Stripe-Signature": delivery.signature}
    meanwhile.after("commit", lost)
    answer = client.post(HOOK, content=delivery.payload, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/in-doubt")
    assert answer.headers["Retry-After"] == "1"
    assert client.post(HOOK, content=delivery.payload, headers=headers).status_code == 200
    assert noted_down(lp) == [delivery.event_id]


def test_the_hook_is_for_posting_alone(client: Client) -> None:
    answer = client.get(HOOK)
    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method-not-allowed")
