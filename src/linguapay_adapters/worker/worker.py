"""The worker: hands webhooks over, reads them, keeps promises, lets deadlines pass, and asks where no news came.

It decides nothing. Each step is a use case, so that a door, a test and an operator can take the same step by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from linguapay_core.application import LinguaPay
from linguapay_core.domain.errors import LinguaPayError
from linguapay_core.ports.clock import Clock

POLL_EVERY: Final = timedelta(minutes=10)
"""How often Stripe's events and balance transactions are listed: no silence of webhooks lasts longer."""

ROUNDS: Final = 200
"""How many rounds in a row may find something to do before that is taken for a bug."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: how much by each step, and what went wrong in which."""

    done: dict[str, int] = field(default_factory=dict)
    troubles: dict[str, LinguaPayError] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How much was done by all steps."""
        return sum(self.done.values())


def no_webhooks() -> int:
    """Stripe itself brings its webhooks to our door; there is nothing to hand over."""
    return 0


class Worker:
    """Takes rounds over the work that is due. Any number of workers may do so at once on one database."""

    def __init__(
        self, linguapay: LinguaPay, clock: Clock, *, hand_over_webhooks: Callable[[], int] = no_webhooks
    ) -> None:
        """Work for this composition; ``hand_over_webhooks`` carries a sandbox's webhooks to our door."""
        self._clock = clock
        self._poll_at: datetime | None = None
        self._steps: dict[str, Callable[[], int]] = {
            "webhooks": hand_over_webhooks,
            "webhook events": linguapay.process_webhook_events,
            "effects": linguapay.deliver_effects,
            "looks": linguapay.look_at_stripe,
            "deadlines": linguapay.pass_deadlines,
        }
        self._polls: dict[str, Callable[[], int]] = {
            "events": linguapay.poll_events,
            "cash": linguapay.collect_cash,
        }

    def run_once(self) -> Round:
        """Take every step once. What goes wrong in one, in a way that was foreseen, is told and stops no other."""
        now = self._clock.now()
        steps = dict(self._steps)
        polls = self._poll_at is None or now >= self._poll_at
        if polls:
            self._poll_at = now + POLL_EVERY
        round_ = Round()
        for name, step in (steps | self._polls if polls else steps).items():
            try:
                round_.done[name] = step()
            except LinguaPayError as error:
                round_.troubles[name] = error
        return round_

    def run_until_idle(self) -> list[Round]:
        """Take rounds until one finds nothing to do. Listing alone isn't work."""
        rounds: list[Round] = []
        for _ in range(ROUNDS):
            round_ = self.run_once()
            rounds.append(round_)
            if not any(round_.done.get(name) for name in self._steps):
                return rounds
        raise AssertionError(f"the work doesn't end: {rounds[-1]}")
