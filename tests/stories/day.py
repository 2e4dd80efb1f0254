"""A day at the marketplace: what is there, what may be refused, and what must hold after every turn and at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from typing import TypeVar

import stripe
from hypothesis import event, target
from hypothesis.stateful import RuleBasedStateMachine, invariant

from linguapay_adapters.composition import sandbox
from linguapay_adapters.stripe_sandbox import ConnectionDropped, Refusal
from linguapay_core.domain.booking import Booking
from linguapay_core.domain.errors import (
    Busy,
    GatewayUnreachable,
    InDoubt,
    InFlight,
    Invalid,
    NotFound,
    Refused,
    Stale,
)
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.story import Story
from linguapay_core.domain.transfer import Transfer
from tests.stories.post import Post
from tests.stories.situations import situations
from tests.stories.tale import check_books

DOCUMENTED = (Refused, NotFound, Invalid, Stale, InFlight, GatewayUnreachable, InDoubt, Busy)
"""What a caller may be told (the table of errors)."""

OUTSIDE = (Refusal, ConnectionDropped, stripe.StripeError, LookupError, ValueError)
"""What may go wrong between a browser, or a person at Stripe's pages, and Stripe."""

PRICES = {"teacher-anna": 2500, "teacher-dan": 61_000}
"""An hour with each teacher, in minor units. A refund of the second one's needs two approvals."""

ValueT = TypeVar("ValueT")


class BrowserLost(Exception):
    """Something between a person and Stripe's pages went wrong."""


class Day(RuleBasedStateMachine):
    """LinguaPay and a Stripe sandbox for a day, and what everybody on the marketplace has in common."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.house = self.stack.enter_context(sandbox(seed=1))
        self.house.stripe._pause = lambda seconds: self.house.clock.advance(timedelta(seconds=seconds))
        self.post = Post(self.house, self.chosen)
        self.delivered, self.mood = 0, "once"
        self.gigs = [self.house.offer_gig(teacher, "French", price) for teacher, price in PRICES.items()]
        self.stories: list[Story] = []

    def teardown(self) -> None:
        """Nothing goes wrong any more, and everything comes to rest."""
        try:
            self.house.stripe.faults.clear()
            self.mood = "once"
            for hours in (0, 0, 0, 1, 1, 7, *[25] * 10):
                self.house.clock.advance(timedelta(hours=hours, minutes=11))
                self.house.work()
            check_books(self.house)
            assert self.house.ports.reports.unread_webhook_events() == 0
            assert [one for one in self.house.ports.reports.open_alarms() if one.rule == "webhook_event_parked"] == []
            reached = set(situations(self.house))
            for situation in reached:
                event(situation)
            target(len(reached), label="situations reached")
        finally:
            self.stack.close()

    # What is there ---------------------------------------------------------------------------------------------------

    @property
    def bookings(self) -> list[Booking]:
        return [story.booking for story in self.stories]

    @property
    def payments(self) -> list[Payment]:
        return [payment for story in self.stories for payment in story.payments]

    @property
    def requests(self) -> list[RefundRequest]:
        return [request for story in self.stories for request in story.requests]

    @property
    def transfers(self) -> list[Transfer]:
        return [transfer for story in self.stories for transfer in story.transfers]

    def tries(self, deed: Callable[[], object]) -> None:
        """Do it, or be told why not."""
        try:
            deed()
        except DOCUMENTED as error:
            event(f"{type(error).__name__} {getattr(error, 'rule', '')}".strip())
        except BrowserLost:
            event("the browser was lost")

    def outside(self, deed: Callable[[], ValueT]) -> ValueT:
        """Do it at Stripe's own pages. Raises ``BrowserLost`` if the network or Stripe doesn't let it happen."""
        try:
            return deed()
        except OUTSIDE as error:
            raise BrowserLost from error

    def chosen(self, waiting: int) -> Sequence[int]:
        """What the post brings."""
        fresh = range(self.delivered, waiting)
        brought = {"once": [*fresh], "never": [], "backwards, twice": [*reversed(fresh), *fresh]}[self.mood]
        self.delivered = waiting if brought else self.delivered
        return brought

    @invariant()
    def the_books_hold(self) -> None:
        """After each turn; and what there is by then is what the next turn is about."""
        verdict = self.house.check_books()
        assert verdict.holds, "\n".join(f"{one.rule}: {one.subject}: {one.found}" for one in verdict.breaches)
        reports = self.house.ports.reports
        self.stories = [reports.story(booking_id) for booking_id in reports.bookings()]
