"""Many callers at once, in front of an application that is served in this process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import httpx
from litestar import Litestar

from linguapay_adapters.composition import Rehearsal
from linguapay_adapters.settings import Settings
from linguapay_core.domain.machine import Role
from linguapay_http.app import create_app
from tests.http.conftest import token_of

CREATE = "/api/payments/create-payment-intent/"
CONFIRM = "/api/payments/confirm-payment/"
HOOK = "/api/payments/webhooks/stripe/"
LIVE = "/health/live"

ROUNDS = 20
"""How often those who are told to wait may be told so. Each round somebody gets through."""

ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Call:
    """A request."""

    path: str
    body: object = None
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"

    async def by(self, client: httpx.AsyncClient) -> httpx.Response:
        """Make it."""
        return await client.request(self.method, self.path, json=self.body, content=self.content, headers=self.headers)


def app_of(house: Rehearsal) -> Litestar:
    """The application on this house, which counts nobody's requests."""
    settings = Settings(http_requests_per_minute=0, http_requests_per_minute_and_address=0)
    return create_app(house, settings)


def token(house: Rehearsal, person: str, role: Role) -> dict[str, str]:
    """The header that says who is asking."""
    return {"Authorization": f"Bearer {token_of(house.clock, person, frozenset({role}))}"}


def served(house: Rehearsal, visit: Callable[[httpx.AsyncClient], Coroutine[None, None, ResultT]]) -> ResultT:
    """What a visit to the application of this house gives, from its start to its end."""

    async def serve() -> ResultT:
        app = app_of(house)
        logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each of thousands of requests
        async with (
            app.lifespan(),
            httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", app)), base_url="http://here") as one,
        ):
            return await visit(one)

    return asyncio.run(serve())


async def at_once(client: httpx.AsyncClient, calls: Sequence[Call]) -> list[httpx.Response]:
    """Make all of these calls at once."""
    return await asyncio.gather(*(call.by(client) for call in calls))


async def to_the_end(client: httpx.AsyncClient, calls: Sequence[Call]) -> list[httpx.Response]:
    """Make all of these calls at once, and do as each answer says: who is told to wait repeats the same call."""
    ended: list[httpx.Response] = []
    for _ in range(ROUNDS):
        answers = await at_once(client, calls)
        ended += [answer for answer in answers if "Retry-After" not in answer.headers]
        calls = [call for call, answer in zip(calls, answers, strict=True) if "Retry-After" in answer.headers]
        if not calls:
            break
    assert not calls, f"{len(calls)} are still told to wait"
    return ended
