"""Each way in which a call can end, through the real SDK, over answers in raw bytes."""

import json
import socket
import warnings
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
import stripe
import stripe.oauth_error
from hypothesis import given
from hypothesis import strategies as st

from linguapay_adapters.stripe.client import connect
from linguapay_adapters.stripe.gateway import StripeGateway
from linguapay_adapters.stripe.outcome import KEY_MENDED, LATEST, PAGES_AT_MOST, SOON, VERDICTS, judge
from linguapay_core.domain.answer import Answered, KeyNotTaken, Postponed, Rejected, Unknown
from linguapay_core.ports.gateway import Gateway
from tests.adapters.stripe.desk import CALLS, KEY, MadeUpStripe, error_body, gateway_over

CANARY = "pi_1_secret_canary"
BASES = {stripe.StripeErrorWithParamCode, stripe.oauth_error.OAuthError}
INVALID = "invalid_request_error"


def subclasses(error: type[Exception]) -> Iterator[type[Exception]]:
    for subclass in error.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def raised_by_the_sdk() -> set[type[Exception]]:
    return {error for error in subclasses(stripe.StripeError) if error.__module__.startswith("stripe.")}


def all_unknown(gateway: Gateway) -> bool:
    """Ask everything; what isn't unknown fails the test and shows itself."""
    others = {name: answer for name, ask in CALLS.items() if not isinstance(answer := ask(gateway), Unknown)}
    assert others == {}
    return True


def test_every_error_of_the_sdk_has_its_place_in_the_table() -> None:
    assert VERDICTS.keys() == raised_by_the_sdk() - BASES


def test_an_error_that_nobody_placed_is_unknown() -> None:
    class NewError(stripe.InvalidRequestError):
        """An error of a later version of the SDK."""

    error = NewError("No.", "amount", json_body={"error": {"type": INVALID}})  # type: ignore[no-untyped-call]
    assert isinstance(judge(error), Unknown)


def test_the_calls_of_these_tests_are_all_of_the_port() -> None:
    methods = {name for name in vars(Gateway) if not name.startswith("_")}
    assert CALLS.keys() == methods


@pytest.mark.parametrize(
    ("status", "fields", "outcome"),
    [
        (400, {"type": INVALID, "code": "c", "message": "m", "param": "p"}, Rejected("c", "m", "p")),
        (400, {"type": INVALID, "message": "m"}, Rejected(INVALID, "m")),
        (404, {"type": INVALID, "code": "resource_missing"}, Rejected("resource_missing", "")),
        (402, {"type": "card_error", "code": "card_declined", "decline_code": "lost_card"}, Rejected("lost_card", "")),
        (402, {"type": "card_error", "code": "incorrect_number"}, Rejected("incorrect_number", "")),
        (403, {"type": INVALID, "code": "account_invalid", "message": "m"}, Rejected("account_invalid", "m")),
        (400, {"type": INVALID, "code": "rate_limit"}, Postponed("Stripe is asked too often", SOON)),
        (429, {"type": INVALID, "code": "lock_timeout"}, Postponed("Stripe is asked too often", SOON)),
        (401, {"type": INVALID, "message": "Invalid key"}, KeyNotTaken("Stripe doesn't take our key", KEY_MENDED)),
        (403, {"type": INVALID}, KeyNotTaken("Stripe doesn't take our key", KEY_MENDED)),
    ],
)
def test_a_definite_status_ends_every_call_definitely(status: int, fields: dict[str, object], outcome: object) -> None:
    gateway = gateway_over(MadeUpStripe(error_body(**fields), status))
    assert {name: ask(gateway) for name, ask in CALLS.items()} == dict.fromkeys(CALLS, outcome)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, error_body(type="idempotency_error", message="other parameters")),
        (400, error_body(type="api_error")),
        (400, error_body(message="a stranger's")),
        (402, error_body(type="quota")),
        (409, error_body(type="idempotency_error", code="idempotency_key_in_use")),
        (409, error_body(type=INVALID, code="lock_timeout")),
        *((status, error_body(type="api_error")) for status in (301, 304, 405, 408, 413, 424, 500, 502, 503, 504, 599)),
        (500, error_body(type=INVALID)),
        (400, b"<html>Bad Request</html>"),
        (404, b""),
        (502, b"<html>Bad Gateway</html>"),
        *(
            (status, body)
            for status in (200, 400, 500)
            for body in (b"", b"{", b"null", b"[]", b"7", b'"a"', b"\xff\xfe")
        ),
        *(
            (status, body)
            for status in (400, 402, 429, 500)
            for body in (b"{}", b'{"error": null}', b'{"error": []}', b'{"error": 7}', b'{"error": "invalid_request"}')
            if (status, body) != (429, b"{}")
        ),
        (200, b'{"object": {}}'),
        (200, b'{"object": "list"}'),
        (200, b'{"object": "list", "data": {}, "has_more": false}'),
        (200, b'{"object": "list", "data": [7], "has_more": false}'),
        (200, b'{"object": "list", "data": [], "has_more": true}'),
        (200, b'{"object": "list", "data": []}'),
        (200, b'{"a":' * 900 + b"1" + b"}" * 900),
        (200, b"[" * 100_000),
        (200, b'{"id": ' + b"9" * 5000 + b"}"),
    ],
)
def test_whatever_isnt_definite_is_unknown(status: int, body: bytes) -> None:
    assert all_unknown(gateway_over(MadeUpStripe(body, status, {"Request-Id": "req_1"})))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["object", "id", "data", "error", "type", "code", "url", "status"]), inner)
    ),
    max_leaves=8,
)


