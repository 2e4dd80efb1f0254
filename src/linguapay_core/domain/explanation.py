"""A booking's story for a person: what happened and why, what moved, what is awaited, and who may do what next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from linguapay_core.domain import booking as bookings
from linguapay_core.domain import left_over, quarantine, receivable_rules
from linguapay_core.domain import refund_request as requests
from linguapay_core.domain.booking import BOOKING
from linguapay_core.domain.decision import Actor, Event
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.ledger import Entry
from linguapay_core.domain.machine import Machine, Role, StateT, TriggerT, spoken
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import PAYMENT, Payment, PaymentState
from linguapay_core.domain.refund import CAME_TO_NOTHING, Refund
from linguapay_core.domain.refund_request import REFUND_REQUEST
from linguapay_core.domain.settlement import lesson_given
from linguapay_core.domain.story import Story
from linguapay_core.domain.transfer import TRANSFER

PEOPLE = (Role.STUDENT, Role.TEACHER, Role.ADMIN)
"""Who is told what they may do."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: an event, or an entry in the books."""

    at: datetime
    what: str
    subject: str
    by: str
    why: str
    details: tuple[tuple[str, str], ...]
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of the story, and the rule that set it."""

    name: str
    money: Money
    rule: str


@dataclass(frozen=True, slots=True)
class Move:
    """Something that somebody might do to an object now: possible, or refused for a reason."""

    who: Role
    what: str
    subject: str
    refusal: Refused | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole of it."""

    story: Story
    moments: tuple[Moment, ...]
    amounts: tuple[Amount, ...]
    awaited: tuple[str, ...]
    moves: tuple[Move, ...]


def explain(story: Story, *, at: datetime) -> Explanation:
    """Tell a booking's story as it stands at this moment."""
    return Explanation(
        story, _moments(story), tuple(_amounts(story)), tuple(_awaited(story)), tuple(_moves(story, at=at))
    )


def _moments(story: Story) -> tuple[Moment, ...]:
    told = [_told(event) for event in story.events]
    booked = [Moment(one.at, one.what, str(one.subject), "", "", (), one) for one in story.entries]
    by_time = sorted(told + booked, key=lambda moment: moment.at)
    instants = (list(moments) for _, moments in groupby(by_time, key=lambda moment: moment.at))
    return tuple(moment for instant in instants for moment in _entries_after_events(instant))


def _entries_after_events(instant: list[Moment]) -> list[Moment]:
    """What happened at one instant: each entry after the event that tells of it, or where the entry before it is.

    Events and entries each keep their own order.
    """
    told = [moment for moment in instant if moment.entry is None]
    place, after = 0, [[event] for event in told] or [[]]
    for moment in instant:
        if moment.entry is not None:
            telling = (number for number, event in enumerate(told) if _tells_of(event, moment.entry))
            place = max(place, next(telling, place))
            after[place].append(moment)
    return [moment for moments in after for moment in moments]


def _tells_of(event: Moment, entry: Entry) -> bool:
    """Whether an event names what an entry booked, or the balance transaction that it books."""
    named = event.subject == entry.subject and event.what.replace(".", " ") == entry.what
    return named or (entry.cash is not None and any(value == entry.cash for _, value in event.details))


def _told(event: Event) -> Moment:
    details = tuple((name, str(value)) for name, value in vars(event.fact).items())
    return Moment(event.at, event.fact.name, event.subject, str(event.by), event.why, details)


def _amounts(story: Story) -> Iterator[Amount]:
    quote = story.booking.quote
    yield Amount("price", quote.price, f"{quote.hourly_price} an hour for {quote.minutes} minutes, half up")
    yield Amount("fee", quote.fee, "the fee policy of the day of booking")
    yield Amount("total", quote.total, "the quote that was shown")
    yield Amount("teacher earns", quote.teacher_earns, "the total less the fee")
    for refund in story.refunds:
        yield Amount(f"refund {refund.id}", refund.amount, _rule(refund))
    for transfer in story.transfers:
        if transfer.amount:
            yield Amount(f"transfer {transfer.id}", transfer.amount, "what was payable, less what the teacher owed")


