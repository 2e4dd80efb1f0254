"""Whatever becomes of a story's webhooks, it ends in the state and the books of the orderly day."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Final

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_adapters.telling.boundary import Crossing, Side
from tests.stories.likeness import Likeness, likeness
from tests.stories.post import Choice, Post, never
from tests.stories.tale import (
    ALWAYS_3DS,
    DECLINED,
    STUDENT,
    Tale,
    booked,
    check_end,
    refunded_in_part,
    story,
    taught,
    teacher_onboarded,
    teacher_paid,
    told,
    works,
)

WRITING: Final = frozenset({"create_intent", "create_refund", "create_transfer"})
"""The calls whose news may come by webhook before their answer comes."""


def paid_and_gone(house: Rehearsal) -> None:
    """The student pays with a second card, closes the browser, and never comes back to tell."""
    checkout = house.create_payment_intent(story(house).booking.id, STUDENT)
    assert checkout.client_secret is not None
    secret = checkout.client_secret.reveal()
    house.browser.pay(secret, house.browser.enter_card(DECLINED))
    house.browser.pay(secret, house.browser.enter_card(ALWAYS_3DS))
    house.browser.answer_challenge(checkout.payment.intent_id)


def quarter_of_an_hour(house: Rehearsal) -> None:
    """As long as it takes at most until we ask Stripe ourselves."""
    for _ in range(3):
        house.clock.advance(timedelta(minutes=5))
        works(house)


SILENT: Final = Tale(
    "silent",
    (
        booked,
        teacher_onboarded,
        paid_and_gone,
        quarter_of_an_hour,
        refunded_in_part,
        quarter_of_an_hour,
        taught,
        teacher_paid,
    ),
    (("charge", 2625), ("refund", -1000), ("transfer", -1548)),
)


@cache
def orderly() -> Likeness:
    """The day on which every webhook comes once, in order, at once."""
    with sandbox(seed=1) as house:
        told(house, SILENT)
        check_end(house, SILENT)
        return likeness(house)


def disorderly(choose: Choice, *, hasty: bool = False) -> Likeness:
    """A day with such a post. With ``hasty`` webhooks, news is handed over and read before Stripe's answer has come."""
    reading = False

    def overtake(crossing: Crossing) -> None:
        nonlocal reading
        if hasty and not reading and crossing.side is Side.AFTER and crossing.call in WRITING:
            reading = True
            post.hand_over()
            house.process_webhook_events()
            reading = False

    with sandbox(seed=1, on_crossing=overtake) as house:
        post = Post(house, choose)
        told(house, SILENT)
        everything = range(post.collect())
        check_end(house, SILENT)
        before = likeness(house)
        post.deliver([*reversed(everything), *everything])
        works(house)
        check_end(house, SILENT)
        assert likeness(house) == before, "old news changed something"
        return before


@settings(
    max_examples=int(os.environ.get("LINGUAPAY_SOAK", "15")), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
@given(data=st.data(), hasty=st.booleans())
def test_any_order_and_duplication_of_webhooks_ends_like_the_orderly_day(data: st.DataObject, *, hasty: bool) -> None:
    def choose(waiting: int) -> Sequence[int]:
        numbers = st.lists(st.integers(0, waiting - 1), max_size=2 * waiting)
        return data.draw(numbers, label="events handed over") if waiting else ()

    assert disorderly(choose, hasty=hasty) == orderly()


def test_webhooks_that_never_come_are_not_missed() -> None:
    assert disorderly(never) == orderly()


def test_a_hundred_copies_of_each_webhook_are_one() -> None:
    assert disorderly(lambda waiting: [*range(waiting)] * 100) == orderly()


def test_webhooks_that_come_before_the_answer_and_backwards_change_nothing() -> None:
    assert disorderly(lambda waiting: range(waiting - 1, -1, -1), hasty=True) == orderly()
