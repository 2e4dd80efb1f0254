"""What an admin weighs about a refund request: urgency, the terms, and what going ahead would do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linguapay_core.domain import postings, review
from linguapay_core.domain.history import History
from linguapay_core.domain.ledger import ESCROW, GOODWILL, PLATFORM_FEE, Balances
from linguapay_core.domain.money import USD, Parts
from linguapay_core.domain.refund_request import Approval, RefundRequest, RequestState
from linguapay_core.domain.review import Urgency
from linguapay_core.domain.story import Story
from linguapay_core.testing.builders import (
    CARLA,
    LESSON_AT,
    NOON,
    a_booking,
    a_gig,
    a_refund_request,
    a_succeeded_payment,
    a_text,
    usd,
)

PAID = a_succeeded_payment()
SETTLED = replace(PAID, settled_at=NOON)
IN_ESCROW = Balances(USD).after(postings.payment_succeeded(PAID, at=NOON))
EARNED = IN_ESCROW.after(postings.settled(PAID, IN_ESCROW, at=NOON))

NOBODY = History({}, {}, {})


@pytest.mark.parametrize(
    ("state", "hours_left", "expected"),
    [
        (RequestState.SUBMITTED, 25, None),
        (RequestState.SUBMITTED, 24, Urgency.EXPIRES_SOON),
        (RequestState.APPROVED, -1, Urgency.EXPIRES_SOON),
        (RequestState.BLOCKED, 500, Urgency.BLOCKED),
        (RequestState.DONE, 1, None),
        (RequestState.EXECUTING, 1, None),
    ],
)
def test_a_request_is_urgent_when_it_is_blocked_or_expires_within_a_day(
    state: RequestState, hours_left: int, expected: Urgency | None
) -> None:
    request = a_refund_request(state=state, expires_at=NOON + timedelta(hours=hours_left))
    assert review.urgency(request, at=NOON) is expected


@pytest.mark.parametrize(
    ("hours_before", "expected"),
    [(25, Parts(usd(3000), usd(150))), (7, Parts(usd(1500), usd(0))), (-1, Parts(usd(0), usd(0)))],
)
def test_a_glance_tells_what_cancelling_gave_at_the_hour_of_asking(hours_before: int, expected: Parts) -> None:
    request = a_refund_request(submitted_at=LESSON_AT - timedelta(hours=hours_before))
    told = review.glance(request, PAID, a_booking(), at=LESSON_AT)
    assert (told.by_terms, told.request, told.payment, told.booking) == (expected, request, PAID, a_booking())


def taken(request: RefundRequest, books: Balances) -> list[dict[str, int]]:
    """What either way of going ahead takes from whom, in minor units."""
    return [
        {f"{'fee' if one.of_fee else 'price'} {one.account.kind}": one.amount.amount_minor for one in way.taken}
        for way in review.consequences(request, SETTLED, books)
    ]


def test_before_the_lesson_everybody_pays_out_of_escrow() -> None:
    either_way = {f"price {ESCROW}": 952, f"fee {ESCROW}": 48}
    assert taken(a_refund_request(), IN_ESCROW) == [either_way, either_way]


def test_after_the_lesson_the_teacher_pays_or_the_platform_by_goodwill() -> None:
    by_teacher = {"price teacher_payable": 952, f"fee {PLATFORM_FEE}": 48}
    by_platform = {f"price {GOODWILL}": 952, f"fee {PLATFORM_FEE}": 48}
    assert taken(a_refund_request(), EARNED) == [by_teacher, by_platform]


def test_the_approved_amount_counts_and_never_more_than_is_left() -> None:
    approved = a_refund_request(approvals=(Approval(CARLA, usd(105), NOON),))
    assert [one.parts for one in review.consequences(approved, PAID, IN_ESCROW)] == 2 * [Parts(usd(100), usd(5))]
    greedy = a_refund_request(amount=usd(99_999))
    assert [one.parts for one in review.consequences(greedy, PAID, IN_ESCROW)] == 2 * [PAID.counters.left]
    assert [one.platform_bears for one in review.consequences(greedy, PAID, IN_ESCROW)] == [False, True]


@pytest.mark.parametrize("state", [RequestState.DONE, RequestState.EXECUTING, RequestState.REJECTED])
def test_what_cannot_go_ahead_any_more_has_no_consequences(state: RequestState) -> None:
    assert review.consequences(a_refund_request(state=state), PAID, IN_ESCROW) == ()


def test_where_nothing_is_left_there_is_nothing_to_take() -> None:
    gone = replace(PAID, counters=replace(PAID.counters, refunded=PAID.counters.captured))
    assert review.consequences(a_refund_request(), gone, Balances(USD)) == ()


def test_a_review_has_the_story_the_texts_and_both_histories() -> None:
    request, text = a_refund_request(), a_text()
    entries = postings.payment_succeeded(PAID, at=NOON)
    story = Story(a_gig(), a_booking(), None, (PAID,), (request,), (), (), (), (), entries, ())
    teacher = replace(NOBODY, absent=2)
    told = review.review(request, story, [text], NOBODY, teacher, at=NOON)
    assert (told.glance.payment, told.story, told.texts) == (PAID, story, (text,))
    assert told.consequences == review.consequences(request, PAID, IN_ESCROW)
    assert (told.student, told.teacher) == (NOBODY, teacher)