@given(
    name=st.sampled_from(sorted(CALLS)),
    status=st.sampled_from([200, 201, 302, 400, 401, 402, 403, 404, 409, 429, 500]),
    body=st.binary(max_size=50) | json_values.map(lambda value: json.dumps(value).encode()),
)
def test_no_body_of_any_status_raises(name: str, status: int, body: bytes) -> None:
    made_up = MadeUpStripe(body, status)
    assert not isinstance(CALLS[name](gateway_over(made_up)), Answered)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("30", timedelta(seconds=30)),
        ("0", SOON),
        ("999999999", LATEST),
        ("-5", SOON),
        ("soon", SOON),
        ("Wed, 21 Oct 2026 07:28:00 GMT", SOON),
        ("", SOON),
        ("٣٠", SOON),
    ],
)
@pytest.mark.parametrize("header", ["Retry-After", "retry-after"])
def test_stripe_says_when_to_come_again_within_bounds(header: str, said: str, wait: timedelta) -> None:
    made_up = MadeUpStripe(error_body(type=INVALID), 429, {header: said})
    answer = gateway_over(made_up).intent("pi_1")
    assert isinstance(answer, Postponed)
    assert answer.retry_after == wait


@pytest.mark.parametrize(
    "error",
    [
        stripe.APIConnectionError("reset", should_retry=True),  # type: ignore[no-untyped-call]
        UserWarning("a notice, where warnings are errors"),
    ],
)
def test_a_broken_connection_is_unknown(error: Exception) -> None:
    assert all_unknown(gateway_over(MadeUpStripe(error=error)))


def test_a_notice_of_stripes_where_warnings_are_errors_is_unknown() -> None:
    made_up = MadeUpStripe(b'{"id": "cus_1"}', headers={"Stripe-Notice": "Your version is old."})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(CALLS["create_customer"](gateway_over(made_up)), Unknown)


def test_a_refused_connection_carried_nothing() -> None:
    """The only failure of the network that is sure to have had no effect."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        gateway = StripeGateway(connect(KEY, base_address=f"http://127.0.0.1:{port}"))
        answer = CALLS["create_refund"](gateway)
    assert answer == Postponed("Stripe can't be reached: no connection was made", SOON)


@pytest.mark.parametrize(
    "cause",
    [
        requests.ReadTimeout("read timed out"),
        requests.ConnectionError("Connection aborted."),
        requests.ConnectionError(),
        requests.TooManyRedirects("exceeded 0 redirects"),
        requests.exceptions.ChunkedEncodingError("broken"),
        requests.exceptions.SSLError("record"),
        ValueError("a header"),
    ],
)
def test_every_other_failure_of_the_network_is_unknown(cause: Exception) -> None:
    error = stripe.APIConnectionError("Unexpected error communicating with Stripe.")  # type: ignore[no-untyped-call]
    error.__cause__ = cause
    assert judge(error) == Unknown(f"the connection to Stripe broke ({type(cause).__name__})")


def test_a_list_is_read_to_its_end_or_not_at_all() -> None:
    page = {"object": "list", "data": [{"id": "re_1"}], "has_more": True}
    made_up = MadeUpStripe(json.dumps(page).encode())
    assert isinstance(gateway_over(made_up).refunds_of("pi_1"), Unknown)


def test_an_endless_list_ends() -> None:
    made_up = MadeUpStripe(json.dumps({"object": "list", "data": [REFUND], "has_more": True}).encode())
    assert gateway_over(made_up).refunds_of("pi_1") == Unknown(f"the list goes on after {PAGES_AT_MOST} pages")
    assert len(made_up.asked) == PAGES_AT_MOST


REFUND = {
    "id": "re_1",
    "object": "refund",
    "amount": 100,
    "currency": "usd",
    "status": "succeeded",
    "payment_intent": "pi_1",
    "metadata": {},
}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, f'{{"object": "payment_intent", "client_secret": "{CANARY}", "status": 7'.encode()),
        (200, f'{{"object": "payment_intent", "client_secret": "{CANARY}", "status": "{CANARY}"}}'.encode()),
        (200, CANARY.encode()),
        (500, error_body(type="api_error", message=CANARY)),
        (400, error_body(type=INVALID, message=f"The secret {CANARY} is wrong, canary@example.com")),
        (401, error_body(type=INVALID, message="Invalid API Key: sk_test_canary")),
        (402, error_body(type="card_error", code="x", message=f"sk_live_canary {CANARY}")),
    ],
)
def test_no_outcome_repeats_a_secret(status: int, body: bytes) -> None:
    gateway = gateway_over(MadeUpStripe(body, status))
    assert "canary" not in repr([ask(gateway) for ask in CALLS.values()])
