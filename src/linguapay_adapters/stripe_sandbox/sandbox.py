"""The sandbox: a stand-in for Stripe's API that takes requests, keeps its state in SQLite and never waits."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from linguapay_adapters.stripe_sandbox import deliveries, doors, due, errors, idempotency, people, reception, routes
from linguapay_adapters.stripe_sandbox.deliveries import Delivery
from linguapay_adapters.stripe_sandbox.errors import Refusal
from linguapay_adapters.stripe_sandbox.faults import NO_FAULT, Course, Faults, Sight
from linguapay_adapters.stripe_sandbox.idempotency import Answer
from linguapay_adapters.stripe_sandbox.reception import Keys
from linguapay_adapters.stripe_sandbox.routing import Routes
from linguapay_adapters.stripe_sandbox.store import Store
from linguapay_adapters.stripe_sandbox.wire import (
    API_VERSION,
    ConnectionDropped,
    Document,
    Headers,
    Request,
    Response,
)
from linguapay_adapters.stripe_sandbox.world import PLATFORM, World
from linguapay_core.ports.clock import Clock

HTML_502 = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
IDENTIFIER_BYTES = 12
PAGE_OF_DELIVERIES = 100
INSTEAD: dict[Sight, Callable[[], Refusal]] = {
    Sight.ERROR_500: errors.internal_error,
    Sight.RATE_LIMITED: errors.rate_limited,
    Sight.CONFLICT: errors.key_in_use,
}


class StripeSandbox:
    """Stripe, as far as a marketplace sees it, at the API version `API_VERSION`.

    All state is in the SQLite file at `path`, which several processes may share, or in memory when it is None. Time
    comes from the clock, and what each object is called from `identifiers` (the random part of an id). Any number of
    threads may call.
    """

    def __init__(
        self,
        *,
        path: Path | None,
        clock: Clock,
        identifiers: Callable[[], str] | None = None,
        webhook_secret: str = "whsec_sandbox",  # noqa: S107 - a sandbox has no secrets
        secret_key: str = "sk_test_sandbox",  # noqa: S107
        publishable_key: str = "pk_test_sandbox",
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = Store(path)
        self._clock = clock
        self._identifiers = identifiers or (lambda: secrets.token_hex(IDENTIFIER_BYTES))
        self._webhook_secret = webhook_secret
        self._keys = Keys(secret_key, publishable_key)
        self._pause = pause
        self._routes = Routes((*routes.ROUTES, *doors.routes(self)))
        self.faults = Faults(self._store)

    @property
    def account_id(self) -> str:
        """The platform's account, which it plays."""
        return PLATFORM

    def handle(self, request: Request) -> Response:
        """Answer one request, atomically, after applying what has fallen due.

        Raises ConnectionDropped when a fault says so.
        """
        fault = self.faults.strike(request.method, request.path.partition("?")[0])
        course = NO_FAULT if fault is None else fault.course
        if fault is not None and fault.seconds:
            self._pause(fault.seconds)
        cause = {
            "id": f"req_{self._identifiers()}",
            "idempotency_key": request.headers.get("Idempotency-Key"),
        }
        answer = Answer(HTTPStatus.OK, {})
        if course.begins:
            with self._world() as world:
                visited = replace(world, cause=cause)
                answer = reception.answer(visited, self._routes, self._keys, request, course)
        return _seen(answer, course, cause)

    def settle(self) -> None:
        """Apply all that the clock has made due."""
        with self._world():
            pass

    def next_due(self) -> datetime | None:
        """Return when the next thing falls due; None if nothing waits for the clock."""
        with self._world() as world:
            at = due.next_due(world)
        return None if at is None else datetime.fromtimestamp(at, UTC)

    def pending_webhooks(self, limit: int = PAGE_OF_DELIVERIES) -> list[Delivery]:
        """Return the oldest events nobody has acknowledged, each signed at this instant."""
        with self._world() as world:
            return deliveries.waiting(world, self._webhook_secret, limit)

    def acknowledge(self, event_id: str) -> None:
        """Deliver an event no more."""
        with self._world() as world:
            deliveries.acknowledge(world, event_id)

    def complete_action(self, intent_id: str, *, succeeds: bool) -> None:
        """Do what the card's holder does at 3-D Secure for a PaymentIntent or a SetupIntent."""
        with self._world() as world:
            people.complete_action(world, intent_id, succeeds=succeeds)

    def complete_onboarding(self, account_id: str) -> None:
        """Do what a connected account's owner does at Stripe's onboarding pages."""
        with self._world() as world:
            people.complete_onboarding(world, account_id)

    def disable_transfers(self, account_id: str) -> None:
        """Restrict a connected account, so that it can't receive transfers."""
        with self._world() as world:
            people.disable_transfers(world, account_id)

    def fail_payout(self, payout_id: str) -> None:
        """Send a payout back from the bank."""
        with self._world() as world:
            people.fail_payout(world, payout_id)

    def adjust(self, amount_minor: int, currency: str = "usd", description: str = "Adjustment") -> str:
        """Add to the platform's balance (or take from it, below zero); return the balance transaction's id."""
        with self._world() as world:
            return str(people.adjust(world, amount_minor, currency, description)["id"])

    def charge_stripe_fee(self, amount_minor: int, currency: str = "usd", description: str = "Stripe fee") -> str:
        """Take a fee that belongs to no charge; return the balance transaction's id."""
        with self._world() as world:
            return str(people.charge_stripe_fee(world, amount_minor, currency, description)["id"])

    def prune_idempotency_keys(self) -> int:
        """Forget the keys that are 24 hours old, as every request does too, and say how many they were."""
        with self._world() as world:
            return idempotency.prune(world)

    def close(self) -> None:
        """Give the state's file back."""
        self._store.close()

    @contextmanager
    def _world(self) -> Iterator[World]:
        with self._store.transaction():
            world = World(self._store, int(self._clock.now().timestamp()), self._identifiers)
            due.settle(world)
            yield world


def _seen(answer: Answer, course: Course, cause: Document) -> Response:
    """Return what the caller sees of an answer."""
    if course.sight is Sight.BROKEN_CONNECTION:
        raise ConnectionDropped
    if course.sight is Sight.HTML:
        return Response(HTTPStatus.BAD_GATEWAY, Headers({"Content-Type": "text/html"}), HTML_502)
    if course.sight in INSTEAD:
        refusal = INSTEAD[course.sight]()
        answer = Answer(refusal.status, {"error": refusal.error})
    body = json.dumps(answer.document).encode()
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Request-Id": cause["id"],
        "Stripe-Version": API_VERSION,
    }
    if cause["idempotency_key"] is not None:
        headers["Idempotency-Key"] = cause["idempotency_key"]
    if answer.replays is not None:
        headers |= {"Idempotent-Replayed": "true", "Original-Request": answer.replays}
    seen = body[: len(body) // 2] if course.sight is Sight.HALF else body
    return Response(answer.status, Headers(headers), seen)
