"""Somebody wants to be forgotten. What is personal goes when no money is open any more; until then the wish is kept.

From the wish on the person books nothing, offers nothing, and isn't described anew. What happened stays, under an
identifier that says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias

from linguapay_core.domain import people_rules
from linguapay_core.domain.alarm_rules import raise_alarm
from linguapay_core.domain.booking import Booking, BookingState
from linguapay_core.domain.decision import SYSTEM, Actor, Decision, changed, decided
from linguapay_core.domain.erasure import Erasure
from linguapay_core.domain.errors import Refused
from linguapay_core.domain.events.house import ErasureAsked, PersonErased
from linguapay_core.domain.gig import Gig
from linguapay_core.domain.gig_rules import retire
from linguapay_core.domain.identifiers import PersonId
from linguapay_core.domain.machine import spoken
from linguapay_core.domain.money import Money
from linguapay_core.domain.payment import Payment, PaymentState
from linguapay_core.domain.people import FreeText, Person, TeacherAccount
from linguapay_core.domain.refund import Refund, RefundState
from linguapay_core.domain.refund_request import OPEN as REQUEST_OPEN
from linguapay_core.domain.refund_request import RefundRequest
from linguapay_core.domain.transfer import OPEN as TRANSFER_OPEN
from linguapay_core.domain.transfer import Transfer

LOOK: Final = timedelta(hours=1)
"""How long after the last look it is seen again whether money is open."""

ERASED_TITLE: Final = "Lessons"
"""What a gig is called when its teacher is forgotten: titles are the teacher's own words."""

Matter: TypeAlias = Booking | Payment | RefundRequest | Refund | Transfer
"""What may be open about somebody."""

