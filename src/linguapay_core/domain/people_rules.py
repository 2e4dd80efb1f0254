"""What may become of what is known about people: it is described, written down, seen at Stripe, and erased."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from linguapay_core.domain.decision import SYSTEM, Actor, Decision, changed, decided
from linguapay_core.domain.errors import Invalid
from linguapay_core.domain.events.house import CustomerKnown, PersonErased
from linguapay_core.domain.events.transfer import AccountChanged, AccountOpened
from linguapay_core.domain.identifiers import PersonId, TextId
from linguapay_core.domain.people import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_ZONE,
    Customer,
    FreeText,
    Person,
    TeacherAccount,
)

_EMAIL: Final = re.compile(r"\S+@\S+")
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
"""The shape of a zone's name (IANA: Theory and pragmatics of the tz code and data). Which there are, the host knows."""


def describe(person: Person, *, name: str, email: str, zone: str) -> Decision[Person]:
    """Take over what the host platform says. Raises ``Invalid`` for what can't be a name, an address or a zone."""
    if not 0 < len(name.strip()) <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Invalid("name", f"a name is one line of 1 to {LONGEST_NAME} characters.")
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email) or not email.isprintable():
        raise Invalid("email", "an e-mail address has an @ with something on both sides, and at most 254 characters.")
    if len(zone) > LONGEST_ZONE or not _ZONE.fullmatch(zone):
        raise Invalid("zone", "a time zone has an IANA name, as Europe/Paris.")
    told = replace(person, name=name, email=email, zone=zone)
    return Decision(person) if told == person and person.version else changed(told)


def erase(person: Person, texts: tuple[FreeText, ...], *, by: Actor, at: datetime) -> Decision[Person]:
    """Remove what is personal about somebody. What they did stays, under an identifier that says nothing."""
    blank = Person(person.id, person.version)
    erased = tuple(replace(text, text=None) for text in texts if text.text is not None)
    if blank == person and not erased:
        return Decision(person)
    decision = decided(blank, PersonErased(), by=by, at=at)
    return replace(decision, changed=(blank, *erased))


def write_down(text_id: TextId, *, subject: str, author: PersonId, text: str, field: str) -> Decision[FreeText]:
    """Keep what somebody wrote. Raises ``Invalid``, naming the field, if it is empty or too long."""
    stripped = text.strip()
    if not 0 < len(stripped) <= LONGEST_TEXT or "\x00" in stripped:
        raise Invalid(field, f"write 1 to {LONGEST_TEXT} characters of text.")
    return changed(FreeText(text_id, 0, subject, author, stripped))


def customer_known(student_id: PersonId, customer_id: str, *, at: datetime) -> Decision[Customer]:
    """Stripe knows a student from now on."""
    return decided(Customer(student_id, 0, customer_id), CustomerKnown(customer_id), by=SYSTEM, at=at)


def account_opened(
    teacher_id: PersonId, account_id: str, *, can_receive: bool, at: datetime
) -> Decision[TeacherAccount]:
    """A teacher has an account at Stripe from now on."""
    account = TeacherAccount(teacher_id, 0, account_id, can_receive)
    return decided(account, AccountOpened(account_id), by=SYSTEM, at=at)


def account_seen(account: TeacherAccount, *, can_receive: bool, at: datetime) -> Decision[TeacherAccount]:
    """Take over whether the teacher can receive money."""
    if account.can_receive == can_receive:
        return Decision(account)
    return decided(replace(account, can_receive=can_receive), AccountChanged(can_receive), by=SYSTEM, at=at)
