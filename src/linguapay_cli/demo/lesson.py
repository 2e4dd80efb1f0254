"""What people do in every lesson: ask for it, agree, pay, give it, wait. Each deed tells itself and what came of it."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeAlias, TypeVar

from linguapay_cli.backstage import Stage
from linguapay_cli.demo.facts import Fact, Later, Step, expect
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import STRIPE, SYSTEM, Actor
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import USD, Money
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.story import Story
from linguapay_core.domain.transfer import Transfer, TransferState
from linguapay_core.use_cases.create_payment_intent import Checkout

ANNA: Final = Actor(Role.TEACHER, "anna")
BEN: Final = Actor(Role.STUDENT, "ben")
CLARA: Final = Actor(Role.STUDENT, "clara")
DAVID: Final = Actor(Role.STUDENT, "david")
ERIN: Final = Actor(Role.ADMIN, "erin")

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

T = TypeVar("T")
Told: TypeAlias = Generator[Fact, None, T]
"""Something that tells facts while it happens, and returns what came of it."""


class Stated(Protocol):
    """Something with a name and a state."""

    @property
    def id(self) -> str:
        """Its name."""
        ...

    @property
    def state(self) -> str:
        """Where it stands."""
        ...


def dollars(minor: int) -> Money:
    """An amount of the story's currency, from its minor units."""
    return Money(minor, USD)


def called(who: Actor) -> str:
    """What somebody is called in a sentence."""
    return who.person.capitalize()


class Lessons:
    """The stage, with the deeds that recur."""

    def __init__(self, stage: Stage) -> None:
        """Play there."""
        self.stage = stage
        self.linguapay = stage.linguapay

    @property
    def now(self) -> datetime:
        """The story's time."""
        return self.stage.clock.now()

    def step(self, who: Actor, does: str, about: Stated | None = None, **amounts: Money) -> Step:
        """Tell a deed, with the object that it is about as it stands now."""
        subject, state = (about.id, str(about.state)) if about else ("", "")
        return Step(self.now, who, does, subject, state, tuple(amounts.items()))

    def later(self, at: datetime, why: str) -> Told[None]:
        """Move the clock, and let the worker do what became due."""
        self.stage.clock.move_to(at)
        self.stage.work()
        yield Later(at, why)

    def story_of(self, booking: Booking) -> Story:
        """All that is known of a booking."""
        return self.linguapay.explain(booking.id).story

    def asked(self, student: Actor, gig: Gig, starts_at: datetime, minutes: int) -> Told[Booking]:
        """A student asks for a lesson, at the quote of this moment."""
        booking = self.linguapay.request_booking(student.person, gig.id, starts_at, minutes)
        expect("a booking that was asked for", booking.state, BookingState.REQUESTED)
        when = f"{starts_at:%a} {starts_at.day} {starts_at:%b %H:%M}"
        total = booking.quote.total
        yield self.step(student, f"asks for {minutes} minutes on {when}, for {total}", booking, total=total)
        return booking

    def agreed(self, booking: Booking) -> Told[Booking]:
        """The teacher agrees."""
        booking = self.linguapay.confirm_booking(booking.id, ANNA.person)
        expect("a booking that was agreed to", booking.state, BookingState.CONFIRMED)
        assert booking.pay_by is not None, "a confirmed booking has a pay-by"
        yield self.step(ANNA, f"agrees; it must be paid by {booking.pay_by:%A, %H:%M}", booking)
        return booking

    def paid(self, booking: Booking, checkout: Checkout, card: str, *, brand: str) -> Told[Payment]:
        """The student pays with a card, and the money's way into the balance is seen."""
        student = Actor(Role.STUDENT, booking.student_id)
        self.stage.browser.pay(secret(checkout), self.stage.browser.enter_card(card))
        payment = self.linguapay.confirm_payment(checkout.payment.id, student.person).payment
        yield from self.succeeded(booking, payment, f"pays by {brand}")
        return payment

    def succeeded(self, booking: Booking, payment: Payment, does: str) -> Told[None]:
        """A payment went through: the books hold it, and Stripe's webhooks have nothing to add."""
        expect("a payment that went through", payment.state, PaymentState.SUCCEEDED)
        expect("what was captured", payment.counters.captured.total, booking.quote.total)
        expect("the booking", self.story_of(booking).booking.state, BookingState.PAID)
        student, total = Actor(Role.STUDENT, payment.student_id), payment.parts.total
        yield self.step(student, f"{does}: {total} are held for the lesson", payment, captured=total)
        self.stage.clock.advance(2 * MINUTE)
        handed_over = self.stage.work()["webhooks"]
        (payment,) = self.story_of(booking).payments
        expect("the payment after its webhooks", (payment.state, bool(payment.cash_id)), (PaymentState.SUCCEEDED, True))
        yield self.step(STRIPE, f"sends {handed_over} webhooks: the charge is in the balance, the rest was known")

    def given(self, booking: Booking) -> Told[Booking]:
        """The lesson was given, and the teacher says so."""
        at = booking.ends_at + 5 * MINUTE
        yield from self.later(at, "the lesson is over")
        booking = self.linguapay.complete_booking(booking.id, ANNA.person)
        expect("a lesson that was given", booking.state, BookingState.COMPLETED)
        earns = booking.quote.teacher_earns
        does = f"says so: {earns} are hers, to be sent in 72 hours"
        yield self.step(ANNA, does, booking, earned=earns)
        return booking

    def transferred(self, booking: Booking, amount: Money, why: str) -> Told[Transfer]:
        """The protection period passes, and the teacher is paid."""
        transfer = self.transfer_of(booking)
        expect("an earning that is protected", transfer.state, TransferState.SCHEDULED)
        yield from self.later(transfer.pay_at, "72 hours have passed, and nobody complained")
        return (yield from self.arrived(booking, amount, why))

    def arrived(self, booking: Booking, amount: Money, why: str) -> Told[Transfer]:
        """Stripe has sent a transfer."""
        transfer = self.transfer_of(booking)
        expect("the transfer", (transfer.state, transfer.amount), (TransferState.CREATED, amount))
        yield self.step(SYSTEM, f"sends {called(ANNA)} {amount}, {why}", transfer, transferred=amount)
        return transfer

    def transfer_of(self, booking: Booking) -> Transfer:
        """The one transfer of a booking."""
        (transfer,) = self.story_of(booking).transfers
        return transfer


def secret(checkout: Checkout) -> str:
    """What the student's browser needs to pay."""
    assert checkout.client_secret is not None, "an open payment has a client secret"
    return checkout.client_secret.reveal()
