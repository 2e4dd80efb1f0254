"""How long webhooks and health take while two hundred requests wait for a Stripe that answers nobody.

Beside the same calls while nobody waits, in one run, on PostgreSQL. Run by `make bench`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from time import perf_counter
from typing import Final

import httpx

from bench.measure import Line, ratio, show
from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_adapters.settings import Settings
from linguapay_core.domain.machine import Role
from tests import postgres
from tests.crowds.callers import CREATE, HOOK, LIVE, Call, served, token
from tests.use_cases.stage import confirmed, offered, pay, paying

WAITING: Final = 200
IN_THE_CALL: Final = Settings().http_stripe_calls
EACH: Final = 40
LONGEST_SECONDS: Final = 120


@contextmanager
def slow() -> Iterator[tuple[Rehearsal, Event]]:
    """A house at whose Stripe a slow answer comes when the gate opens."""
    gate = Event()
    with (
        postgres.server() as server,
        postgres.database(server) as url,
        sandbox(url.render_as_string(hide_password=False), seed=1) as house,
    ):

        def wait(_seconds: float) -> None:
            gate.wait(LONGEST_SECONDS)

        house.stripe._pause = wait  # noqa: SLF001
        yield house, gate


def measured() -> Iterator[Line]:
    """Webhooks, then liveness."""
    with slow() as (house, gate):
        pay(house, paying(house))
        hook = house.stripe.pending_webhooks()[0]
        calls = {
            "a webhook": Call(HOOK, content=hook.payload, headers={"Stripe-Signature": hook.signature}),
            "liveness": Call(LIVE, method="GET"),
        }
        creates = [_create(house, number) for number in range(WAITING)]
        house.stripe.faults.add("slow", method="POST", path="/v1/payment_intents", times=WAITING, seconds=5)

        async def visit(client: httpx.AsyncClient) -> list[Line]:
            idle = {what: await _times(client, call) for what, call in calls.items()}
            waiting = [asyncio.create_task(call.by(client)) for call in creates]
            while house.stripe.faults.records()[0].hits < IN_THE_CALL:
                await asyncio.wait(waiting, timeout=0.05)
            try:
                busy = {what: await _times(client, call) for what, call in calls.items()}
                assert not any(task.done() for task in waiting)
            finally:
                gate.set()
            await asyncio.gather(*waiting)
            return [_line(what, busy[what], idle[what]) for what in calls]

        yield from served(house, visit)


def _create(house: Rehearsal, number: int) -> Call:
    booking = confirmed(house, offered(house, f"teacher-{number}"), student=f"student-{number}")
    return Call(CREATE, {"booking_id": booking.id}, headers=token(house, booking.student_id, Role.STUDENT))


async def _times(client: httpx.AsyncClient, call: Call) -> list[float]:
    found = []
    for _ in range(EACH):
        began = perf_counter()
        answer = await call.by(client)
        found.append(perf_counter() - began)
        assert answer.status_code == httpx.codes.OK, answer.text
    return found


def _line(what: str, busy: list[float], idle: list[float]) -> Line:
    longest = f"at most {max(busy) * 1000:.1f} ms"
    return Line(f"{what} while {WAITING} wait for Stripe", longest, f"{max(idle) * 1000:.1f} ms", ratio(busy, idle))


if __name__ == "__main__":
    show(measured())
