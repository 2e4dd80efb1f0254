"""Every fault of the sandbox at every call of every tale: each ends with the intended movements, and books that agree.

A chapter is told again from its beginning for each call in it and each kind of fault, and the tale then goes on to its
end. Where it comes to a point that is like one from which it went on before, it is left there: the rest is known.
"""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from linguapay_adapters.composition import Rehearsal
from linguapay_adapters.stripe_sandbox import Request, Response
from linguapay_adapters.stripe_sandbox.faults import COURSES
from linguapay_adapters.worker.worker import Worker
from linguapay_core.domain.effect import LEASE
from tests.faults.crash import Ruins
from tests.faults.replay import CHAPTERS, Replay
from tests.stories.tale import Step, Tale, chapters

SLOW_SECONDS: Final = 2 * int(LEASE.total_seconds())


def calls_in(chapter: Step, house: Rehearsal) -> dict[int, Request]:
    """Every call that our server makes there when nothing goes wrong; counted among all that Stripe gets."""
    requests: list[Request] = []
    answer = house.stripe.handle

    def noting(request: Request) -> Response:
        requests.append(request)
        return answer(request)

    house.stripe.handle = noting  # type: ignore[method-assign]
    chapter(house)
    house.stripe.handle = answer  # type: ignore[method-assign]
    ours = "Bearer sk_test_sandbox"
    return {nth: one for nth, one in enumerate(requests, start=1) if one.headers.get("Authorization") == ours}


def takes_its_time(house: Rehearsal, seconds: int) -> None:
    """A request hangs past our lease, and meanwhile another worker takes over what was leased."""
    house.clock.advance(timedelta(seconds=seconds))
    Worker(house, house.clock).run_until_idle()


@pytest.mark.parametrize(("tale", "name"), CHAPTERS)
def test_a_fault_at_any_call_changes_nothing_in_the_end(tale: Tale, name: str, folder: Path) -> None:
    ruins, here = Ruins(folder), list(chapters(tale)).index(name)
    *before, chapter = list(chapters(tale).values())[: here + 1]
    with ruins.house() as house, closing(Replay(ruins, house)) as replay:
        house.stripe._pause = lambda seconds: takes_its_time(house, int(seconds))
        for earlier in before:
            earlier(house)
        beginning = replay.keep()
        for (nth, call), kind in product(calls_in(chapter, house).items(), COURSES):
            replay.put_back(beginning, seed=2)
            house.stripe.faults.add(kind, nth=nth, seconds=SLOW_SECONDS if kind == "slow" else 0)
            try:
                chapter(house)
                assert house.stripe.faults.waiting() == []
                replay.finish(tale, told=here + 1)
            except BaseException as error:
                error.add_note(f"after {kind} at call {nth} of '{tale.name}, {name}': {call.method} {call.path}")
                raise
