"""The webhook reader lets in what Stripe signed, and nothing else, whatever bytes come."""

import hmac
import json
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from linguapay_adapters.stripe.lanes import LANES
from linguapay_adapters.stripe.webhook_reader import LARGEST_BYTES, StripeWebhookReader
from linguapay_adapters.system.clock import MovableClock
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.object_kind import ObjectKind
from linguapay_core.domain.seen import SeenEvent
from linguapay_core.ports.webhook_reader import WebhookReader
from tests.adapters.stripe.desk import BOOKING, NOON, Desk, usd, value_of

SECRET, NEW_SECRET = "whsec_old_canary", "whsec_new_canary"
NOW = int(NOON.timestamp())


def reader(*secrets: str, live: bool | None = False, **more: int) -> WebhookReader:
    return StripeWebhookReader(secrets or (SECRET,), MovableClock(NOON), live=live, **more)


def body_of(kind: str = "payment_intent.succeeded", **more: object) -> bytes:
    event = {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "type": kind,
        "livemode": False,
        "created": NOW,
        "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
    }
    return json.dumps(event | more).encode()


def signed(body: bytes, secret: str = SECRET, at: int = NOW) -> str:
    """The header as Stripe's own SDK makes it."""
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at)  # type: ignore[no-any-return]


def refusal(body: bytes, signature: str | bytes, by: WebhookReader | None = None) -> str:
    """Which field is refused. The refusal may name no secret."""
    with pytest.raises(Invalid) as refused:
        (by or reader()).read(body, signature)
    assert "canary" not in str(refused.value)
    return refused.value.field


def test_what_stripe_signed_is_read() -> None:
    event = reader().read(body_of(), signed(body_of()))
    assert event == SeenEvent(
        "evt_1", "payment_intent.succeeded", ObjectKind.INTENT, "pi_1", live=False, created_at=NOON
    )


def test_the_header_may_come_in_bytes() -> None:
    assert reader().read(body_of(), signed(body_of()).encode()).id == "evt_1"


@pytest.mark.parametrize("age_seconds", [-300, -299, 0, 300])
def test_a_stamp_within_five_minutes_either_way_is_believed(age_seconds: int) -> None:
    assert reader().read(body_of(), signed(body_of(), at=NOW - age_seconds)).id == "evt_1"


@pytest.mark.parametrize("age_seconds", [301, -301, 86_400, -86_400, NOW, NOW - 99_999_999_999])
def test_an_old_stamp_and_one_of_the_future_are_refused(age_seconds: int) -> None:
    assert refusal(body_of(), signed(body_of(), at=NOW - age_seconds)) == "signature"


def test_the_tolerance_can_be_set() -> None:
    assert reader(tolerance_seconds=600).read(body_of(), signed(body_of(), at=NOW - 600)).id == "evt_1"


@pytest.mark.parametrize("secret", [SECRET, NEW_SECRET])
def test_while_a_secret_is_exchanged_both_are_believed(secret: str) -> None:
    assert reader(SECRET, NEW_SECRET).read(body_of(), signed(body_of(), secret)).id == "evt_1"


@pytest.mark.parametrize("first_v1", [SECRET, NEW_SECRET])
def test_any_of_several_signatures_suffices(first_v1: str) -> None:
    """While a secret is rotated at Stripe, the header holds a signature for each."""
    second_v1 = NEW_SECRET if first_v1 == SECRET else SECRET
    header = f"{signed(body_of(), first_v1)},{signed(body_of(), second_v1).partition(',')[2]},v0=abc"
    assert reader().read(body_of(), header).id == "evt_1"


def test_another_secret_another_body_or_another_scheme_is_refused() -> None:
    assert refusal(body_of(), signed(body_of(), "whsec_wrong")) == "signature"
    assert refusal(body_of(id="evt_2"), signed(body_of())) == "signature"
    assert refusal(body_of(), signed(body_of()).replace("v1=", "v0=")) == "signature"


