"""The story: three lessons of one teacher, from the offer to the proof of the books.

Each chapter plays on the stage, tells what happens as facts, and expects every state and amount to be as it should.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from shlex import quote as shell_quoted
from threading import Barrier
from typing import Final

from linguapay_cli.backstage import Stage
from linguapay_cli.demo.facts import Bookings, Chapter, Fact, Holdings, Kept, Ledger, Quoted, Verified, expect
from linguapay_cli.demo.lesson import (
    ANNA,
    BEN,
    CLARA,
    DAVID,
    ERIN,
    HOUR,
    MINUTE,
    Lessons,
    Told,
    called,
    dollars,
    secret,
)
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import CLOCK, STRIPE, SYSTEM
from linguapay_core.domain.errors import InFlight, Refused
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.ledger import Balances
from linguapay_core.domain.money import USD
from linguapay_core.domain.payment import PaymentState
from linguapay_core.domain.refund import RefundState
from linguapay_core.domain.refund_request import RequestState
from linguapay_core.domain.transfer import Hold, TransferState
from linguapay_core.use_cases.create_payment_intent import Checkout

HOURLY_MINOR: Final = 4000
VISA, MASTERCARD = "4242424242424242", "5555555555554444"
DECLINED, ASKS_3DS = "4000000000000002", "4000002760003184"
CLICKS: Final = 2
ACCOUNT_PAGE: Final = "https://lessons.example/account"


def story(stage: Stage, *, database_url: str = "") -> Iterator[Fact]:
    """Play it all; where it stays in a database, tell how to look at it.

    Raises ``Deviation`` where something is off.
    """
    lessons = Lessons(stage)
    gig = yield from _offered(lessons)
    first = yield from _booked(lessons, gig)
    yield from _paid_at_last(lessons, first)
    yield from _taught_and_paid_out(lessons, first)
    second = yield from _cancelled(lessons, gig)
    third = yield from _clicked_twice(lessons, gig)
    yield from _refunded_in_part(lessons, third)
    yield from _proven(lessons, (first, second, third))
    if database_url:
        wishes = (f"explain {third.id}", f"explain {second.id}", "books verify")
        yield Kept(
            database_url,
            tuple(f"LINGUAPAY_DATABASE_URL={shell_quoted(database_url)} linguapay {wish}" for wish in wishes),
        )


def _offered(lessons: Lessons) -> Told[Gig]:
    yield Chapter("Anna offers lessons")
    gig = lessons.linguapay.offer_gig(ANNA.person, "French conversation", HOURLY_MINOR)
    price = gig.hourly_price
    yield lessons.step(ANNA, f"offers {gig.title} at {price} an hour", hourly_price=price)
    opened = lessons.linguapay.open_teacher_account(ANNA.person, "FR", ACCOUNT_PAGE, ACCOUNT_PAGE)
    expect("whether a new account can receive money", opened.account.can_receive, False)
    yield lessons.step(ANNA, "opens an account at Stripe, which can't receive money yet")
    lessons.stage.stripe.complete_onboarding(opened.account.account_id)
    lessons.stage.work()
    account = lessons.linguapay.open_teacher_account(ANNA.person, "FR", ACCOUNT_PAGE, ACCOUNT_PAGE).account
    expect("whether it can after Stripe's questions", account.can_receive, True)
    yield lessons.step(STRIPE, "asks who she is, is content, and says so by webhook: now it can")
    return gig


def _booked(lessons: Lessons, gig: Gig) -> Told[Booking]:
    yield Chapter("Ben sees what a lesson costs, and books one")
    quote = lessons.linguapay.quote_lesson(gig.id, 45)
    expect("the quote", (quote.price, quote.fee, quote.total), (dollars(3000), dollars(150), dollars(3150)))
    yield lessons.step(BEN, f"asks what 45 minutes cost, and how {called(ANNA)}'s terms are", total=quote.total)
    yield Quoted(quote, "5 % of the price, at least 1.00 USD")
    starts_at = _at(lessons.now, days=3, hour=9)
    booking = yield from lessons.asked(BEN, gig, starts_at, 45)
    expect("what is charged", booking.quote, quote)
    return (yield from lessons.agreed(booking))


def _paid_at_last(lessons: Lessons, booking: Booking) -> Told[None]:
    yield Chapter("Ben's first card is declined, his second asks for 3-D Secure")
    linguapay, browser = lessons.linguapay, lessons.stage.browser
    checkout = linguapay.create_payment_intent(booking.id, BEN.person)
    expect("a payment that was begun", checkout.payment.state, PaymentState.OPEN)
    yield lessons.step(BEN, "begins to pay: Stripe makes a PaymentIntent", checkout.payment)

    browser.pay(secret(checkout), browser.enter_card(DECLINED))
    declined = linguapay.confirm_payment(checkout.payment.id, BEN.person).payment
    expect("a declined payment", (declined.state, declined.decline_code), (PaymentState.OPEN, "generic_decline"))
    yield lessons.step(BEN, "tries card ••0002: his bank declines it", declined)

    told = browser.pay(secret(checkout), browser.enter_card(ASKS_3DS))
    expect("what the bank wants", told["status"], "requires_action")
    challenged = linguapay.confirm_payment(declined.id, BEN.person)
    expect("a payment that waits for 3-D Secure", challenged.payment.state, PaymentState.OPEN)
    yield lessons.step(BEN, "tries card ••3184: his bank asks for 3-D Secure", challenged.payment)

    browser.answer_challenge(challenged.payment.intent_id)
    payment = linguapay.confirm_payment(declined.id, BEN.person).payment
    yield from lessons.succeeded(booking, payment, "passes it")


def _taught_and_paid_out(lessons: Lessons, booking: Booking) -> Told[None]:
    yield Chapter("The lesson is given, and Anna is paid")
    booking = yield from lessons.given(booking)
    yield from lessons.transferred(booking, booking.quote.teacher_earns, "all that she earned")


def _cancelled(lessons: Lessons, gig: Gig) -> Told[Booking]:
    yield Chapter("Clara cancels ten hours before her lesson")
    booking = yield from lessons.asked(CLARA, gig, _at(lessons.now, days=2, hour=18), 60)
    booking = yield from lessons.agreed(booking)
    checkout = lessons.linguapay.create_payment_intent(booking.id, CLARA.person)
    yield from lessons.paid(booking, checkout, VISA, brand="Visa")

    yield from lessons.later(booking.starts_at - 10 * HOUR, "ten hours before the lesson")
    back = lessons.linguapay.quote_cancellation(booking.id, CLARA.person)
    expect("what the terms give back", (back.price, back.fee), (dollars(2000), dollars(0)))
    booking = lessons.linguapay.cancel_booking(booking.id, CLARA.person)
    expect("a booking that was cancelled", booking.state, BookingState.CANCELLED)
    does = "cancels: half the price goes back by her terms, no fee"
    yield lessons.step(CLARA, does, booking, refund=back.total)
    lessons.stage.work()
    (refund,) = lessons.story_of(booking).refunds
    expect("the refund by the terms", (refund.state, refund.amount), (RefundState.SUCCEEDED, back.total))
    yield lessons.step(STRIPE, f"sends {refund.amount} back to her card", refund, refunded=refund.amount)
    kept = booking.quote.teacher_earns - back.price
    yield from lessons.transferred(booking, kept, "the part that was kept")
    return booking


def _clicked_twice(lessons: Lessons, gig: Gig) -> Told[Booking]:
    yield Chapter("David clicks twice, and pays once")
    booking = yield from lessons.asked(DAVID, gig, _at(lessons.now, days=3, hour=10), 90)
    booking = yield from lessons.agreed(booking)
    checkouts = _submitted_at_once(lessons, booking)
    intents = {checkout.payment.intent_id for checkout in checkouts}
    expect("the number of intents after two clicks", len(intents), 1)
    expect("the number of payments", len(lessons.story_of(booking).payments), 1)
    expect("the secrets that both got", len({secret(checkout) for checkout in checkouts}), 1)
    payment = checkouts[0].payment
    yield lessons.step(DAVID, "clicks “Pay” in two windows at the same instant", payment)
    yield lessons.step(SYSTEM, "answers both with one payment and one PaymentIntent", payment)
    yield from lessons.paid(booking, checkouts[0], MASTERCARD, brand="Mastercard")
    return (yield from lessons.given(booking))


def _submitted_at_once(lessons: Lessons, booking: Booking) -> list[Checkout]:
    """Two windows submit the same payment at once; who is told to wait repeats when the other is through."""
    together = Barrier(CLICKS)

    def submit() -> Checkout | None:
        together.wait()
        try:
            return lessons.linguapay.create_payment_intent(booking.id, DAVID.person)
        except InFlight:
            return None

    with ThreadPoolExecutor(CLICKS) as windows:
        answers = [window.result() for window in [windows.submit(submit) for _ in range(CLICKS)]]
    return [answer or lessons.linguapay.create_payment_intent(booking.id, DAVID.person) for answer in answers]


def _refunded_in_part(lessons: Lessons, booking: Booking) -> Told[None]:
    yield Chapter("David asks for a part of it back")
    linguapay = lessons.linguapay
    (payment,) = lessons.story_of(booking).payments
    yield from lessons.later(lessons.now + 47 * HOUR, "David thinks about it")
    wish = dollars(2100)
    request = linguapay.request_refund(payment.id, DAVID.person, wish.amount_minor, "The line was dead for 30 minutes.")
    expect("a refund request", request.state, RequestState.SUBMITTED)
    yield lessons.step(DAVID, f"asks for {wish} back: the line was dead for a while", request, asked=wish)

    transfer = lessons.transfer_of(booking)
    yield from lessons.later(transfer.pay_at, "Anna's 72 hours have passed")
    transfer = lessons.transfer_of(booking)
    held = (TransferState.ON_HOLD, Hold.REFUND_REQUEST_OPEN)
    expect("a transfer beside an open request", (transfer.state, transfer.hold), held)
    yield lessons.step(CLOCK, "holds Anna's transfer: a refund request is open", transfer)

    yield from _refused_to_david(lessons, request.id)
    request = linguapay.approve_refund_request(request.id, ERIN.person, notes="The log of the call shows it.")
    expect("a request that was approved", request.state, RequestState.APPROVED)
    yield lessons.step(ERIN, "reads the log of the call, and approves", request, approved=wish)
    request = linguapay.process_refund_request(request.id, ERIN.person)
    lessons.stage.work()
    (refund,) = lessons.story_of(booking).refunds
    expect("the refund", (refund.state, refund.amount), (RefundState.SUCCEEDED, wish))
    expect("its parts", (refund.parts.price, refund.parts.fee), (dollars(2000), dollars(100)))
    shares = f"{refund.parts.price} of Anna's, {refund.parts.fee} of the fee"
    yield lessons.step(ERIN, f"sends it: {shares}", refund, refunded=refund.amount)
    (request,) = lessons.story_of(booking).requests
    expect("the request in the end", request.state, RequestState.DONE)

    yield from lessons.later(lessons.now + HOUR + MINUTE, "the hold is looked at again")
    yield from lessons.arrived(booking, booking.quote.teacher_earns - refund.parts.price, "what is left to her")


def _refused_to_david(lessons: Lessons, request_id: str) -> Told[None]:
    rule = ""
    try:
        lessons.linguapay.approve_refund_request(request_id, DAVID.person)
    except Refused as refusal:
        rule = refusal.rule
    expect("the rule that keeps people from approving their own wish", rule, "own_request")
    yield lessons.step(DAVID, "is an admin too, and may not approve his own wish: refused")


def _proven(lessons: Lessons, bookings: tuple[Booking, ...]) -> Told[None]:
    yield Chapter("The books")
    lessons.stage.work()
    stories = tuple(lessons.story_of(booking) for booking in bookings)
    yield Bookings(stories)
    yield Ledger(stories[-1])
    balances = Balances(USD).after(entry for story in stories for entry in story.entries)
    yield Holdings(balances)
    verdict = lessons.linguapay.verify_books()
    expect("the number of bookings that were checked", verdict.bookings, len(bookings))
    expect("what doesn't hold in the books", verdict.breaches, ())
    expect("the comparisons with Stripe", [one.in_books == one.at_stripe for one in verdict.balances], [True])
    yield Verified(verdict)


def _at(now: datetime, *, days: int, hour: int) -> datetime:
    """So many days from now, at this hour (UTC)."""
    return (now + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
