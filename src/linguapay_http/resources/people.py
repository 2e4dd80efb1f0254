"""Who somebody is, as the host platform tells us."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, StringConstraints

from linguapay_core.domain.erasure_rules import Erasing, Obstacle
from linguapay_core.domain.people import LONGEST_EMAIL, LONGEST_NAME, LONGEST_ZONE, Person
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.models import Instant, View, Wish

TAG: Final = "People"
WAITS: Final = 202


class PersonWish(Wish):
    """Somebody's name, e-mail address and time zone (an IANA name)."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME), Field(examples=["Ben Berg"])]
    email: Annotated[
        str, StringConstraints(min_length=3, max_length=LONGEST_EMAIL), Field(examples=["ben@lessons.example"])
    ]
    zone: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ZONE), Field(examples=["Europe/Berlin"])]


class PersonView(View):
    """A person. Name and address are empty where nobody told us, or where they were erased."""

    named: ClassVar[str] = "person_id"
    id: str
    name: str | None
    email: str | None
    zone: str

    @classmethod
    def of(cls, person: Person) -> Self:
        """Show a person."""
        return cls(id=person.id, name=person.name or None, email=person.email or None, zone=person.zone)


class ObstacleView(View):
    """What is open about somebody, and what ends that."""

    subject: str
    reason: str
    way_out: str

    @classmethod
    def of(cls, obstacle: Obstacle) -> Self:
        """Show an obstacle."""
        return cls(subject=obstacle.subject, reason=obstacle.reason, way_out=obstacle.way_out)


class ErasureView(View):
    """A wish to be forgotten that waits until no money is open. It is carried out without being asked again."""

    named: ClassVar[str] = "person_id"
    statuses: ClassVar[tuple[int, ...]] = (WAITS,)
    id: str
    erasure_asked_at: Instant
    waits_for: list[ObstacleView]

    @classmethod
    def of(cls, erasing: Erasing) -> Self:
        """Show a wish that waits."""
        waits_for = [ObstacleView.of(obstacle) for obstacle in erasing.waits_for]
        return cls(id=erasing.erasure.id, erasure_asked_at=erasing.erasure.asked_at, waits_for=waits_for)

    @property
    def status(self) -> int:
        """202: it goes on without the caller."""
        return WAITS


def show_person(desk: Desk, _caller: Caller, person_id: str) -> PersonView:
    """Show what is known about somebody. Nobody is missing: who is a person only the host platform knows."""
    return PersonView.of(desk.linguapay.show_person(person_id))


def describe_person(desk: Desk, _caller: Caller, person_id: str, wish: PersonWish) -> PersonView:
    """Tell who a student, teacher or admin is, in place of what was told before."""
    return PersonView.of(desk.linguapay.describe_person(person_id, wish.name, wish.email, wish.zone))


def erase_person(desk: Desk, caller: Caller, person_id: str) -> ErasureView | None:
    """Erase what is personal about somebody: name, address, saved cards, and whatever they wrote. What happened stays.

    204 says that it is done. While money is open, 202 names what it waits for: it is done when the last of it is
    settled, and nothing new can be booked meanwhile. Asking again is asking how it stands.
    """
    erasing = desk.linguapay.erase_person(person_id, caller.person, caller.in_charge_as)
    return None if erasing.is_done else ErasureView.of(erasing)


ONE: Final = "/api/people/{person_id}/"

DOORS: Final = (
    Door("GET", ONE, show_person, PersonView, TAG),
    Door("PUT", ONE, describe_person, PersonView, TAG),
    Door("DELETE", ONE, erase_person, ErasureView, TAG, status=204, calls_stripe=True),
)
