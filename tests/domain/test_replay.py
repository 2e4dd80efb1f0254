"""A history that is replayed at the price at which it was sold makes the entries that stand in its books.

At any other price what students paid is still somewhere: gone back, earned, or waiting.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

import pytest
from hypothesis import settings
from hypothesis.stateful import invariant

from linguapay_core.domain.decision import Decision, Event
from linguapay_core.domain.instead import Instead
from linguapay_core.domain.ledger import Entry
from linguapay_core.domain.policies import CancellationTerms, FeePolicy, Tier
from linguapay_core.domain.replay import replayed
from linguapay_core.domain.seen import RefundStatus
from linguapay_core.domain.story import Story
from linguapay_core.domain.what_if import Outcome
from linguapay_core.testing.builders import a_gig, a_refund_request
from tests.domain.history import History
from tests.domain.lesson import Lesson

OTHERS = (
    Instead((FeePolicy(rate_bps=700, minimum_minor=150),)),
    Instead((FeePolicy(rate_bps=0, minimum_minor=0),), CancellationTerms(())),
    Instead((FeePolicy(rate_bps=2000, student_share_bps=0),), CancellationTerms((Tier(0, 10_000),))),
    Instead(terms=CancellationTerms((Tier(48, 3_333), Tier(0, 1)))),
)


class ToldLesson(Lesson):
    """A lesson that remembers its events, as a store does."""

    events: tuple[Event, ...] = ()

    def keep(self, decision: Decision[object]) -> None:
        """Store a decision, its events too."""
        super().keep(decision)
        self.events += decision.events

    def story(self) -> Story:
        """All that a store would tell of it."""
        return Story(
            gig=a_gig(),
            booking=self.booking,
            account=None,
            payments=(self.payment,),
            requests=(),
            refunds=tuple(self.refunds.values()),
            transfers=tuple(self.transfers.values()),
            effects=(),
            events=self.events,
            entries=self.entries,
            alarms=(),
        )


def paid() -> ToldLesson:
    """A lesson that is paid."""
    lesson = ToldLesson()
    lesson.pay()
    return lesson


def owed_elsewhere() -> ToldLesson:
    """What the teacher owes for another lesson is kept back from this one's earning."""
    lesson = ToldLesson(owed_elsewhere=500)
    lesson.pay()
    lesson.complete()
    lesson.transfer_news(lesson.send())
    return lesson


def made_at_stripe() -> ToldLesson:
    """Somebody made a refund at Stripe while another was under way."""
    lesson = paid()
    lesson.refund(1000)
    lesson.adopt(700)
    return lesson


def found_after_all() -> ToldLesson:
    """The refund of a cancelled lesson is refused, and Stripe made it after all."""
    lesson = paid()
    lesson.cancel()
    (name,) = lesson.refunds
    lesson.refund_refused(name)
    lesson.refund_news(name, RefundStatus.SUCCEEDED)
    return lesson


def credited_and_paid_by_bank() -> ToldLesson:
    """The refund of a cancelled lesson fails after its cash moved, and half of it is paid by bank."""
    lesson = paid()
    lesson.cancel()
    (name,) = lesson.refunds
    lesson.refund_news(name, RefundStatus.SUCCEEDED)
    lesson.refund_news(name, RefundStatus.FAILED, returned=True)
    lesson.pay_credit_by_bank(1000)
    lesson.credit_again()
    return lesson


def written_off_and_reversed() -> ToldLesson:
    """The teacher was paid, owes for a refund that is written off, and then all of the transfer comes back."""
    lesson = paid()
    lesson.complete()
    name = lesson.send()
    lesson.transfer_news(name)
    lesson.refund(1050)
    lesson.write_off(1000)
    lesson.transfer_news(name, reversed_minor=3000)
    return lesson


def written_off_and_released() -> ToldLesson:
    """The same, but it is the refund that comes to nothing."""
    lesson = paid()
    lesson.complete()
    lesson.transfer_news(lesson.send())
    name = lesson.refund(1050)
    lesson.write_off(1000)
    lesson.refund_refused(name)
    return lesson