B, P, R = BookingState, PaymentState, RefundState
UNSETTLED: Final[Mapping[type[Any], AbstractSet[StrEnum]]] = {
    Booking: frozenset({B.REQUESTED, B.CONFIRMED, B.PAYING, B.CANCELLING, B.PAID, B.CONTESTED}),
    Payment: frozenset({P.NEW, P.CREATING, P.CREATING_UNKNOWN, P.OPEN, P.PROCESSING, P.CANCELLING, P.QUARANTINED}),
    RefundRequest: REQUEST_OPEN,
    Refund: frozenset({R.RESERVED, R.UNKNOWN, R.PARKED, R.PENDING}),
    Transfer: TRANSFER_OPEN,
}
"""The states in which somebody's affairs aren't settled. A payment isn't either while it has credit."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why somebody can't be forgotten yet: the object, what is open about it, and what ends that."""

    subject: str
    reason: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Erasing:
    """How a wish to be forgotten stands, and what it waits for."""

    erasure: Erasure
    waits_for: tuple[Obstacle, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether it was carried out."""
        return self.erasure.erased_at is not None


def ask(person_id: PersonId, known: Erasure | None, *, by: Actor, at: datetime) -> Decision[Erasure]:
    """Somebody is to be forgotten. A second wish changes nothing."""
    if known is not None:
        return Decision(known)
    return decided(Erasure(person_id, 0, at, look_at=at), ErasureAsked(), by=by, at=at)


def obstacles(
    person_id: PersonId,
    matters: Iterable[Matter],
    receivables: Iterable[tuple[Payment, Money]],
    left_over: Iterable[tuple[Payment, Money]],
) -> tuple[Obstacle, ...]:
    """What must be settled before, each with its way out; nothing where nothing is open.

    ``receivables`` are what a teacher owes for each payment, and ``left_over`` what a student's settled payments still
    hold in escrow.
    """
    open_ones = [obstacle for one in matters for obstacle in _obstacles_of(one, person_id)]
    owed = [
        Obstacle(payment.id, f"{money} are owed back by the teacher", "Net it from later earnings, or write it off.")
        for payment, money in receivables
    ]
    unsent = [Obstacle(payment.id, f"{money} didn't go back", "Refund it again.") for payment, money in left_over]
    return (*open_ones, *owed, *unsent)


def _obstacles_of(matter: Matter, person_id: PersonId) -> Iterator[Obstacle]:
    if matter.state in UNSETTLED[type(matter)]:
        called, way_out = WAYS_OUT[type(matter)]
        yield Obstacle(matter.id, f"the {called} is {spoken(matter.state)}", way_out)
    if isinstance(matter, Payment) and matter.student_id == person_id and matter.counters.credit:
        credit = matter.counters.credit.total
        yield Obstacle(matter.id, f"{credit} are owed to the student", "Refund the credit again, or pay it by bank.")


WAYS_OUT: Final[Mapping[type[Any], tuple[str, str]]] = {
    Booking: ("booking", "Cancel it, or wait until the lesson was given and its grace period is over."),
    Payment: ("payment", "Wait until Stripe says how it ended; accept or refund what is quarantined."),
    RefundRequest: ("refund request", "Withdraw it, or decide it and see it done."),
    Refund: ("refund", "Wait until Stripe has sent it; take a parked one in hand."),
    Transfer: ("transfer", "Wait until it was sent; release what is held, and let the account be completed."),
}


def carry_out(
    erasure: Erasure,
    person: Person,
    texts: Sequence[FreeText],
    gigs: Iterable[Gig],
    account: TeacherAccount | None,
    *,
    by: Actor = SYSTEM,
    at: datetime,
) -> Decision[Erasure]:
    """Remove what is personal: name, address, texts, titles. Where nothing is left of it, nothing changes.

    ``texts`` are those that the person wrote, and what admins wrote about a student's refund requests and payments or
    about a teacher's transfers. Notes about a lesson or an alarm stay: they speak of both sides.
    Who was booked or described at that moment is looked at once more, later.
    An account at Stripe is a contract between Stripe and the teacher, with the teacher's data: an alarm asks a person
    to see that it is closed there.
    """
    each_once = {text.id: text for text in texts}
    forgotten = people_rules.erase(person, tuple(each_once.values()), by=by, at=at)
    decision = Decision(erasure) + forgotten + _taken_down(gigs, by=by, at=at)
    if erasure.erased_at is None:
        done = replace(erasure, look_at=at + LOOK, erased_at=at)
        decision += changed(done) if forgotten else decided(done, PersonErased(), by=by, at=at)
    if account is not None and decision:
        alarm = raise_alarm("erased_account_at_stripe", person.id, f"{account.account_id} isn't ours", at=at)
        decision += alarm
    if erasure.erased_at is not None and erasure.look_at is not None and erasure.look_at <= at:
        decision += changed(replace(erasure, look_at=None))
    return decision


def _taken_down(gigs: Iterable[Gig], *, by: Actor, at: datetime) -> Decision[None]:
    decision: Decision[None] = Decision(None)
    for gig in gigs:
        retired = retire(gig, by=by, at=at)
        if retired or gig.title != ERASED_TITLE:
            nameless = replace(retired.record, title=ERASED_TITLE)
            decision += replace(retired, record=nameless, changed=(nameless,))
    return decision


def wait(erasure: Erasure, *, at: datetime) -> Decision[Erasure]:
    """Money is still open: look again later, and not twice because somebody asked meanwhile."""
    if erasure.look_at is not None and erasure.look_at > at:
        return Decision(erasure)
    return changed(replace(erasure, look_at=at + LOOK))


def revive(erasure: Erasure | None, *, at: datetime) -> Decision[Erasure | None]:
    """Somebody who was forgotten has written something: look again, and take that too when nothing is open."""
    if erasure is None or erasure.look_at is not None:
        return Decision(erasure)
    return Decision(erasure) + changed(replace(erasure, look_at=at + LOOK))


def check_remembered(erasure: Erasure | None, who: str) -> None:
    """Raise ``Refused`` for somebody who is to be forgotten, or was: nothing new is begun with them."""
    if erasure is not None:
        way_out = "The host platform gives somebody who comes back another identifier."
        raise Refused("erasure_asked", f"{who} asked to be forgotten.", way_out=way_out)
