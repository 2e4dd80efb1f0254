"""The way of webhooks from Stripe to our door, as bad as it may be: late, shuffled, repeated, or never."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from linguapay_adapters.composition import SANDBOX_WEBHOOK_SECRET, Rehearsal
from linguapay_adapters.stripe_sandbox.deliveries import signed
from linguapay_adapters.worker.worker import Worker

Choice = Callable[[int], Sequence[int]]
"""Which of so many events come now, in which order, and which of them more than once."""


def never(_waiting: int) -> Sequence[int]:
    """No event comes."""
    return ()


class Post:
    """Collects what Stripe sends, and hands over what is chosen, be it again."""

    def __init__(self, house: Rehearsal, choose: Choice = never) -> None:
        """Stand between Stripe and this house, whose worker gets its webhooks from here from now on."""
        self._house = house
        self._choose = choose
        self._sent: list[bytes] = []
        house.worker = Worker(house, house.clock, hand_over_webhooks=self.hand_over)

    def hand_over(self) -> int:
        """Hand over what is chosen now. Old news is no work, so that the worker isn't kept busy by it."""
        self.collect()
        self.deliver(self._choose(len(self._sent)))
        return 0

    def collect(self) -> int:
        """Take from Stripe what it has to send; say how much there is by now."""
        stripe = self._house.stripe
        stripe.settle()
        while waiting := stripe.pending_webhooks():
            for delivery in waiting:
                self._sent.append(delivery.payload)
                stripe.acknowledge(delivery.event_id)
        return len(self._sent)

    def deliver(self, numbers: Sequence[int]) -> None:
        """Hand these over, in this order, signed at this moment as Stripe signs each attempt."""
        now = int(self._house.clock.now().timestamp())
        for number in numbers:
            delivery = signed(json.loads(self._sent[number]), SANDBOX_WEBHOOK_SECRET, now)
            self._house.receive_webhook(delivery.payload, delivery.signature)
