"""Who somebody is, as the host platform tells us."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Self

from pydantic import Field, StringConstraints

from linguapay_core.domain.people import LONGEST_EMAIL, LONGEST_NAME, LONGEST_ZONE, Person
from linguapay_http.caller import Caller
from linguapay_http.doors import Desk, Door
from linguapay_http.models import View, Wish

TAG: Final = "People"


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


def show_person(desk: Desk, _caller: Caller, person_id: str) -> PersonView:
    """Show what is known about somebody. Nobody is missing: who is a person only the host platform knows."""
    return PersonView.of(desk.linguapay.show_person(person_id))


def describe_person(desk: Desk, _caller: Caller, person_id: str, wish: PersonWish) -> PersonView:
    """Tell who a student, teacher or admin is, in place of what was told before."""
    return PersonView.of(desk.linguapay.describe_person(person_id, wish.name, wish.email, wish.zone))


def erase_person(desk: Desk, caller: Caller, person_id: str) -> None:
    """Erase what is personal about somebody: name, address, and whatever they wrote. What happened stays."""
    desk.linguapay.erase_person(person_id, caller.person, caller.in_charge_as)


ONE: Final = "/api/people/{person_id}/"

DOORS: Final = (
    Door("GET", ONE, show_person, PersonView, TAG),
    Door("PUT", ONE, describe_person, PersonView, TAG),
    Door("DELETE", ONE, erase_person, None, TAG, status=204),
)
