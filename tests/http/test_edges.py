"""What happens before a door is reached, and what every answer carries, whatever it answers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from litestar.testing import TestClient

from linguapay_adapters.composition import Rehearsal
from linguapay_adapters.settings import Settings
from linguapay_core.domain.machine import Role
from linguapay_http.app import HEADERS, create_app
from linguapay_http.resources import DOORS
from tests.http.conftest import Client, Visitor, token_of
from tests.use_cases.stage import STUDENT, TEACHER

EVERYWHERE = (
    "/api/gigs/",
    "/api/no-such/",
    "/schema",
    "/schema/openapi.json",
    "/problems/no-such",
    "/health/live",
    "/",
)


def set_to(**changed: Any) -> pytest.MarkDecorator:  # noqa: ANN401 - whatever may be set
    """Settings other than the usual ones."""
    return pytest.mark.parametrize("settings", [Settings(**changed)], ids=[" ".join(changed)])


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("method", ["GET", "POST", "TRACE", "HEAD", "OPTIONS"])
def test_every_answer_carries_what_browsers_must_know_and_a_name(path: str, method: str, client: Client) -> None:
    first, second = (client.request(method, path) for _ in range(2))
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    assert all(name in first.headers for name in HEADERS)
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "server" not in first.headers


def test_a_problem_is_named_as_its_answer_is(client: Client) -> None:
    answer = client.get("/api/gigs/")
    assert answer.json()["instance"] == f"urn:uuid:{answer.headers['X-Request-Id']}"


@pytest.mark.parametrize("path", ["/api/no-such/", "/", "/api/gigs/a/b/c/", "/.env", "/schema/no-such"])
def test_where_nothing_is_a_problem_says_so(path: str, client: Client) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-route")
    assert path not in answer.json()["detail"]


def test_a_method_that_a_path_has_not_is_told_those_that_it_has(client: Client) -> None:
    for path in {door.path for door in DOORS}:
        has = {door.method for door in DOORS if door.path == path} | {"OPTIONS"}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "HEAD"} - has:
            answer = client.request(method, path.replace("{", "").replace("}", ""))
            assert answer.status_code == 405, f"{method} {path}"
            assert set(answer.headers["Allow"].split(", ")) == has, f"{method} {path}"


def test_options_tells_the_methods_of_a_path(client: Client) -> None:
    for path in {door.path for door in DOORS}:
        answer = client.options(path.replace("{", "").replace("}", ""))
        has = {door.method for door in DOORS if door.path == path} | {"OPTIONS"}
        assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (204, has)


ASKS = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}


def test_without_a_setting_no_other_site_may_ask(client: Client) -> None:
    answers = (client.options("/api/gigs/", headers=ASKS), client.get("/api/gigs/", headers=ASKS))
    assert not [name for answer in answers for name in answer.headers if name.startswith("access-control-")]


@set_to(http_allowed_origins="https://shop.example")
def test_only_the_sites_that_are_set_may_ask_and_none_with_cookies(client: Client) -> None:
    answer = client.options("/api/gigs/", headers=ASKS | {"Access-Control-Request-Headers": "authorization"})
    assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "access-control-allow-credentials" not in answer.headers
    other = client.get("/api/gigs/", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers
    answered = client.get("/api/gigs/", headers={"Origin": "https://shop.example"})
    assert answered.headers["Access-Control-Allow-Origin"] == "https://shop.example"


@set_to(http_requests_per_minute=2)
def test_whoever_asks_too_often_is_told_when_to_ask_again_and_no_one_else(ben: Visitor, eve: Visitor) -> None:
    assert [ben.get("/api/gigs/").status_code for _ in range(3)] == [200, 200, 429]
    refused = ben.get("/api/gigs/")
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert int(refused.headers["Retry-After"]) == refused.json()["retry_after_seconds"] > 0
    assert eve.get("/api/gigs/").status_code == 200


@set_to(http_requests_per_minute_and_address=2)
def test_an_address_that_guesses_tokens_is_slowed_down_and_stripe_and_health_are_not(client: Client) -> None:
    assert [client.get("/api/gigs/").status_code for _ in range(3)] == [401, 401, 429]
    assert client.get("/health/live").status_code == 200
    assert client.post("/api/payments/webhooks/stripe/").status_code == 400


@set_to(http_body_bytes=1024)
def test_a_body_may_be_so_large_and_no_larger(anna: Visitor) -> None:
    small = anna.ask("POST", "/api/gigs/", content=b" " * 1024, headers={"Content-Type": "application/json"})
    large = anna.ask("POST", "/api/gigs/", content=b" " * 1025, headers={"Content-Type": "application/json"})
    assert small.status_code == 400
    assert (large.status_code, large.json()["type"]) == (413, "/problems/too-large")


class Slow:
    """A request whose body begins and never ends."""

    def __init__(self, path: str, token: str) -> None:
        self.begun = False
        self.sent: list[dict[str, Any]] = []
        headers = [(b"content-type", b"application/json"), (b"authorization", f"Bearer {token}".encode())]
        about = {"method": "POST", "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b""}
        here = {"root_path": "", "client": ("192.0.2.1", 5), "server": ("testserver", 80), "state": dict[str, Any]()}
        version = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1"}
        self.scope: dict[str, Any] = version | about | here | {"headers": headers}

    async def through(self, app: Any) -> None:  # noqa: ANN401 - ASGI, as Litestar types it, knows no made-up scopes
        """Go through the application."""
        await app(self.scope, self.receive, self.send)

    async def receive(self) -> dict[str, Any]:
        """One byte, and no more."""
        if self.begun:
            await asyncio.Event().wait()
        self.begun = True
        return {"type": "http.request", "body": b"{", "more_body": True}

    async def send(self, message: dict[str, Any]) -> None:
        """Note down what comes back."""
        self.sent.append(message)


def test_a_sender_who_never_ends_is_cut_off(lp: Rehearsal, settings: Settings) -> None:
    app = create_app(lp, settings.model_copy(update={"http_body_seconds": 0}))
    slow = Slow("/api/gigs/", token_of(lp.clock, TEACHER, frozenset({Role.TEACHER})))
    with TestClient(app) as client, client.portal() as portal:
        portal.call(slow.through, app)
    assert slow.sent[0]["status"] == 408
    assert b"/problems/too-slow" in slow.sent[1]["body"]


def test_a_mistake_of_ours_tells_nothing_of_us(
    lp: Rehearsal, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(_token: str) -> None:
        raise ZeroDivisionError("secret-of-the-house")

    monkeypatch.setattr(lp, "identify", break_down)
    with TestClient(create_app(lp, settings), raise_server_exceptions=False) as client:
        answer = client.get("/api/gigs/", headers={"Authorization": f"Bearer {STUDENT}"})
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/bug")
    assert "secret" not in answer.text
    assert answer.json()["instance"].endswith(answer.headers["X-Request-Id"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
