"""The tales that the hard tests tell: a lesson each, from the booking to the last movement of money.

A tale is told in steps, and a step may be taken any number of times: it looks at what is there and does what is
missing, as people do who come back after something went wrong. So a tale can be interrupted anywhere and told to its
end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from stripe import StripeClient

from linguapay_adapters.composition import REHEARSAL_STARTS, SANDBOX_SECRET_KEY, Rehearsal
from linguapay_adapters.stripe.client import connect
from linguapay_adapters.stripe_sandbox.in_process import SandboxHTTPClient
from linguapay_core.domain.booking import BookingState
from linguapay_core.domain.errors import Busy, GatewayUnreachable, InDoubt, InFlight
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.domain.story import Story
from linguapay_core.use_cases.create_payment_intent import PAYABLE

TEACHER: Final = "teacher-anna"
STUDENT: Final = "student-ben"
ADMIN: Final = "admin-cleo"

VISA: Final = "4242424242424242"
DECLINED: Final = "4000000000000002"
ALWAYS_3DS: Final = "4000002760003184"

STARTS_AT: Final = REHEARSAL_STARTS + timedelta(days=3)
MINUTES: Final = 60
HOURLY_PRICE_MINOR: Final = 2500
REFUND_MINOR: Final = 1000

PASSING: Final = (GatewayUnreachable, InFlight, InDoubt, Busy)
"""What a person waits for and then tries again."""

PATIENCE: Final = 60
"""How often a step is tried before somebody must have lost the thread."""

Step = Callable[[Rehearsal], None]
Movement = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Tale:
    """Steps, and the movements on the Stripe balance that are meant: kind and amount in minor units, before fees."""

    name: str
    steps: tuple[Step, ...]
    movements: tuple[Movement, ...]


def story(house: Rehearsal) -> Story:
    """All that belongs to the tale's one booking."""
    (booking_id,) = house.ports.reports.bookings()
    return house.ports.reports.story(booking_id)


def moves_to(house: Rehearsal, at: datetime) -> None:
    """Let the time come; what is past already stays past."""
    house.clock.move_to(max(at, house.clock.now()))


def works(house: Rehearsal) -> None:
    """Let the worker work. That Stripe can't be reached is no surprise here; anything else is raised."""
    for round_ in house.worker.run_until_idle():
        for trouble in round_.troubles.values():
            if not isinstance(trouble, PASSING):
                raise trouble


def booked(house: Rehearsal) -> None:
    """The student asks for a lesson, and the teacher agrees and opens an account."""
    if not list(house.ports.reports.bookings()):
        gig = house.offer_gig(TEACHER, "French", HOURLY_PRICE_MINOR)
        house.request_booking(STUDENT, gig.id, STARTS_AT, MINUTES)
    booking = story(house).booking
    if booking.state is BookingState.REQUESTED:
        house.confirm_booking(booking.id, TEACHER)


def teacher_onboarded(house: Rehearsal) -> None:
    """The teacher completes an account at Stripe."""
    onboarding = house.open_teacher_account(TEACHER, "FR", "https://lessons.example/", "https://lessons.example/again")
    house.stripe.complete_onboarding(onboarding.account.account_id)
    works(house)


def declined(house: Rehearsal) -> None:
    """The student's first card is declined."""
    booking = story(house).booking
    if booking.state not in PAYABLE:
        return
    checkout = house.create_payment_intent(booking.id, STUDENT)
    if checkout.client_secret is not None and not checkout.payment.decline_code:
        house.browser.pay(checkout.client_secret.reveal(), house.browser.enter_card(DECLINED))
        house.confirm_payment(checkout.payment.id, STUDENT)


def paid_with_3ds(house: Rehearsal) -> None:
    """The second card asks for 3-D Secure, which the student passes."""
    booking = story(house).booking
    if booking.state not in PAYABLE:
        return
    checkout = house.create_payment_intent(booking.id, STUDENT)
    if checkout.client_secret is not None:
        shown = house.browser.pay(checkout.client_secret.reveal(), house.browser.enter_card(ALWAYS_3DS))
        if shown.get("status") == "requires_action":
            house.browser.answer_challenge(checkout.payment.intent_id)
    house.confirm_payment(checkout.payment.id, STUDENT)


def cash_arrived(house: Rehearsal) -> None:
    """The charge is captured, and its balance transaction read."""
    house.clock.advance(timedelta(minutes=5))
    works(house)


def refunded_in_part(house: Rehearsal) -> None:
    """The student asks for a part back; an admin approves and sends it."""
    payment = _paid(house)
    request = _request(house) or house.request_refund(payment.id, STUDENT, REFUND_MINOR, "Half the lesson was noise.")
    if request.state is RequestState.SUBMITTED:
        request = house.approve_refund_request(request.id, ADMIN)
    if request.state in (RequestState.APPROVED, RequestState.EXECUTING):
        house.process_refund_request(request.id, ADMIN)


def taught(house: Rehearsal) -> None:
    """The lesson is over, and the teacher says so."""
    moves_to(house, STARTS_AT + timedelta(minutes=MINUTES + 2))
    works(house)
    house.complete_booking(story(house).booking.id, TEACHER)


def teacher_paid(house: Rehearsal) -> None:
    """The protection period passes, and the transfer goes out."""
    moves_to(house, STARTS_AT + timedelta(days=5))
    works(house)


