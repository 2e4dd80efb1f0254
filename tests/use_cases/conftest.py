"""A rehearsal per test, whose books are proven when the test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest

from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_adapters.sql import engine
from linguapay_adapters.telling.boundary import Crossing, Side
from linguapay_core.domain.policies import Policies
from tests.use_cases.stage import HOUR, later


@dataclass
class Meanwhile:
    """Lets something happen just before or after a call through a port: another worker, a person, a failure."""

    waiting: list[tuple[str, Side, int, Callable[[], object]]] = field(default_factory=list)

    def before(self, call: str, deed: Callable[[], object], *, nth: int = 1) -> None:
        """Once, just before the nth such call from now on."""
        self.waiting.append((call, Side.BEFORE, nth, deed))

    def after(self, call: str, deed: Callable[[], object], *, nth: int = 1) -> None:
        """Once, just after it."""
        self.waiting.append((call, Side.AFTER, nth, deed))

    def cross(self, crossing: Crossing) -> None:
        """What the boundary calls."""
        for number, (call, side, nth, deed) in enumerate(self.waiting):
            if (call, side) == (crossing.call, crossing.side):
                if nth > 1:
                    self.waiting[number] = (call, side, nth - 1, deed)
                    continue
                del self.waiting[number]
                deed()
                return


@pytest.fixture(scope="session", autouse=True)
def _sql_is_compiled_once() -> Iterator[None]:
    """One engine for all tests: each disposes of its connection, and the database in memory goes with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "connect", cache(engine.connect))
        yield


@pytest.fixture
def policies() -> Policies:
    """The marketplace's policies; a test that needs others parametrises this name."""
    return Policies()


@pytest.fixture
def meanwhile() -> Meanwhile:
    """What happens at the boundary."""
    return Meanwhile()


@pytest.fixture
def lp(policies: Policies, meanwhile: Meanwhile) -> Iterator[Rehearsal]:
    """LinguaPay on SQLite and the Stripe sandbox."""
    with sandbox(seed=1, policies=policies, on_crossing=meanwhile.cross) as linguapay:
        yield linguapay


@pytest.fixture(autouse=True)
def _the_books_hold(lp: Rehearsal) -> Iterator[None]:
    """Whatever a test did: every invariant holds at once, and Stripe agrees when the worker has caught up."""
    yield
    assert lp.check_books().breaches == ()
    lp.stripe.faults.clear()
    later(lp, 2 * HOUR)
    verdict = lp.verify_books()
    assert verdict.breaches == ()
    assert all(one.in_books == one.at_stripe for one in verdict.balances)
