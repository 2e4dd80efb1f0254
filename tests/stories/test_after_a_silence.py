"""What happened while our server was down for long: no movement loses its object, however late that one is heard of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from linguapay_adapters.composition import Rehearsal, sandbox
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.transfer import TransferState
from tests.stories.post import Post
from tests.stories.tale import (
    STUDENT,
    TEACHER,
    VISA,
    booked,
    card_saved,
    cash_arrived,
    check_books,
    client,
    paid_with_saved_card,
    story,
    taught,
    teacher_onboarded,
    teacher_paid,
    works,
)

SILENCE = timedelta(hours=3)
"""Longer than a movement waits for an explanation."""


@pytest.fixture
def house() -> Iterator[Rehearsal]:
    """A lesson that has been paid, and a post that brings nothing any more."""
    with sandbox(seed=1) as opened:
        for step in (booked, teacher_onboarded, card_saved, paid_with_saved_card, cash_arrived):
            step(opened)
        Post(opened)
        yield opened


def comes_back(house: Rehearsal) -> None:
    """After hours in which nobody listened, the worker takes up its work."""
    house.clock.advance(SILENCE)
    works(house)
    check_books(house)
    assert house.ports.reports.open_alarms() == ()


def test_a_refund_made_by_hand_during_a_silence_is_adopted(house: Rehearsal) -> None:
    intent_id = story(house).payments[0].intent_id
    client(house).v1.refunds.create({"payment_intent": intent_id, "amount": 500})
    comes_back(house)
    assert [refund.state for refund in story(house).refunds] == [RefundState.SUCCEEDED]


def test_a_transfer_reversed_by_hand_during_a_silence_is_held(house: Rehearsal) -> None:
    taught(house)
    teacher_paid(house)
    (transfer,) = story(house).transfers
    client(house).v1.transfers.reversals.create(transfer.stripe_id, {"amount": 400})
    comes_back(house)
    assert [one.state for one in story(house).transfers] == [TransferState.CREATED, TransferState.ON_HOLD]


def test_more_payments_than_one_look_takes_are_all_found_after_a_silence(house: Rehearsal) -> None:
    lessons = 25
    gig = house.offer_gig(TEACHER, "Greek", 2500)

    def pays(number: int) -> Callable[[], object]:
        start = house.clock.now() + timedelta(days=5, hours=number)
        booking = house.request_booking(STUDENT, gig.id, start, 60)
        house.confirm_booking(booking.id, TEACHER)
        checkout = house.create_payment_intent(booking.id, STUDENT)
        assert checkout.client_secret is not None
        secret = checkout.client_secret.reveal()
        return lambda: house.browser.pay(secret, house.browser.enter_card(VISA))

    for pay in [pays(number) for number in range(lessons)]:
        pay()
    comes_back(house)
    reports = house.ports.reports
    states = [reports.story(booking_id).booking.state for booking_id in reports.bookings()]
    assert states == ["paid"] * (lessons + 1)
