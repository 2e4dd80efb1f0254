"""The doors on a rehearsal whose clock stands still until it is moved, and those who come to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from linguapay_adapters.composition import REHEARSAL_TOKEN_SECRET, Rehearsal
from linguapay_adapters.identity.tokens import issue
from linguapay_adapters.settings import Settings
from linguapay_core.domain.machine import Role
from linguapay_core.ports.clock import Clock
from linguapay_http.app import create_app
from tests.http.world import World, made
from tests.use_cases.conftest import (  # noqa: F401 - fixtures
    _sql_is_compiled_once,
    _the_books_hold,
    lp,
    meanwhile,
    policies,
)
from tests.use_cases.stage import ADMIN, HOUR, OTHER_STUDENT, OTHER_TEACHER, SECOND_ADMIN, STUDENT, TEACHER

Client = TestClient[Litestar]


def token_of(clock: Clock, person: str, roles: frozenset[Role], secret: str = REHEARSAL_TOKEN_SECRET) -> str:
    """A token of the host platform's that lives for an hour."""
    return issue(
        secret,
        issuer="linguapay",
        audience="linguapay",
        person=person,
        roles=roles,
        expires_at=clock.now() + HOUR,
    )


@dataclass(frozen=True)
class Visitor:
    """Somebody with a token of the host platform's, in front of the doors."""

    client: Client
    clock: Clock
    person: str
    roles: frozenset[Role]

    @property
    def token(self) -> str:
        """A token that lives for an hour."""
        return token_of(self.clock, self.person, self.roles)

    def get(self, path: str, **query: str) -> Response:
        """Look, with these words after the question mark."""
        return self.ask("GET", path, params=query)

    def post(self, path: str, body: object = None, *, key: str = "") -> Response:
        """Do something, under an idempotency key if one is named."""
        return self.ask("POST", path, json=body, headers={"Idempotency-Key": key} if key else {})

    def patch(self, path: str, body: object) -> Response:
        """Change something."""
        return self.ask("PATCH", path, json=body)

    def put(self, path: str, body: object) -> Response:
        """Describe something."""
        return self.ask("PUT", path, json=body)

    def delete(self, path: str) -> Response:
        """Remove something."""
        return self.ask("DELETE", path)

    def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **given: Any) -> Response:  # noqa: ANN401 - whatever httpx takes
        """Make any request."""
        return self.client.request(
            method, path, headers={"Authorization": f"Bearer {self.token}"} | (headers or {}), **given
        )


@pytest.fixture
def settings() -> Settings:
    """What is set: nothing. A test that needs otherwise parametrises this name."""
    return Settings()


@pytest.fixture
def client(lp: Rehearsal, settings: Settings) -> Iterator[Client]:  # noqa: F811 - the fixture of that name
    """Whoever comes without a token."""
    with TestClient(create_app(lp, settings)) as client:
        yield client


@pytest.fixture
def world(lp: Rehearsal) -> World:  # noqa: F811
    """One of each kind of object: the student's and the teacher's."""
    return made(lp)


@pytest.fixture
def ben(client: Client, lp: Rehearsal) -> Visitor:  # noqa: F811
    """The student."""
    return Visitor(client, lp.clock, STUDENT, frozenset({Role.STUDENT}))


@pytest.fixture
def eve(client: Client, lp: Rehearsal) -> Visitor:  # noqa: F811
    """Another student."""
    return Visitor(client, lp.clock, OTHER_STUDENT, frozenset({Role.STUDENT}))


@pytest.fixture
def anna(client: Client, lp: Rehearsal) -> Visitor:  # noqa: F811
    """The teacher."""
    return Visitor(client, lp.clock, TEACHER, frozenset({Role.TEACHER}))


@pytest.fixture
def zoe(client: Client, lp: Rehearsal) -> Visitor:  # noqa: F811
    """Another teacher."""
    return Visitor(client, lp.clock, OTHER_TEACHER, frozenset({Role.TEACHER}))


@pytest.fixture
def carl(client: Client, lp: Rehearsal) -> Visitor:  # noqa: F811
    """An admin."""
    return Visitor(client, lp.clock, ADMIN, frozenset({Role.ADMIN}))


@pytest.fixture
def dora(client: Client, lp: Rehearsal) -> Visitor:  # noqa: F811
    """Another admin."""
    return Visitor(client, lp.clock, SECOND_ADMIN, frozenset({Role.ADMIN}))


@pytest.fixture
def host(client: Client, lp: Rehearsal) -> Visitor:  # noqa: F811
    """The host platform's back end."""
    return Visitor(client, lp.clock, "host-platform", frozenset({Role.PLATFORM}))
