"""LinguaPay on nothing but Python, to try things out on and to test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

from linguapay_adapters.composition.database import database
from linguapay_adapters.composition.playing import hand_over
from linguapay_adapters.composition.plugs import ports
from linguapay_adapters.stripe_sandbox.browser import Browser
from linguapay_adapters.stripe_sandbox.sandbox import StripeSandbox
from linguapay_adapters.system.clock import MovableClock
from linguapay_adapters.system.identifiers import SeededIdentifiers, SystemIdentifiers
from linguapay_adapters.telling.boundary import OnCrossing, unseen
from linguapay_adapters.worker.worker import Worker
from linguapay_core.application import LinguaPay, Ports
from linguapay_core.domain.policies import Policies

REHEARSAL_STARTS: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""Where the clock of a rehearsal stands at first: a Monday morning."""


class Rehearsal(LinguaPay):
    """LinguaPay on nothing but Python, with the means to move the clock, to let the worker work, and to be the student.

    ``clock`` stands still until it is moved; ``stripe`` is the sandbox, ``browser`` the student's browser; ``worker``
    does what in production nobody waits for.
    """

    def __init__(self, ports: Ports, clock: MovableClock, stripe: StripeSandbox, browser: Browser) -> None:
        """Plug in, and keep what a rehearsal needs."""
        super().__init__(ports)
        self.ports = ports
        self.clock = clock
        self.stripe = stripe
        self.browser = browser
        self.worker = Worker(self, clock, hand_over_webhooks=lambda: hand_over(stripe, self))

    def work(self) -> Mapping[str, int]:
        """Let the worker work until nothing is left to do now, and tell how much each step did.

        What goes wrong is raised.
        """
        done: Counter[str] = Counter()
        for round_ in self.worker.run_until_idle():
            for trouble in round_.troubles.values():
                raise trouble
            done.update(round_.done)
        return done


@contextmanager
def sandbox(
    database_url: str = "sqlite://",
    *,
    stripe_path: Path | None = None,
    starts_at: datetime = REHEARSAL_STARTS,
    seed: int | None = None,
    policies: Policies | None = None,
    on_crossing: OnCrossing = unseen,
) -> Iterator[Rehearsal]:
    """LinguaPay on a Stripe sandbox in this process, with a clock that stands still until it is moved.

    By default nothing outlives it; ``database_url`` and ``stripe_path`` keep the database and Stripe's state. With a
    ``seed`` the same calls give the same identifiers. ``on_crossing`` sees every call through a port.
    """
    clock = MovableClock(starts_at)
    identifiers = SystemIdentifiers(clock) if seed is None else SeededIdentifiers(seed, clock)
    with database(database_url, fresh=True) as engine:
        stripe = StripeSandbox(path=stripe_path, clock=clock, identifiers=_stripe_names(seed))
        try:
            plugs = ports(engine, clock, identifiers, policies or Policies(), stripe=stripe, on_crossing=on_crossing)
            yield Rehearsal(plugs, clock, stripe, Browser(stripe))
        finally:
            stripe.close()


def _stripe_names(seed: int | None) -> Callable[[], str] | None:
    """Names for Stripe's objects: the same every time where there is a seed."""
    if seed is None:
        return None
    numbers = count(1)
    return lambda: f"{seed:04d}{next(numbers):012d}"
