"""What goes over the wire: the version, the keys, one try, bounded waits; and nothing about us."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from linguapay_adapters.stripe.client import (
    API_VERSION,
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
    connect,
    over_the_network,
)
from linguapay_adapters.stripe.gateway import StripeGateway
from linguapay_core.domain.answer import Answered, Unknown
from linguapay_core.domain.effect import LEASE
from tests.adapters.stripe.desk import CALLS, KEY, MadeUpStripe, gateway_over

WITHOUT_A_KEY_OF_OURS = {"onboarding_link", "set_default_method"}


class Server(ThreadingHTTPServer):
    """A server that answers what a test says and notes what it was asked."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes, promised: int | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.headers, self.body = status, headers, body
        self.promised = len(body) if promised is None else promised
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers for the server."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(self.server.promised))
        self.end_headers()
        self.wfile.write(self.server.body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def serving(
    body: bytes = b"{}", status: int = 200, headers: dict[str, str] | None = None, promised: int | None = None
) -> Iterator[Server]:
    with Server(status, headers or {}, body, promised) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


CUSTOMER = b'{"object": "customer", "id": "cus_1"}'


def test_the_version_of_the_sdk_is_the_one_that_is_pinned() -> None:
    assert stripe.api_version == API_VERSION


def test_every_post_goes_under_our_key_once_and_at_the_pinned_version() -> None:
    for name, call in CALLS.items():
        made_up = MadeUpStripe(b"{}", 500)
        call(gateway_over(made_up))
        [(method, _, headers, _)] = made_up.asked
        assert headers["Stripe-Version"] == API_VERSION
        assert headers["Authorization"] == f"Bearer {KEY}"
        if method == "post" and name not in WITHOUT_A_KEY_OF_OURS:
            assert headers["Idempotency-Key"] == "k", name


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_protects_nothing_is_a_bug_of_ours(key: str) -> None:
    made_up = MadeUpStripe()
    with pytest.raises(AssertionError):
        gateway_over(made_up).cancel_intent("pi_1", key=key)
    assert made_up.asked == []


def test_every_object_that_is_made_carries_our_key() -> None:
    made = {name for name in CALLS if name.startswith("create_") or name == "reverse_transfer"}
    for name in made:
        made_up = MadeUpStripe(b"{}", 500)
        CALLS[name](gateway_over(made_up))
        assert "metadata[linguapay_key]=k" in made_up.asked[0][3], name


def test_creating_an_intent_never_confirms_it() -> None:
    made_up = MadeUpStripe(b"{}", 500)
    CALLS["create_intent"](gateway_over(made_up))
    assert "confirm" not in made_up.asked[0][3]
    assert "off_session=" not in made_up.asked[0][3]


def test_a_return_url_is_the_calls_or_else_the_gateways() -> None:
    made_up = MadeUpStripe(b"{}", 500)
    gateway = StripeGateway(connect(KEY, http_client=made_up), return_url="https://example.com/ours")
    gateway.confirm_intent("pi_1", key="k", method_id="pm_1", return_url="https://example.com/theirs")
    gateway.confirm_intent("pi_1", key="k", method_id="pm_1")
    bodies = [body for _, _, _, body in made_up.asked]
    assert ["theirs" in body for body in bodies] == [True, False]
    assert ["ours" in body for body in bodies] == [False, True]


def test_the_waits_are_bounded_and_end_before_a_lease_does() -> None:
    assert over_the_network()._timeout == (5, 30)
    assert LEASE.total_seconds() > CONNECT_TIMEOUT_SECONDS + READ_TIMEOUT_SECONDS


def test_a_server_can_stand_in_for_stripe() -> None:
    with serving(CUSTOMER) as server:
        gateway = StripeGateway(connect(KEY, base_address=f"{server.address}/"))
        assert CALLS["create_customer"](gateway) == Answered("cus_1")
        assert [(method, path) for method, path, _ in server.asked] == [("POST", "/v1/customers")]


def test_a_server_is_asked_once_whatever_it_answers() -> None:
    with serving(status=503, headers={"Stripe-Should-Retry": "true"}) as server:
        assert isinstance(CALLS["create_refund"](StripeGateway(connect(KEY, base_address=server.address))), Unknown)
        assert len(server.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """Whatever took the request may have carried it out; and our key is for Stripe alone."""
    with serving(CUSTOMER) as elsewhere, serving(status=status, headers={"Location": elsewhere.address}) as server:
        answer = CALLS["create_customer"](StripeGateway(connect(KEY, base_address=server.address)))
        assert isinstance(answer, Unknown)
        assert elsewhere.asked == []


def test_an_answer_that_breaks_off_is_unknown() -> None:
    with serving(CUSTOMER[:10], promised=len(CUSTOMER)) as server:
        assert isinstance(CALLS["create_customer"](StripeGateway(connect(KEY, base_address=server.address))), Unknown)


def test_a_connection_that_closes_without_a_word_is_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take_and_close() -> None:
            server.accept()[0].close()

        closing = threading.Thread(target=take_and_close)
        closing.start()
        gateway = StripeGateway(connect(KEY, base_address=f"http://127.0.0.1:{server.getsockname()[1]}"))
        assert isinstance(CALLS["create_refund"](gateway), Unknown)
        closing.join()


def test_no_cookie_is_kept() -> None:
    with serving(CUSTOMER, headers={"Set-Cookie": "a=b"}) as server:
        gateway = StripeGateway(connect(KEY, base_address=server.address))
        for _ in range(2):
            CALLS["create_customer"](gateway)
        assert [headers.get("Cookie") for _, _, headers in server.asked] == [None, None]


def test_nothing_is_told_about_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe, "enable_telemetry", True)
    made_up = MadeUpStripe(CUSTOMER, headers={"Request-Id": "req_1"})
    gateway = gateway_over(made_up)
    for _ in range(2):
        CALLS["create_customer"](gateway)
    assert not stripe.enable_telemetry
    assert "X-Stripe-Client-Telemetry" not in made_up.asked[1][2]
    assert "telemetry_id" not in made_up.asked[1][2]["X-Stripe-Client-User-Agent"]


def test_bodies_with_secrets_are_not_logged_even_when_everything_is(caplog: pytest.LogCaptureFixture) -> None:
    gateway = gateway_over(MadeUpStripe(b'{"client_secret": "canary"}'))
    with caplog.at_level(logging.DEBUG):
        CALLS["intent"](gateway)
    assert "canary" not in caplog.text


def test_neither_client_nor_gateway_shows_the_key() -> None:
    client = connect("sk_test_canary", http_client=MadeUpStripe())
    assert "canary" not in repr(client) + repr(StripeGateway(client))
