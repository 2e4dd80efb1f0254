"""A story is told with its reasons, what it waits for, and what everybody may do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.effect import EffectState
from linguapay_core.domain.events.payment import (
    PaymentCashed,
    PaymentOpened,
    PaymentSucceeded,
)
from linguapay_core.domain.explanation import Explanation, explain
from linguapay_core.domain.machine import Role
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.story import Story
from linguapay_core.domain.transfer import Hold, TransferState
from linguapay_core.testing.builders import (
    LESSON_AT,
    NOON,
    a_booking,
    a_gig,
    a_refund,
    a_refund_request,
    a_succeeded_payment,
    a_transfer,
    an_effect,
    an_entry,
    an_event,
    usd,
)

WAITING = Story(
    gig=a_gig(),
    booking=a_booking(state=BookingState.PAID),
    account=None,
    payments=(a_succeeded_payment(look_at=NOON),),
    requests=(a_refund_request(),),
    refunds=(a_refund(rule="request_approved"),),
    transfers=(
        a_transfer(state=TransferState.ON_HOLD, hold=Hold.ACCOUNT_NOT_READY),
        a_transfer(state=TransferState.SCHEDULED, pay_at=LESSON_AT, amount=usd(0)),
    ),
    effects=(an_effect(state=EffectState.UNKNOWN), an_effect(state=EffectState.SUCCEEDED)),
    events=(),
    entries=(),
    alarms=(),
)


def told(story: Story = WAITING) -> Explanation:
    """The story at noon."""
    return explain(story, at=NOON)


def test_each_amount_names_the_rule_that_set_it() -> None:
    amounts = {amount.name: amount.rule for amount in told().amounts}
    assert amounts["teacher earns"] == "the total less the fee"
    assert amounts[f"refund {a_refund().id}"] == "request approved"
    assert amounts[f"transfer {a_transfer().id}"] == "what was payable, less what the teacher owed"


def test_all_that_is_awaited_is_told() -> None:
    booking, payment, transfer, effect = WAITING.booking, WAITING.payments[0], WAITING.transfers[0], WAITING.effects[0]
    assert told().awaited == (
        f"the booking is paid until {booking.grace_ends_at:%Y-%m-%d %H:%M} UTC at the latest",
        f"a decision about {WAITING.requests[0].id}, until {WAITING.requests[0].expires_at:%Y-%m-%d} UTC",
        f"news of {payment.id}, which is succeeded; Stripe is asked at 12:00 UTC",
        f"{transfer.id} is held: account not ready",
        f"{transfer.id} is scheduled until {LESSON_AT:%Y-%m-%d %H:%M} UTC",
        f"Stripe owes an answer, or we a call: {effect.id} is unknown",
    )


def test_everybody_learns_what_they_may_do_and_why_not() -> None:
    moves = {(move.who, move.what): move.refusal for move in told().moves}
    assert moves[Role.STUDENT, "cancel"] is None
    too_early = moves[Role.TEACHER, "complete"]
    assert too_early is not None
    assert too_early.rule == "lesson_not_over"
    not_now = moves[Role.TEACHER, "confirm"]
    assert not_now is not None
    assert not_now.reason == "A booking that is paid can't confirm."
    assert moves[Role.ADMIN, "approve"] is None
    assert (Role.TEACHER, "approve") not in moves
    assert moves[Role.ADMIN, "release"] is None


def test_an_entry_follows_the_event_that_tells_of_it_within_one_instant() -> None:
    """And keeps its place behind the entry before it; one that nothing told of follows the first event."""
    booking, payment = WAITING.booking, WAITING.payments[0]
    events = (
        an_event(why="1"),
        an_event(subject=payment.id, fact=PaymentOpened("pi_1"), why="2"),
        an_event(subject=payment.id, fact=PaymentSucceeded(3150, "USD", "pi_1", "ch_1", "visa"), why="3"),
        an_event(subject=payment.id, fact=PaymentCashed("txn_1", 121, 3029), why="4"),
    )
    entries = (
        an_entry(key="1", what="unheard of"),
        an_entry(key="2", what="payment succeeded", subject=payment.id),
        an_entry(key="3", what="booking confirmed", subject=booking.id),
        an_entry(key="4", what="cash: charge", subject=payment.id, cash="txn_1"),
        an_entry(key="5", what="later", at=NOON + timedelta(seconds=1)),
    )
    moments = told(replace(WAITING, events=events, entries=entries)).moments
    told_in_order = [moment.why or moment.what for moment in moments]
    assert told_in_order == [
        *("1", "unheard of", "2", "3", "payment succeeded", "booking confirmed", "4", "cash: charge", "later")
    ]


def test_an_admin_may_send_again_what_came_to_nothing_and_learns_why_not() -> None:
    rejected = a_refund(state=RefundState.REJECTED, taken=())
    moves = told(replace(WAITING, refunds=(rejected, a_refund(state=RefundState.SUCCEEDED)))).moves
    (again,) = (move for move in moves if move.what == "refund again")
    assert (again.who, again.subject) == (Role.ADMIN, rejected.id)
    assert again.refusal is not None
    assert again.refusal.rule == "nothing_left_over"


def test_what_is_over_offers_and_awaits_nothing() -> None:
    over = Story(
        gig=a_gig(),
        booking=a_booking(state=BookingState.COMPLETED, closed_at=LESSON_AT + timedelta(hours=1)),
        account=None,
        payments=(a_succeeded_payment(look_at=None),),
        requests=(a_refund_request(state=RequestState.REJECTED),),
        refunds=(),
        transfers=(a_transfer(state=TransferState.CREATED, look_at=None),),
        effects=(),
        events=(),
        entries=(),
        alarms=(),
    )
    assert (told(over).awaited, told(over).moves, told(over).moments) == ((), (), ())
