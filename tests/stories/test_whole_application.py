"""Students, teachers, admins, Stripe, the clock and bad luck take turns over the whole application, in any order.

After every turn the books hold; after all of them, once everything has come to rest, they also equal Stripe's.
``LINGUAPAY_SOAK`` is the number of days to play instead of the few that every run of the suite plays.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from linguapay_adapters.stripe_sandbox.faults import COURSES
from tests.stories.day import PRICES, Day
from tests.stories.tale import ADMIN, PASSING, client

ValueT = TypeVar("ValueT")

STUDENTS = ("student-ben", "student-cai")
CARDS = (
    "4242424242424242",
    "4000000000000002",
    "4000002760003184",
    "4000002500003155",
    "4000000000007726",
    "4000000000005126",
    "4000000000000077",
    "4000000000000341",
)
A_WHILE = tuple(timedelta(minutes=minutes) for minutes in (1, 3, 11, 70, 400, 1500))
HALF_A_DAY = timedelta(hours=12)

any_student, any_teacher = st.sampled_from(STUDENTS), st.sampled_from(tuple(PRICES))
any_card = st.sampled_from(CARDS)
which = st.integers(0, 5)
"""One of several things, counted around."""


def the(things: Sequence[ValueT], number: int) -> ValueT:
    """One of them."""
    return things[number % len(things)]


class Marketplace(Day):
    """Every turn that somebody may take."""

    slots = 0

    # Lessons ---------------------------------------------------------------------------------------------------------

    @initialize(ready=st.booleans(), card=any_card, saved=st.booleans(), funds_minor=st.sampled_from((0, 200_000)))
    def the_day_begins(self, card: str, funds_minor: int, *, ready: bool, saved: bool) -> None:
        if funds_minor:
            self.house.stripe.adjust(funds_minor)
        for teacher in PRICES if ready else ():
            self.onboards(teacher)
        self.books_and_pays(STUDENTS[0], 0, card, saved=saved)

    @rule(teacher=any_teacher)
    def onboards(self, teacher: str) -> None:
        def onboard() -> None:
            opened = self.house.open_teacher_account(
                teacher, "FR", "https://lessons.example/", "https://lessons.example/"
            )
            self.house.stripe.complete_onboarding(opened.account.account_id)

        self.tries(onboard)

    @rule(student=any_student, number=which, hours=st.integers(0, 60), minutes=st.sampled_from((30, 60, 90)))
    def requests_lesson(self, student: str, number: int, hours: int, minutes: int) -> None:
        start = self.house.clock.now() + timedelta(hours=hours, minutes=5)
        self.tries(lambda: self.house.request_booking(student, the(self.gigs, number).id, start, minutes))

    @rule(student=any_student, number=which, card=any_card, saved=st.booleans())
    def books_and_pays(self, student: str, number: int, card: str, *, saved: bool) -> None:
        """All that a quick couple does before the first obstacle."""
        self.slots += 2

        def buy() -> None:
            gig = the(self.gigs, number)
            start = self.house.clock.now() + timedelta(hours=3 + self.slots)
            booking = self.house.request_booking(student, gig.id, start, 60)
            self.house.confirm_booking(booking.id, gig.teacher_id)
            method = self.outside(lambda: self.house.browser.enter_card(card))
            if saved:
                self.house.save_payment_method(student, method)
                self.house.create_payment_intent(booking.id, student, payment_method_id=method)
            else:
                checkout = self.house.create_payment_intent(booking.id, student)
                assert checkout.client_secret is not None
                secret = checkout.client_secret.reveal()
                self.outside(lambda: self.house.browser.pay(secret, method))

        self.tries(buy)

    @precondition(lambda self: self.bookings)
    @rule(number=which, answer=st.sampled_from(("confirm", "decline", "withdraw", "cancel", "quit")))
    def answers(self, number: int, answer: str) -> None:
        house, booking = self.house, the(self.bookings, number)
        deeds: dict[str, Callable[[], object]] = {
            "confirm": lambda: house.confirm_booking(booking.id, booking.teacher_id),
            "decline": lambda: house.decline_booking(booking.id, booking.teacher_id),
            "withdraw": lambda: house.withdraw_booking(booking.id, booking.student_id),
            "cancel": lambda: house.cancel_booking(booking.id, booking.student_id),
            "quit": lambda: house.cancel_booking(booking.id, booking.teacher_id),
        }
        self.tries(deeds[answer])

    @precondition(lambda self: self.bookings)
    @rule(number=which, card=any_card, times=st.integers(1, 2), stays=st.booleans())
    def pays(self, number: int, card: str, times: int, *, stays: bool) -> None:
        booking = the(self.bookings, number)

        def pay() -> None:
            checkout = self.house.create_payment_intent(booking.id, booking.student_id)
            if checkout.client_secret is not None:
                secret = checkout.client_secret.reveal()
                self.outside(lambda: self.house.browser.pay(secret, self.house.browser.enter_card(card)))
            if stays:
                self.house.confirm_payment(checkout.payment.id, booking.student_id)

        for _ in range(times):
            self.tries(pay)

    @precondition(lambda self: self.payments)
    @rule(number=which, passes=st.booleans(), stays=st.booleans())
    def answers_the_bank(self, number: int, *, passes: bool, stays: bool) -> None:
        payment = the(self.payments, number)
        answer = self.house.browser.answer_challenge
        self.tries(lambda: self.outside(lambda: answer(payment.intent_id, succeeds=passes)))
        if stays:
            self.tries(lambda: self.house.confirm_payment(payment.id, payment.student_id))

    @precondition(lambda self: self.bookings)
    @rule(
        number=which,
        deed=st.sampled_from(
            ("complete", "student waits", "teacher waits", "student denies", "teacher denies", "problem")
        ),
    )
    def judges_the_lesson(self, number: int, deed: str) -> None:
        house, booking = self.house, the(self.bookings, number)
        deeds: dict[str, Callable[[], object]] = {
            "complete": lambda: house.complete_booking(booking.id, booking.teacher_id),
            "student waits": lambda: house.claim_no_show(booking.id, booking.student_id),
            "teacher waits": lambda: house.claim_no_show(booking.id, booking.teacher_id),
            "student denies": lambda: house.deny_no_show(booking.id, booking.student_id),
            "teacher denies": lambda: house.deny_no_show(booking.id, booking.teacher_id),
            "problem": lambda: house.report_problem(booking.id, booking.student_id, "It was too loud."),
        }
        self.tries(deeds[deed])

    @precondition(lambda self: self.bookings)
    @rule(number=which, refund_minor=st.sampled_from((0, 1, 999, 2625)), cancelled=st.booleans())
    def decides_contest(self, number: int, refund_minor: int, *, cancelled: bool) -> None:
        booking = the(self.bookings, number)
        self.tries(lambda: self.house.decide_contest(booking.id, ADMIN, refund_minor, "So be it.", cancelled=cancelled))

    @precondition(lambda self: self.bookings)
    @rule(number=which, hours=st.integers(1, 50), accepted=st.booleans())
    def reschedules(self, number: int, hours: int, *, accepted: bool) -> None:
        house, booking = self.house, the(self.bookings, number)
        answer = house.accept_reschedule if accepted else house.decline_reschedule
        start = house.clock.now() + timedelta(hours=hours)
        self.tries(lambda: house.propose_reschedule(booking.id, booking.student_id, start))
        self.tries(lambda: answer(booking.id, booking.teacher_id))

    # Money back and out ----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.payments)
    @rule(number=which, amount_minor=st.sampled_from((1, 125, 1000, 2625, 61_000)), quick=st.booleans())
    def wants_money_back(self, number: int, amount_minor: int, *, quick: bool) -> None:
        payment = the(self.payments, number)

        def ask() -> None:
            request = self.house.request_refund(payment.id, payment.student_id, amount_minor, "I was ill.")
            if quick:
                self.house.approve_refund_request(request.id, ADMIN)
                self.house.process_refund_request(request.id, ADMIN)

        self.tries(ask)

    @precondition(lambda self: self.requests)
    @rule(
        number=which,
        deed=st.sampled_from(("edit", "withdraw", "approve", "approve a part", "second approval", "reject", "process")),
        platform_bears=st.booleans(),
    )
    def handles_request(self, number: int, deed: str, *, platform_bears: bool) -> None:
        house, request = self.house, the(self.requests, number)
        approve = house.approve_refund_request
        deeds: dict[str, Callable[[], object]] = {
            "edit": lambda: house.edit_refund_request(request.id, request.student_id, 700),
            "withdraw": lambda: house.withdraw_refund_request(request.id, request.student_id),
            "approve": lambda: approve(request.id, ADMIN, platform_bears=platform_bears),
            "approve a part": lambda: approve(request.id, ADMIN, 300, platform_bears=platform_bears),
            "second approval": lambda: approve(request.id, "admin-dora", platform_bears=platform_bears),
            "reject": lambda: house.reject_refund_request(request.id, ADMIN, "No."),
            "process": lambda: house.process_refund_request(request.id, ADMIN),
        }
        self.tries(deeds[deed])

    @precondition(lambda self: self.payments)
    @rule(number=which, by_bank=st.booleans())
    def pays_credit(self, number: int, *, by_bank: bool) -> None:
        payment = the(self.payments, number)
        if by_bank:
            self.tries(
                lambda: self.house.note_credit_paid_by_bank(payment.id, ADMIN, 500, f"bank-{self.house.clock.now():%s}")
            )
        else:
            self.tries(lambda: self.house.refund_credit_again(payment.id, ADMIN))

    @precondition(lambda self: self.transfers)
    @rule(number=which, hold=st.booleans())
    def holds_transfer(self, number: int, *, hold: bool) -> None:
        deed = self.house.hold_transfer if hold else self.house.release_transfer
        self.tries(lambda: deed(the(self.transfers, number).id, ADMIN))

    # By hand at Stripe -----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.payments)
    @rule(number=which, amount_minor=st.sampled_from((1, 500, 2625)))
    def refunded_by_hand(self, number: int, amount_minor: int) -> None:
        intent_id = the(self.payments, number).intent_id
        refunds = client(self.house).v1.refunds
        if intent_id:
            order = {"payment_intent": intent_id, "amount": amount_minor}
            self.tries(lambda: self.outside(lambda: refunds.create(order)))  # type: ignore[arg-type]

    @precondition(lambda self: any(one.stripe_id for one in self.transfers))
    @rule(number=which, amount_minor=st.sampled_from((1, 500, 2500)))
    def reversed_by_hand(self, number: int, amount_minor: int) -> None:
        transfer = the([one for one in self.transfers if one.stripe_id], number)
        reversals = client(self.house).v1.transfers.reversals
        self.tries(lambda: self.outside(lambda: reversals.create(transfer.stripe_id, {"amount": amount_minor})))

    @rule(amount_minor=st.sampled_from((-300, 40, 100_000)), kind=st.sampled_from(("adjustment", "fee", "payout")))
    def moved_by_stripe(self, amount_minor: int, kind: str) -> None:
        house = self.house
        deeds: dict[str, Callable[[], object]] = {
            "adjustment": lambda: house.stripe.adjust(amount_minor),
            "fee": lambda: house.stripe.charge_stripe_fee(abs(amount_minor)),
            "payout": lambda: client(house).v1.payouts.create({"amount": abs(amount_minor), "currency": "usd"}),
        }
        self.tries(lambda: self.outside(deeds[kind]))

    # Time and bad luck -----------------------------------------------------------------------------------------------

    @rule(by=st.sampled_from(A_WHILE))
    def time_passes(self, by: timedelta) -> None:
        """The worker is never gone for longer than half a day."""
        while by:
            step = min(by, HALF_A_DAY)
            self.house.clock.advance(step)
            self.works()
            by -= step

    @precondition(lambda self: self.bookings)
    @rule(number=which, to=st.sampled_from(("start", "end", "grace over", "protection over")))
    def the_hour_comes(self, number: int, to: str) -> None:
        booking = the(self.bookings, number)
        hours = {
            "start": booking.starts_at,
            "end": booking.ends_at,
            "grace over": booking.grace_ends_at,
            "protection over": (booking.closed_at or booking.ends_at) + booking.deadlines.protection,
        }
        self.time_passes(max(hours[to] - self.house.clock.now() + timedelta(minutes=1), timedelta(0)))

    @rule()
    def works(self) -> None:
        for round_ in self.house.worker.run_until_idle():
            for trouble in round_.troubles.values():
                assert isinstance(trouble, PASSING), trouble

    @rule(kind=st.sampled_from(tuple(COURSES)), method=st.sampled_from(("POST", "GET", "*")), nth=st.integers(1, 3))
    def something_breaks(self, kind: str, method: str, nth: int) -> None:
        self.house.stripe.faults.add(kind, method=method, nth=nth, seconds=200 if kind == "slow" else 0)

    @rule(mood=st.sampled_from(("once", "never", "backwards, twice")))
    def post_changes(self, mood: str) -> None:
        self.mood = mood


Marketplace.TestCase.settings = settings(
    max_examples=int(os.environ.get("LINGUAPAY_SOAK", "12")), stateful_step_count=40, deadline=None
)
TestMarketplace = Marketplace.TestCase
