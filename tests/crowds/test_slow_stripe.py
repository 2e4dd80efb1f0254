"""While Stripe answers nobody, webhooks are noted down and health is told: who waits for Stripe stops no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from threading import Event

import httpx
import pytest

from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_adapters.settings import Settings
from linguapay_core.domain.machine import Role
from tests.crowds.callers import CREATE, HOOK, LIVE, Call, at_once, served, token
from tests.patience import PATIENCE_SECONDS
from tests.use_cases.stage import STUDENT, confirmed, offered, pay, paying

WAITING = 200
IN_THE_CALL = Settings().http_stripe_calls
PAYMENT_INTENTS = "/v1/payment_intents"


@pytest.fixture
def gate() -> Event:
    """Opens when Stripe may answer."""
    return Event()


def closed(gate: Event) -> None:
    """Wait until the gate opens."""
    assert gate.wait(PATIENCE_SECONDS)


@pytest.fixture
def slow(postgres_url: str, gate: Event) -> Iterator[Rehearsal]:
    """A house at whose Stripe a slow answer comes when the gate opens."""
    with sandbox(postgres_url, seed=1) as house:
        house.stripe._pause = lambda _seconds: closed(gate)
        yield house


def test_two_hundred_who_wait_for_stripe_stop_neither_webhooks_nor_health(slow: Rehearsal, gate: Event) -> None:
    pay(slow, paying(slow))
    deliveries = slow.stripe.pending_webhooks()
    bookings = [
        confirmed(slow, offered(slow, f"teacher-{number}"), student=f"student-{number}") for number in range(WAITING)
    ]
    creates = [
        Call(CREATE, {"booking_id": one.id}, headers=token(slow, one.student_id, Role.STUDENT)) for one in bookings
    ]
    slow.stripe.faults.add("slow", method="POST", path=PAYMENT_INTENTS, times=WAITING, seconds=5)

    async def visit(client: httpx.AsyncClient) -> None:
        waiting = [asyncio.create_task(call.by(client)) for call in creates]
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while slow.stripe.faults.records()[0].hits < IN_THE_CALL:
                    await asyncio.wait(waiting, timeout=0.05)
            hooks = [Call(HOOK, content=one.payload, headers={"Stripe-Signature": one.signature}) for one in deliveries]
            others = [*hooks, *[Call(path, method="GET") for path in (LIVE, "/health/ready")]]
            reading = Call("/api/bookings/", method="GET", headers=token(slow, STUDENT, Role.STUDENT))
            answers = await at_once(client, [*others, reading])
            assert [task.done() for task in waiting] == [False] * WAITING
        finally:
            gate.set()
        ready = answers[-2]
        assert ready.status_code == httpx.codes.SERVICE_UNAVAILABLE, "no worker works here"
        assert {one.status_code for one in answers if one is not ready} == {httpx.codes.OK}
        assert {(await task).status_code for task in waiting} == {httpx.codes.OK}

    served(slow, visit)
    slow.work()
    assert slow.verify_books().holds
