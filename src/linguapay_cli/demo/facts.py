"""What a story consists of. Facts carry values; how they look is for whoever presents them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from linguapay_core.domain.decision import Actor
from linguapay_core.domain.ledger import Balances
from linguapay_core.domain.money import Money
from linguapay_core.domain.quote import Quote
from linguapay_core.domain.story import Story
from linguapay_core.domain.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Chapter:
    """A new part of the story begins."""

    title: str


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody does something, in one line; and the object that it is about, as it stands after that.

    ``amounts`` are those that the line tells, by name.
    """

    at: datetime
    who: Actor
    does: str
    subject: str = ""
    state: str = ""
    amounts: tuple[tuple[str, Money], ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """The clock was moved."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a lesson costs, itemised, and the terms of cancelling it."""

    quote: Quote
    fee_policy: str


@dataclass(frozen=True, slots=True)
class Bookings:
    """Every booking with all that came of it."""

    stories: tuple[Story, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries of one booking."""

    story: Story


@dataclass(frozen=True, slots=True)
class Holdings:
    """What every account holds in the end."""

    balances: Balances


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether the books hold, and agree with Stripe."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Kept:
    """The database is kept under this URL, and the commands that look at it."""

    database_url: str
    commands: tuple[str, ...]


Fact: TypeAlias = Chapter | Step | Later | Quoted | Bookings | Ledger | Holdings | Verified | Kept


class Deviation(Exception):
    """The story went another way than it should: something is off."""

    def __init__(self, what: str, found: object, expected: object) -> None:
        """Say of what, what was found, and what should have been."""
        super().__init__(f"{what} is {found}, and should be {expected}.")
        self.what = what
        self.found = found
        self.expected = expected


def expect(what: str, found: object, expected: object) -> None:
    """Go on only if this is what it should be. Raises ``Deviation``."""
    if found != expected:
        raise Deviation(what, found, expected)