def sent_again() -> ToldLesson:
    """A refund comes to nothing after the lesson was cancelled without the rest, and is sent again."""
    lesson = paid()
    name = lesson.refund(1050)
    lesson.at = lesson.booking.starts_at - timedelta(hours=1)
    lesson.cancel()
    lesson.at += timedelta(hours=1)
    lesson.refund_refused(name)
    lesson.refund_again(name)
    return lesson


def settled_without_an_entry(*, at_once: bool) -> ToldLesson:
    """All was refunded before the lesson was given, and comes to nothing in the same instant or later."""
    lesson = paid()
    name = lesson.refund(3150)
    lesson.complete()
    lesson.at += timedelta(minutes=0 if at_once else 1)
    lesson.refund_refused(name)
    return lesson


def refused_at_the_end() -> ToldLesson:
    """A refund comes to nothing in the instant in which the lesson, of which nothing was left, is given."""
    lesson = paid()
    lesson.at = lesson.booking.ends_at
    name = lesson.refund(3150)
    lesson.refund_refused(name)
    lesson.refund(3150)
    lesson.complete()
    return lesson


SCENES: Final[tuple[Callable[[], ToldLesson], ...]] = (
    paid,
    owed_elsewhere,
    made_at_stripe,
    found_after_all,
    credited_and_paid_by_bank,
    written_off_and_reversed,
    written_off_and_released,
    sent_again,
    partial(settled_without_an_entry, at_once=True),
    partial(settled_without_an_entry, at_once=False),
    refused_at_the_end,
)


@pytest.mark.parametrize("scene", SCENES)
def test_a_rare_history_is_replayed_to_the_cent_and_at_any_price(scene: Callable[[], ToldLesson]) -> None:
    lesson = scene()
    story, payment = lesson.story(), lesson.payment
    assert replayed(story, payment, lesson.booking.quote) == own_entries(lesson)
    for instead in OTHERS:
        quote = instead.quote(lesson.booking.quote)
        assert quote is not None
        check_all_is_somewhere(Outcome.of(replayed(story, payment, quote), payment))


def own_entries(lesson: ToldLesson) -> tuple[Entry, ...]:
    """The entries that change the balances of the lesson's payment."""
    return tuple(entry for entry in lesson.entries if lesson.payment.id in entry.payments)


def check_all_is_somewhere(found: Outcome) -> None:
    """What was paid, and given from the platform's own, went back, was earned, or waits."""
    back = found.refunds + found.student_credit
    kept = found.platform_fees + found.teachers_earn + found.in_escrow
    assert found.volume + found.goodwill == back + kept


def test_a_request_says_who_bears_a_refund_that_only_touched_the_escrow() -> None:
    """It was taken before the lesson was given; had less been in escrow, the platform would have borne the rest."""
    lesson = paid()
    name = lesson.refund(3150)
    request = a_refund_request(platform_bears=True)
    named = replace(lesson.refunds[name], request_id=request.id)
    story = replace(lesson.story(), requests=(request,), refunds=(named,))
    assert replayed(story, lesson.payment, lesson.booking.quote) == story.entries


class ReplayedHistory(History):
    """Anything that may happen to one paid lesson, and the same once more."""

    lesson: ToldLesson

    def began(self, owed: int) -> ToldLesson:
        return ToldLesson(owed_elsewhere=owed)

    @invariant()
    def the_replay_makes_the_same_entries(self) -> None:
        story = self.lesson.story()
        assert replayed(story, self.lesson.payment, self.lesson.booking.quote) == own_entries(self.lesson)

    @invariant()
    def under_any_policy_all_that_was_paid_is_somewhere(self) -> None:
        story, payment = self.lesson.story(), self.lesson.payment
        for instead in OTHERS:
            quote = instead.quote(self.lesson.booking.quote)
            assert quote is not None
            found = Outcome.of(replayed(story, payment, quote), payment)
            assert found.volume == (quote.total.amount_minor if payment.succeeded_at else 0)
            check_all_is_somewhere(found)


TestReplayedHistory = ReplayedHistory.TestCase
TestReplayedHistory.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