def test_a_stamp_that_wasnt_signed_is_refused() -> None:
    assert refusal(body_of(), signed(body_of(), at=NOW - 1).replace(str(NOW - 1), str(NOW))) == "signature"


@pytest.mark.parametrize(
    "header",
    [
        "",
        ",",
        "=",
        "t",
        "t=",
        "v1=abc",
        f"t={NOW}",
        f"t={NOW},v1",
        "t=soon,v1=abc",
        f"t={NOW}.5,v1=abc",
        f"t=-{NOW},v1=abc",
        f"t={NOW},t={NOW},v1=abc",
        "t=" + "9" * 4000 + ",v1=abc",
        f"t={NOW}," + "v1=abc," * 1000,
        f"t={NOW},v1=ä",
        "t=١٢٣,v1=abc",
        b"\xff\xfe",
        f"t={NOW},v1=".encode() + b"\xe4" * 64,
        f"t={NOW},v1=\ud800",
    ],
)
def test_a_header_that_isnt_stripes_is_refused(header: str | bytes) -> None:
    assert refusal(body_of(), header) == "signature"


@given(body=st.binary(max_size=200), header=st.text(max_size=80) | st.binary(max_size=80))
def test_no_bytes_from_strangers_do_anything_but_be_refused(body: bytes, header: str | bytes) -> None:
    assert refusal(body, header) == "signature"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"7",
        b"{",
        b"{}",
        b"[" * 200_000,
        b'{"a":' * 40_000,
        body_of(object="v2.core.event"),
        body_of(id=None),
        body_of(kind=7),  # type: ignore[arg-type]
        body_of(livemode="false"),
        body_of(created="today"),
        body_of(created=10**15),
        body_of(created=True),
        body_of(data=None),
        body_of(data={}),
        body_of(data={"object": []}),
        body_of(data={"object": {"id": 7}}),
        body_of(account=7),
    ],
)
def test_a_signed_body_that_isnt_an_event_is_refused(body: bytes) -> None:
    """A leaked secret, or another sender with the same one, still finds a strict parser."""
    signature = _signed_bytes(body)
    assert refusal(body, signature) == "body"


def _signed_bytes(body: bytes) -> str:
    """Sign bytes that need not be text, which the SDK's own signer can't."""

    return f"t={NOW},v1={hmac.digest(SECRET.encode(), b'%d.' % NOW + body, 'sha256').hex()}"


def test_a_huge_body_is_refused_before_it_is_looked_at() -> None:
    body = body_of(padding=" " * LARGEST_BYTES)
    assert refusal(body, signed(body)) == "body"
    assert reader(largest_bytes=len(body)).read(body, signed(body)).id == "evt_1"


@pytest.mark.parametrize(("ours", "theirs"), [(True, False), (False, True)])
def test_the_other_mode_is_refused(ours: bool, theirs: bool) -> None:
    body = body_of(livemode=theirs)
    assert refusal(body, signed(body), reader(live=ours)) == "body"


@pytest.mark.parametrize("live", [True, False])
def test_both_modes_are_read_where_both_may_come(live: bool) -> None:
    body = body_of(livemode=live)
    assert reader(live=None).read(body, signed(body)).live is live


@pytest.mark.parametrize("secrets", [(), ("",), (" ",), (SECRET, "")])
def test_a_reader_without_a_secret_cant_be_made(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="secret"):
        StripeWebhookReader(secrets, MovableClock(NOON), live=False)


def test_a_reader_doesnt_show_its_secrets() -> None:
    by = reader()
    assert "canary" not in f"{by!r} {vars(by)!r}"


def test_a_newer_version_and_fields_that_we_dont_know_are_read_all_the_same() -> None:
    body = body_of(api_version="2031-01-01.later", novelty={"a": [1]})
    assert reader().read(body, signed(body)).id == "evt_1"


