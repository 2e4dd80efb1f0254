"""Everybody at once, on a real PostgreSQL: one charge, one slot, one decision, one delivery, and nothing overspent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest

from linguapay_adapters.composition import REHEARSAL_STARTS, Rehearsal, sandbox
from linguapay_adapters.stripe_sandbox import Request, Response
from linguapay_adapters.worker.worker import Round, Worker
from linguapay_core.domain import people_rules, refund_request_rules
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import Actor
from linguapay_core.domain.errors import InFlight, Refused
from linguapay_core.domain.identifiers import RefundRequestId, TextId
from linguapay_core.domain.machine import Role
from linguapay_core.domain.money import USD, Money
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.refund_request import RefundRequest, RequestState
from linguapay_core.use_cases.create_payment_intent import Checkout
from tests.stories.crowd import Crowd
from tests.stories.tale import (
    ADMIN,
    STUDENT,
    TEACHER,
    VISA,
    booked,
    card_saved,
    cash_arrived,
    check_books,
    client,
    movements,
    moves_to,
    paid_with_saved_card,
    story,
    taught,
    teacher_onboarded,
)

SUBMITTING = 100
REFUNDING = 8
WORKERS = 4
A_SEVENTH_MINOR = 400
"""More than a seventh of what was paid, so that the seventh refund of it is one too many."""


@pytest.fixture
def house(postgres_url: str) -> Iterator[Rehearsal]:
    """LinguaPay on a database of its own."""
    with sandbox(postgres_url, seed=1) as opened:
        yield opened


def submitted_at_once(house: Rehearsal, payment_method_id: str = "") -> Crowd[Checkout]:
    """The student presses the button a hundred times within one instant."""
    booking_id = story(house).booking.id
    pay = partial(house.create_payment_intent, booking_id, STUDENT, payment_method_id=payment_method_id)
    return Crowd([pay] * SUBMITTING)


def check_one_intent(house: Rehearsal, crowd: Crowd[Checkout]) -> str:
    """All who got an answer got the same, and all others are told that it is being done."""
    (intent,) = client(house).v1.payment_intents.list()
    assert {checkout.payment.intent_id for checkout in crowd.answers} == {intent.id}
    assert {type(error) for error in crowd.errors} <= {InFlight}
    assert len(story(house).payments) == 1
    return intent.id


def test_a_hundred_submits_make_one_intent_and_one_charge(house: Rehearsal) -> None:
    booked(house)
    crowd = submitted_at_once(house)
    check_one_intent(house, crowd)
    (secret,) = {checkout.client_secret.reveal() for checkout in crowd.answers if checkout.client_secret}
    Crowd([lambda: house.browser.pay(secret, house.browser.enter_card(VISA))] * 5)
    payment_id = story(house).payments[0].id
    confirmed = Crowd([partial(house.confirm_payment, payment_id, STUDENT)] * 20)
    assert (len(confirmed.answers), confirmed.errors) == (20, [])
    cash_arrived(house)
    assert movements(house) == [("charge", 2625)]
    check_books(house)


def test_a_hundred_submits_with_a_saved_card_charge_it_once(house: Rehearsal) -> None:
    booked(house)
    card_saved(house)
    (card,) = house.list_payment_methods(STUDENT)
    check_one_intent(house, submitted_at_once(house, card.id))
    assert story(house).booking.state is BookingState.PAID
    assert len(client(house).v1.charges.list().data) == 1
    cash_arrived(house)
    check_books(house)


def test_approved_refunds_racing_a_transfer_never_overspend(house: Rehearsal) -> None:
    for step in (booked, teacher_onboarded, card_saved, paid_with_saved_card, cash_arrived, taught):
        step(house)
    (payment,) = story(house).payments
    requests = [asked(house, payment) for _ in range(REFUNDING)]
    for request in requests:
        house.approve_refund_request(request.id, ADMIN)
    moves_to(house, house.clock.now() + timedelta(hours=73))

    def transferred() -> int:
        return house.pass_deadlines() + house.deliver_effects()

    crowd = Crowd[object](
        [transferred, *[partial(house.process_refund_request, request.id, ADMIN) for request in requests]]
    )
    assert crowd.errors == []
    house.clock.advance(timedelta(minutes=11))
    house.work()
    check_books(house)
    (charge,) = client(house).v1.charges.list()
    assert charge.amount_refunded == 6 * A_SEVENTH_MINOR
    assert Counter(request.state for request in story(house).requests) == {
        RequestState.DONE: 6,
        RequestState.BLOCKED: REFUNDING - 6,
    }


def asked(house: Rehearsal, payment: Payment) -> RefundRequest:
    """A request within what is left, by the rule itself: the use case lets nobody ask while another one is open."""
    names = house.ports.identifiers
    text_id = names.new(TextId)
    with house.ports.transactions.begin() as transaction:
        decision = refund_request_rules.submit(
            names.new(RefundRequestId),
            payment=payment,
            amount=Money(A_SEVENTH_MINOR, USD),
            reason_id=text_id,
            lesson_ends_at=transaction.booking(payment.booking_id).ends_at,
            policy=house.ports.policies.refunds,
            by=Actor(Role.STUDENT, payment.student_id),
            at=house.clock.now(),
        )
        reason = people_rules.write_down(
            text_id, subject=decision.record.id, author=payment.student_id, text="It was noisy.", field="reason"
        )
        transaction.keep(decision + reason)
    return decision.record


def test_of_many_who_want_one_slot_one_gets_it(house: Rehearsal) -> None:
    gig = house.offer_gig(TEACHER, "French", 2500)
    start = REHEARSAL_STARTS + timedelta(days=3)

    def ask(number: int) -> Callable[[], Booking]:
        return partial(house.request_booking, f"student-{number}", gig.id, start + timedelta(minutes=5 * number), 60)

    crowd = Crowd([ask(number) for number in range(10)])
    assert len(crowd.answers) == 1
    assert {error.rule for error in crowd.errors if isinstance(error, Refused)} == {"slot_taken"}
    assert len(crowd.errors) == 9


def test_two_admins_deciding_at_once_make_one_decision(house: Rehearsal) -> None:
    for step in (booked, card_saved, paid_with_saved_card, cash_arrived):
        step(house)
    request = house.request_refund(story(house).payments[0].id, STUDENT, 1000, "It was too early.")
    approve = partial(house.approve_refund_request, request.id, ADMIN)
    reject = partial(house.reject_refund_request, request.id, "admin-dora", "No.")
    crowd = Crowd([approve, reject])
    (decided,), (refused,) = crowd.answers, crowd.errors
    assert isinstance(refused, Refused)
    assert [kept.state for kept in story(house).requests] == [decided.state]
    assert decided.state in (RequestState.APPROVED, RequestState.REJECTED)


def test_admins_processing_one_request_at_once_refund_it_once(house: Rehearsal) -> None:
    for step in (booked, card_saved, paid_with_saved_card, cash_arrived):
        step(house)
    request = house.request_refund(story(house).payments[0].id, STUDENT, 1000, "It was too early.")
    house.approve_refund_request(request.id, ADMIN)
    Crowd([partial(house.process_refund_request, request.id, ADMIN)] * 8)
    house.work()
    assert movements(house) == [("charge", 2625), ("refund", -1000)]
    check_books(house)


def test_several_workers_deliver_each_effect_once(house: Rehearsal) -> None:
    gig = house.offer_gig(TEACHER, "French", 2500)
    card = house.save_payment_method(STUDENT, house.browser.enter_card(VISA))
    for day in range(3, 9):
        start = REHEARSAL_STARTS + timedelta(days=day)
        booking = house.request_booking(STUDENT, gig.id, start, 60)
        house.confirm_booking(booking.id, TEACHER)
        house.create_payment_intent(booking.id, STUDENT, payment_method_id=card.id if day % 2 else "")
        house.cancel_booking(booking.id, TEACHER)
    keys: list[str] = []
    answer = house.stripe.handle

    def noting(request: Request) -> Response:
        if request.method == "POST":
            keys.append(request.headers["Idempotency-Key"])
        return answer(request)

    house.stripe.handle = noting  # type: ignore[method-assign]
    workers = [Worker(house, house.clock) for _ in range(WORKERS)]
    crowd: Crowd[list[Round]] = Crowd([worker.run_until_idle for worker in workers])
    assert [round_.troubles for rounds in crowd.answers for round_ in rounds if round_.troubles] == []
    assert len(keys) == len(set(keys)) == 6
    assert crowd.errors == []
    house.work()
    check_books(house)
