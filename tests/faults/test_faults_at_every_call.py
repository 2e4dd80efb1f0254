"""Every fault of the sandbox at every call of every tale: each ends with the intended movements, and books that agree.

A call that changes something meets every kind of fault. A call that only asks can't tell most kinds apart: it meets
two of them, in turn, and all of them where ``LINGUAPAY_SOAK`` is set.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

import pytest

from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_adapters.stripe_sandbox import Request, Response
from linguapay_adapters.stripe_sandbox.faults import COURSES
from linguapay_adapters.worker.worker import Worker
from linguapay_core.domain.effect import LEASE
from tests.stories.tale import TALES, Tale, check_end, told

SLOW_SECONDS: Final = 2 * int(LEASE.total_seconds())
SOAK: Final = bool(os.environ.get("LINGUAPAY_SOAK"))
TELLS_APART: Final = 2
"""How many kinds of fault each asking call meets, unless all of them are wanted."""


@dataclass(frozen=True, slots=True)
class Call:
    """The nth request that Stripe gets in a tale; only those of our own server are told."""

    nth: int
    method: str
    path: str


@cache
def calls_of(tale: Tale) -> tuple[Call, ...]:
    """Every call that our server makes when nothing goes wrong."""
    requests: list[Request] = []
    with sandbox(seed=1) as house:
        answer = house.stripe.handle

        def noting(request: Request) -> Response:
            requests.append(request)
            return answer(request)

        house.stripe.handle = noting  # type: ignore[method-assign]
        told(house, tale)
    ours = "Bearer sk_test_sandbox"
    return tuple(
        Call(nth, request.method, request.path)
        for nth, request in enumerate(requests, start=1)
        if request.headers.get("Authorization") == ours
    )


def meets(call: Call, kind: str) -> bool:
    """Whether this call meets this kind of fault."""
    kinds = list(COURSES)
    turn = (kinds.index(kind) - call.nth) % len(kinds)
    return SOAK or call.method != "GET" or turn % (len(kinds) // TELLS_APART) == 0


def takes_its_time(house: Rehearsal, seconds: int) -> None:
    """A request hangs past our lease, and meanwhile another worker takes over what was leased."""
    house.clock.advance(timedelta(seconds=seconds))
    Worker(house, house.clock).run_until_idle()


@pytest.mark.parametrize("kind", COURSES)
@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.name)
def test_a_fault_at_any_call_changes_nothing_in_the_end(tale: Tale, kind: str) -> None:
    for call in calls_of(tale):
        if not meets(call, kind):
            continue
        with sandbox(seed=1) as house:
            house.stripe._pause = lambda seconds, house=house: takes_its_time(house, int(seconds))  # type: ignore[misc]
            house.stripe.faults.add(kind, nth=call.nth, seconds=SLOW_SECONDS if kind == "slow" else 0)
            try:
                told(house, tale)
                assert house.stripe.faults.waiting() == []
                check_end(house, tale)
            except BaseException as error:
                error.add_note(f"after {kind} at call {call.nth} of '{tale.name}': {call.method} {call.path}")
                raise