def card_saved(house: Rehearsal) -> None:
    """The student saves a card."""
    house.save_payment_method(STUDENT, house.browser.enter_card(VISA))


def paid_with_saved_card(house: Rehearsal) -> None:
    """The student pays with the saved card; pressing the button again changes nothing."""
    booking = story(house).booking
    if booking.state in PAYABLE:
        (card, *_) = house.list_payment_methods(STUDENT)
        house.create_payment_intent(booking.id, STUDENT, payment_method_id=card.id)


def checkout_opened(house: Rehearsal) -> None:
    """The student opens the payment page, and leaves it there."""
    booking = story(house).booking
    if booking.state in PAYABLE:
        house.create_payment_intent(booking.id, STUDENT)


def called_off_late(house: Rehearsal) -> None:
    """The student cancels ten hours before the start, when half of the price goes back."""
    moves_to(house, STARTS_AT - timedelta(hours=10))
    house.cancel_booking(story(house).booking.id, STUDENT)
    works(house)


def given_up(house: Rehearsal) -> None:
    """The student cancels."""
    house.cancel_booking(story(house).booking.id, STUDENT)
    works(house)


TAUGHT: Final = Tale(
    "taught",
    (
        booked,
        teacher_onboarded,
        declined,
        paid_with_3ds,
        cash_arrived,
        refunded_in_part,
        taught,
        teacher_paid,
    ),
    (("charge", 2625), ("refund", -1000), ("transfer", -1548)),
)
"""Paid with a second card, refunded 10.00 by request (9.52 of it the teacher's), taught, and the rest sent."""

CALLED_OFF: Final = Tale(
    "called off",
    (booked, teacher_onboarded, card_saved, paid_with_saved_card, cash_arrived, called_off_late, teacher_paid),
    (("charge", 2625), ("refund", -1250), ("transfer", -1250)),
)
"""Paid with a saved card, cancelled late: half of the price goes back, and the teacher is sent the other half."""

GIVEN_UP: Final = Tale(
    "given up",
    (booked, checkout_opened, given_up, cash_arrived),
    (),
)
"""Cancelled by the student with the payment page open: nothing is ever paid."""

TALES: Final = (TAUGHT, CALLED_OFF, GIVEN_UP)


def told(house: Rehearsal, tale: Tale) -> None:
    """Tell a tale to its end, however often Stripe or a neighbour gets in the way."""
    for chapter in chapters(tale).values():
        chapter(house)


def chapters(tale: Tale) -> dict[str, Step]:
    """Its steps by name, each taken until it is done, and then the time until nothing is left to do."""
    return {step.__name__: partial(persist, step=step) for step in tale.steps} | {"come_to_rest": come_to_rest}


def persist(house: Rehearsal, step: Step) -> None:
    """Take a step until it is done: after each passing trouble some minutes pass, and the worker works."""
    for _ in range(PATIENCE):
        try:
            step(house)
        except PASSING:
            house.clock.advance(timedelta(minutes=3))
            works(house)
        else:
            return
    raise AssertionError(f"{step.__name__} doesn't get done")


def come_to_rest(house: Rehearsal) -> None:
    """Let time pass until nothing is owed to anybody and every poll has had its turn."""
    for hours in (0, 0, 0, 1, 1, 6, 12, 24, 24):
        house.clock.advance(timedelta(hours=hours, minutes=11))
        works(house)
        if not _unfinished(house):
            return
    raise AssertionError(f"it doesn't come to rest: {_unfinished(house)}")


def check_end(house: Rehearsal, tale: Tale) -> None:
    """Exactly the intended movements at Stripe, no intent that could still be paid, and books that agree."""
    assert movements(house) == sorted(tale.movements)
    at_stripe = sorted(intent.status for intent in client(house).v1.payment_intents.list({"limit": 100}))
    succeeded = sum(kind == "charge" for kind, _ in tale.movements)
    assert [status for status in at_stripe if status != "canceled"] == ["succeeded"] * succeeded
    check_books(house)


def check_books(house: Rehearsal) -> None:
    """Every invariant holds, and the balance is Stripe's."""
    verdict = house.verify_books()
    assert verdict.holds, "\n".join(f"{one.rule}: {one.subject}: {one.found}" for one in verdict.breaches)


def movements(house: Rehearsal) -> list[Movement]:
    """Every movement on the platform's balance at Stripe, in a fixed order."""
    listed = client(house).v1.balance_transactions.list({"limit": 100})
    return sorted((movement.type, movement.amount) for movement in listed.auto_paging_iter())


def client(house: Rehearsal) -> StripeClient:
    """Stripe as its own SDK shows it, past our gateway."""
    return connect(SANDBOX_SECRET_KEY, http_client=SandboxHTTPClient(house.stripe))


def _paid(house: Rehearsal) -> Payment:
    return next(one for one in story(house).payments if one.state is PaymentState.SUCCEEDED)


def _request(house: Rehearsal) -> RefundRequest | None:
    return next(iter(story(house).requests), None)


def _unfinished(house: Rehearsal) -> list[str]:
    """What is still owed or under way."""
    now = story(house)
    return [
        *(effect.id for effect in now.effects if effect.open),
        *(payment.id for payment in now.payments if payment.look_at is not None),
        *(refund.id for refund in now.refunds if refund.look_at is not None),
        *(transfer.id for transfer in now.transfers if transfer.due_at is not None),
    ]