def _awaited(story: Story) -> Iterator[str]:
    yield from _deadlines(story)
    for payment in story.payments:
        if payment.look_at is not None:
            state = spoken(payment.state)
            yield f"news of {payment.id}, which is {state}; Stripe is asked at {payment.look_at:%H:%M} UTC"
        if payment.state is PaymentState.QUARANTINED:
            yield f"an admin's decision about {payment.id}, which is quarantined"
    for transfer in story.transfers:
        if transfer.hold is not None:
            yield f"{transfer.id} is held: {spoken(transfer.hold)}"
        elif transfer.due_at is not None:
            yield f"{transfer.id} is {spoken(transfer.state)} until {transfer.due_at:%Y-%m-%d %H:%M} UTC"
    for effect in story.effects:
        if effect.open:
            yield f"Stripe owes an answer, or we a call: {effect.id} is {spoken(effect.state)}"


def _deadlines(story: Story) -> Iterator[str]:
    booking = story.booking
    if booking.due_at is not None:
        yield f"the booking is {spoken(booking.state)} until {booking.due_at:%Y-%m-%d %H:%M} UTC at the latest"
    for request in story.requests:
        if request.due_at is not None:
            yield f"a decision about {request.id}, until {request.due_at:%Y-%m-%d} UTC"


def _moves(story: Story, *, at: datetime) -> Iterator[Move]:
    booking = story.booking
    persons = {Role.STUDENT: booking.student_id, Role.TEACHER: booking.teacher_id, Role.ADMIN: "an admin"}
    for role in PEOPLE:
        yield from _moves_of(story, Actor(role, persons[role]), at=at)


def _moves_of(story: Story, by: Actor, *, at: datetime) -> Iterator[Move]:
    booking, role = story.booking, by.role
    for trigger in _wishes(BOOKING, booking.state, role):
        yield Move(role, spoken(trigger), booking.id, bookings.why_not(booking, trigger, by=by, at=at))
    for request in story.requests:
        for wish in _wishes(REFUND_REQUEST, request.state, role):
            yield Move(role, spoken(wish), request.id, requests.why_not(request, wish, by=by))
    for payment in story.payments:
        yield from _money_moves(story, payment, role)
    for refund in story.refunds:
        if role is Role.ADMIN and refund.state in CAME_TO_NOTHING:
            yield Move(role, "refund again", refund.id, _why_not_again(story, refund))
    for transfer in story.transfers:
        for step in TRANSFER.open_to(transfer.state, role):
            yield Move(role, spoken(step), transfer.id, None)


def _money_moves(story: Story, payment: Payment, role: Role) -> Iterator[Move]:
    """What may be decided about money that isn't as it should be: quarantined, or owed by the teacher."""
    books = story.books_of(payment)
    for ending in quarantine.GUARDS:
        if ending in PAYMENT.open_to(payment.state, role):
            yield Move(role, spoken(ending), payment.id, quarantine.why_not(payment, ending, story.events, books))
    if role is Role.ADMIN and receivable_rules.why_not(payment, books) is None:
        yield Move(role, "write off", payment.id, None)


def _rule(refund: Refund) -> str:
    """A refund's rule as words; one that names another refund leaves the name as it is."""
    rule, _, name = refund.rule.partition(" ")
    return f"{spoken(rule)} {name}".rstrip()


def _why_not_again(story: Story, refund: Refund) -> Refused | None:
    payment = story.payment(refund.payment_id)
    given = lesson_given(story.booking, payment)
    return left_over.why_not_again(refund, payment, story.books_of(payment), story.refunds, lesson_given=given)


def _wishes(machine: Machine[StateT, TriggerT], state: StateT, role: Role) -> Iterator[TriggerT]:
    """What this role may ever want to do, as long as anything can happen."""
    if not machine.ended(state):
        yield from (trigger for trigger, roles in machine.who.items() if role in roles)