@pytest.mark.parametrize(
    ("kind", "about", "lane"),
    [
        ("payment_intent.created", {"id": "pi_1"}, (ObjectKind.INTENT, "pi_1")),
        ("payment_intent.a_new_one", {"id": "pi_1"}, (ObjectKind.INTENT, "pi_1")),
        ("charge.succeeded", {"id": "ch_1", "payment_intent": "pi_1"}, (ObjectKind.INTENT, "pi_1")),
        ("charge.updated", {"id": "ch_1", "payment_intent": {"id": "pi_1"}}, (ObjectKind.INTENT, "pi_1")),
        ("charge.refunded", {"id": "ch_1", "payment_intent": None}, (ObjectKind.OTHER, "ch_1")),
        ("charge.failed", {"id": "ch_1"}, (ObjectKind.OTHER, "ch_1")),
        ("charge.dispute.created", {"id": "dp_1", "payment_intent": "pi_1"}, (ObjectKind.OTHER, "dp_1")),
        ("charge.refund.updated", {"id": "re_1", "payment_intent": "pi_1"}, (ObjectKind.REFUND, "re_1")),
        ("refund.created", {"id": "re_1"}, (ObjectKind.REFUND, "re_1")),
        ("refund.failed", {"id": "re_1"}, (ObjectKind.REFUND, "re_1")),
        ("transfer.reversed", {"id": "tr_1"}, (ObjectKind.TRANSFER, "tr_1")),
        ("account.updated", {"id": "acct_1"}, (ObjectKind.ACCOUNT, "acct_1")),
        ("account.application.deauthorized", {"id": "ca_1"}, (ObjectKind.OTHER, "ca_1")),
        ("balance.available", {"object": "balance"}, (ObjectKind.OTHER, "")),
        ("payment_intent.created", {}, (ObjectKind.OTHER, "")),
        ("payout.paid", {"id": "po_1"}, (ObjectKind.OTHER, "po_1")),
        ("", {"id": "x"}, (ObjectKind.OTHER, "x")),
    ],
)
def test_each_type_of_event_has_its_lane(kind: str, about: dict[str, Any], lane: tuple[ObjectKind, str]) -> None:
    body = body_of(kind, data={"object": about})
    event = reader().read(body, signed(body))
    assert (event.object_kind, event.object_id) == lane


def test_no_lane_is_hidden_behind_a_shorter_one_above_it() -> None:
    prefixes = [prefix for prefix, _, _ in LANES]
    hidden = [
        (i, j)
        for i, above in enumerate(prefixes)
        for j, below in enumerate(prefixes)
        if i < j and below.startswith(above)
    ]
    assert hidden == []


def test_every_webhook_of_the_sandbox_is_read_as_it_is_listed(desk: Desk) -> None:
    paid, account = desk.paid(), desk.account()
    assert paid.charge is not None
    value_of(desk.gateway.create_refund(desk.refund_order(paid.id, 100)))
    transfer = value_of(desk.gateway.create_transfer(desk.transfer_order(account, paid.charge.id, 500)))
    value_of(desk.gateway.reverse_transfer(transfer.id, key="r", amount=usd(100)))
    by = StripeWebhookReader(("whsec_sandbox",), desk.clock, live=False)
    sent = [by.read(delivery.payload, delivery.signature) for delivery in desk.sandbox.pending_webhooks()]
    listed = value_of(desk.gateway.events(since=NOON)).items
    assert {event.id: event for event in sent if not event.account_id} == {event.id: event for event in listed}
    news = {(event.kind, event.object_kind, event.object_id, event.account_id) for event in sent}
    assert ("account.updated", ObjectKind.ACCOUNT, account, account) in news
    assert ("transfer.reversed", ObjectKind.TRANSFER, transfer.id, "") in news
    assert value_of(desk.gateway.transfers_of(BOOKING))[0].id == transfer.id
