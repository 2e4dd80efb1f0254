"""Requests a second beside a bare Litestar route that does the same work on the same PostgreSQL, in one run.

Both applications are driven in this process, without sockets, so that the client costs both the same. Run by
`make bench`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from time import perf_counter
from typing import Any

from litestar import Litestar, get, post
from sqlalchemy import Column, Engine, MetaData, String, Table, insert, select

from bench.measure import ROUNDS, Line, ratio, show
from linguapay_adapters.composition import (
    REHEARSAL_TOKEN_SECRET,
    SANDBOX_WEBHOOK_SECRET,
    Rehearsal,
    sandbox,
)
from linguapay_adapters.identity.tokens import issue
from linguapay_adapters.settings import Settings
from linguapay_adapters.sql.engine import connect
from linguapay_adapters.stripe_sandbox.deliveries import signed
from linguapay_core.domain.machine import Role
from linguapay_http.app import create_app
from tests import postgres

REQUESTS = 300
AT_ONCE = 16
OK = range(200, 300)
STUDENT, TEACHER = "student-ben", "teacher-anna"

Scope = dict[str, Any]
Ask = Callable[[], tuple[Scope, bytes]]


def scope(method: str, path: str, **headers: str) -> Scope:
    """A request as a server hands it to an application (ASGI: HTTP Connection Scope)."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }


async def answered(app: Litestar, asked: Scope, body: bytes) -> int:
    """The status of the answer to a request."""
    statuses: list[int] = []

    async def receive() -> Any:  # noqa: ANN401 - ASGI's messages
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401 - as above
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app({**asked, "app": app, "state": {}}, receive, send)  # type: ignore[arg-type] # a plain scope is one
    return statuses[0]


async def seconds(app: Litestar, ask: Ask) -> float:
    """How long so many requests take, some of them at once."""
    left = iter(range(REQUESTS))

    async def visitor() -> None:
        for _ in left:
            status = await answered(app, *ask())
            assert status in OK, status

    began = perf_counter()
    await asyncio.gather(*(visitor() for _ in range(AT_ONCE)))
    return perf_counter() - began


async def compared(what: str, ours: tuple[Litestar, Ask], bare: tuple[Litestar, Ask]) -> Line:
    """Rounds of both, alternating."""
    async with ours[0].lifespan(), bare[0].lifespan():
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            for one, times in zip((ours, bare), taken, strict=True):
                times.append(await seconds(*one))
    ours_rate, bare_rate = (f"{REQUESTS / min(times):,.0f} /s" for times in taken)
    return Line(what, ours_rate, bare_rate, ratio(*taken))


def bare_app(engine: Engine) -> Litestar:
    """Litestar, Core and nothing else: one row read, or one row written, in a thread."""
    table = Table("bare", MetaData(), Column("id", String, primary_key=True), Column("body", String))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(table).values(id="one", body="{}"))
    numbers = count()

    @get("/bare", sync_to_thread=True)
    def read() -> dict[str, str]:
        with engine.connect() as connection:
            return dict(connection.execute(select(table).where(table.c.id == "one")).mappings().one())

    @post("/bare", sync_to_thread=True)
    def write(data: dict[str, Any]) -> dict[str, bool]:
        with engine.begin() as connection:
            connection.execute(insert(table).values(id=f"{data['id']}-{next(numbers)}", body=data["type"]))
        return {"received": True}

    return Litestar([read, write], openapi_config=None, logging_config=None)


def paid(house: Rehearsal) -> str:
    """A payment whose webhooks wait; the answer is its name."""
    gig = house.offer_gig(TEACHER, "French", 2500)
    booking = house.request_booking(STUDENT, gig.id, house.clock.now() + timedelta(days=2), 60)
    house.confirm_booking(booking.id, TEACHER)
    checkout = house.create_payment_intent(booking.id, STUDENT)
    assert checkout.client_secret is not None
    house.browser.pay(checkout.client_secret.reveal(), "pm_card_visa")
    return checkout.payment.id


def deliveries(house: Rehearsal) -> Iterator[tuple[Scope, bytes]]:
    """Webhooks without end, each an event of its own, signed as Stripe signs."""
    event = json.loads(house.stripe.pending_webhooks()[0].payload)
    at = int(house.clock.now().timestamp())
    for number in count():
        one = signed(event | {"id": f"evt_{number}"}, SANDBOX_WEBHOOK_SECRET, at)
        headers = {"Stripe_Signature": one.signature, "Content_Type": "application/json"}
        yield scope("POST", "/api/payments/webhooks/stripe/", **headers), one.payload


def measured() -> Iterator[Line]:
    """Both, on a PostgreSQL of our own."""
    with postgres.server() as server, postgres.database(server) as url:
        yield from serving(url.render_as_string(hide_password=False))


def serving(database_url: str) -> Iterator[Line]:
    """Reading a payment, and noting a webhook down."""
    settings = Settings(http_requests_per_minute=0, http_requests_per_minute_and_address=0)
    engine = connect(database_url)
    with sandbox(database_url) as house:
        payment_id, hooks = paid(house), deliveries(house)
        token = issue(
            REHEARSAL_TOKEN_SECRET,
            issuer="linguapay",
            audience="linguapay",
            person=STUDENT,
            roles=frozenset({Role.STUDENT}),
            expires_at=house.clock.now() + timedelta(hours=1),
        )
        look = scope("GET", f"/api/payments/payments/{payment_id}/", Authorization=f"Bearer {token}")
        body = next(hooks)[1]
        note = scope("POST", "/bare", Content_Type="application/json")
        pairs: tuple[tuple[str, Ask, Ask], ...] = (
            (
                "GET payment over a bare route that reads a row",
                lambda: (look, b""),
                lambda: (scope("GET", "/bare"), b""),
            ),
            ("webhook over a bare route that writes a row", lambda: next(hooks), lambda: (note, body)),
        )
        plain = bare_app(engine)
        for what, ours, bare in pairs:
            yield asyncio.run(compared(what, (create_app(house, settings), ours), (plain, bare)))
    engine.dispose()


if __name__ == "__main__":
    show(measured())
