"""What history would have come to under another policy, beside what it came to.

The comparison is of the books: what stands in them, and what would, by the same table of figures. Whether as many
students would have booked at another price is nothing that books can tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Final

from linguapay_core.domain.figures import ANY, CHARGED, EARNED, GIVEN, VOLUME, WENT_BACK, Moved
from linguapay_core.domain.instead import Instead
from linguapay_core.domain.ledger import Entry, Kind
from linguapay_core.domain.money import Currency
from linguapay_core.domain.payment import Payment
from linguapay_core.domain.replay import TEACHERS, replayed
from linguapay_core.domain.story import Story

UNKNOWABLE: Final = (
    "Nobody knows who would have booked, cancelled or asked for money back under other terms: "
    "this is what happened, at another price."
)
AS_CHARGED: Final = "Stripe's fees are those that were charged."


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the comparison: its name, which movements of the books make it, and what it means."""

    name: str
    moved: tuple[Moved, ...]
    meaning: str


LINES: Final = (
    Line("volume", (VOLUME,), "what students paid, the platform's fee included"),
    Line("refunds", WENT_BACK, "what went back to students, or is set aside for them"),
    Line("platform_fees", EARNED, "what the platform earned"),
    Line(
        "teachers_earn",
        (Moved(debit={Kind.ESCROW, Kind.REFUND_CLEARING}, credit=TEACHERS),),
        "what teachers earned, less what refunds took from them",
    ),
    Line("goodwill", GIVEN, "what the platform gave back out of its own"),
    Line("student_credit", (Moved(debit=ANY, credit={Kind.STUDENT_CREDIT}),), "what is owed to students again"),
    Line("in_escrow", (Moved(debit=ANY, credit={Kind.ESCROW}),), "what waits for lessons that aren't given yet"),
    Line("stripe_fees", CHARGED, "what Stripe kept, as it was charged"),
)
"""What is compared. Volume and goodwill together are all the others but Stripe's fees."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What payments came to, in minor units of one currency: the figures of the table."""

    volume: int = 0
    refunds: int = 0
    platform_fees: int = 0
    teachers_earn: int = 0
    goodwill: int = 0
    student_credit: int = 0
    in_escrow: int = 0
    stripe_fees: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        """What both come to."""
        return Outcome(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))

    def __sub__(self, other: Outcome) -> Outcome:
        """By how much this comes to more."""
        return Outcome(*(one - another for one, another in zip(astuple(self), astuple(other), strict=True)))

    @classmethod
    def of(cls, entries: Iterable[Entry], payment: Payment) -> Outcome:
        """What a payment's legs of these entries come to."""
        legs = [leg for entry in entries for leg in entry.legs if leg.payment_id == payment.id]
        return cls(
            **{
                line.name: sum(moved.sign(leg) * leg.amount.amount_minor for moved in line.moved for leg in legs)
                for line in LINES
            }
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Payments in one currency: what they came to and what they would have.

    ``differing`` counts those that would have come to something else; among them are the ``unsold``: at the other
    policy's price their lessons couldn't have been quoted.
    """

    currency: Currency
    was: Outcome = Outcome()
    would_be: Outcome = Outcome()
    payments: int = 0
    differing: int = 0
    unsold: int = 0

    def __add__(self, other: Comparison) -> Comparison:
        """Both together."""
        return Comparison(
            self.currency,
            self.was + other.was,
            self.would_be + other.would_be,
            self.payments + other.payments,
            self.differing + other.differing,
            self.unsold + other.unsold,
        )

    @property
    def difference(self) -> Outcome:
        """By how much it would have been more."""
        return self.would_be - self.was


def compare(story: Story, instead: Instead, *, since: datetime | None, until: datetime | None) -> Iterator[Comparison]:
    """One comparison for each payment of a booking that moved money, and did so first within this time."""
    quote = instead.quote(story.booking.quote)
    for payment in story.payments:
        entries = [entry for entry in story.entries if payment.id in entry.payments]
        if not entries or not _within(entries[0].at, since, until):
            continue
        was = Outcome.of(entries, payment)
        would_be = Outcome() if quote is None else Outcome.of(replayed(story, payment, quote), payment)
        unsold = quote is None
        yield Comparison(payment.currency, was, would_be, 1, int(was != would_be), int(unsold))


def _within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)
