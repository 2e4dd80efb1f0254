"""Who is who, apart from what they do. What is personal stands here and nowhere else, so that it can be erased."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from linguapay_core.domain.identifiers import PersonId, TextId

LONGEST_NAME: Final = 200
LONGEST_EMAIL: Final = 254
LONGEST_ZONE: Final = 64
LONGEST_TEXT: Final = 4000


@dataclass(frozen=True, slots=True)
class Person:
    """What the host platform told us about somebody. ``zone`` is an IANA name. Empty where unknown or erased."""

    id: PersonId
    version: int
    name: str = ""
    email: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class FreeText:
    """What somebody wrote: a reason, a note, evidence. Erased, it is ``None``; what refers to it stays whole."""

    id: TextId
    version: int
    subject: str
    author: PersonId
    text: str | None


@dataclass(frozen=True, slots=True)
class Calendar:
    """A teacher's calendar. Whoever books or moves a lesson stores it anew, so that two can't do so at once."""

    id: PersonId
    version: int


@dataclass(frozen=True, slots=True)
class Customer:
    """A student as Stripe's customer."""

    id: PersonId
    version: int
    customer_id: str


@dataclass(frozen=True, slots=True)
class TeacherAccount:
    """A teacher's connected account at Stripe, and whether it can receive transfers."""

    id: PersonId
    version: int
    account_id: str
    can_receive: bool
